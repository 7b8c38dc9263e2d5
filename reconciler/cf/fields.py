"""Fields of decoded answers, taken with their types checked. A lying server must not become a KeyError."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.cf.exchange import Answer


class FieldError(Exception):
    """A field is missing or has another type. `problem` names it, for example `resources[3].guid is missing`."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field or 'the body'} {problem}")
        self.field = field
        self.problem = problem

    def within(self, place: str) -> FieldError:
        """Say where the object stands in which the field was looked for."""
        return FieldError(f"{place}.{self.field}" if self.field else place, self.problem)


def pick(value: object, *path: str) -> object:
    """Walk down a path of object keys. Raise FieldError where it ends too early."""
    found = value
    try:
        for key in path:
            found = found[key]  # type: ignore[index] # what JSON decodes to takes no text as a key unless it is an object
    except (KeyError, TypeError):
        raise _too_short(value, path) from None
    return found


def _too_short(value: object, path: tuple[str, ...]) -> FieldError:
    """Say where a path ends too early. Apart from `pick`, which is asked for every field of every row."""
    for depth, key in enumerate(path):
        if not isinstance(value, dict):
            return FieldError(".".join(path[:depth]), "is not an object")
        if key not in value:
            return FieldError(".".join(path[: depth + 1]), "is missing")
        value = value[key]
    raise AssertionError("the path can be walked")


def text(value: object, *path: str) -> str:
    """Take a string that is not empty."""
    found = pick(value, *path)
    if not isinstance(found, str):
        raise FieldError(".".join(path), "is not a string")
    if not found:
        raise FieldError(".".join(path), "is empty")
    return found


def flag(value: object, *path: str) -> bool:
    """Take a boolean."""
    found = pick(value, *path)
    if not isinstance(found, bool):
        raise FieldError(".".join(path), "is not true or false")
    return found


def items(value: object, *path: str) -> list[object]:
    """Take a list."""
    found = pick(value, *path)
    if not isinstance(found, list):
        raise FieldError(".".join(path), "is not a list")
    return cast("list[object]", found)


def entries(value: object, *path: str) -> dict[str, object]:
    """Take an object."""
    found = pick(value, *path)
    if not isinstance(found, dict):
        raise FieldError(".".join(path), "is not an object")
    return cast("dict[str, object]", found)


def text_or_none(value: object, key: str) -> str | None:
    """Take a string that may be absent, null or empty; None stands for all three."""
    found = entries(value).get(key)
    if found is not None and not isinstance(found, str):
        raise FieldError(key, "is not a string")
    return found or None


@contextmanager
def described(answer: Answer) -> Iterator[None]:
    """Turn a FieldError inside the block into the error of the answer that the field came in."""
    try:
        yield
    except FieldError as error:
        raise answer.unexpected(f"is not as the API describes it: {error}") from None
