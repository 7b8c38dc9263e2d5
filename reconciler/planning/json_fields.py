"""Taking values out of JSON that somebody else may have written: one of another type is a TypeError."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


def fields_of(value: object) -> dict[str, object]:
    """Take a JSON object."""
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not an object")
    return value


def list_of(value: object, read: Callable[[object], _T]) -> tuple[_T, ...]:
    """Take a list, and read every item."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return tuple(map(read, value))


def text_of(value: object) -> str:
    """Take text."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def number_of(value: object) -> int:
    """Take a whole number; true and false are none."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is not a whole number")
    return value


def optional(value: object, read: Callable[[object], _T]) -> _T | None:
    """Read what may be null."""
    return None if value is None else read(value)
