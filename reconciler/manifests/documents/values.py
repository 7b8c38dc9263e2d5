"""The words and numbers of which documents are made."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, InstanceOf, StringConstraints, model_validator

from reconciler.model.names import decode_segment
from reconciler.model.ports import MAX_PORT, PortRange
from reconciler.model.scope import AppPattern, SpacePattern

_T = TypeVar("_T")
CONTROL = "\\x00-\\x1f\\x7f-\\x9f\u2028\u2029"
"""The characters that no name may hold, as they stand in a regular expression."""

MAX_ADDRESS = 1023
"""The longest address in text: three names, two slashes and some room for escapes."""

_PORT = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_PORTS = re.compile(f"({_PORT})(?:-({_PORT}))?")
_DATE = re.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PATTERN = re.compile(f"[^/{CONTROL}]+(?:/[^/{CONTROL}]+)*")
_HOST = r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"


def text(pattern: str, longest: int) -> StringConstraints:
    """Constrain a text to a pattern that covers all of it."""
    return StringConstraints(min_length=1, max_length=longest, pattern=f"^(?:{pattern})$")


Name = Annotated[str, text(f"[^{CONTROL}]+", 255)]
LiteralName = Annotated[str, text(f"[^*{CONTROL}]+", 255)]
Words = Annotated[str, text(f"[^{CONTROL}]+", 1000)]
Route = Annotated[str, text(f"[A-Za-z0-9_-]{{1,63}}(?:\\.{_LABEL})+", 253)]
RoutePattern = Annotated[str, text("[A-Za-z0-9_.*-]+", 253)]
Domain = Annotated[str, text(f"{_LABEL}(?:\\.{_LABEL})*", 253)]
Api = Annotated[str, text(f"https?://{_HOST}(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~%/-]*)?", 2048)]


def _day(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("not a day")


def _port_range(value: object) -> PortRange:
    # A range that runs backwards is let through: the schema cannot say it, the checks do.
    if isinstance(value, str) and (found := _PORTS.fullmatch(value)):
        return PortRange(int(found[1]), int(found[2] or found[1]))
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= MAX_PORT and value % 1 == 0:
        return PortRange(int(value), int(value))
    raise ValueError("not a port")


def _address(value: object, parts: int) -> list[str]:
    if isinstance(value, str) and len(value) <= MAX_ADDRESS and _PATTERN.fullmatch(value):
        segments = value.split("/")
        if len(segments) == parts:
            return [decode_segment(segment) for segment in segments]
    raise ValueError("not an address")


def _space_pattern(value: object) -> SpacePattern:
    return SpacePattern(*_address(value, len(SpacePattern._fields)))


def read_app_pattern(value: object) -> AppPattern:
    """Read `org/space/app`. Raise ValueError for anything else."""
    return AppPattern(*_address(value, len(AppPattern._fields)))


def whole(value: object) -> object:
    """Take what JSON Schema takes for an integer: 3.0 is one, a word or true is not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
        raise ValueError("not a whole number")
    return int(value)


def number(value: object) -> object:
    """Take what JSON Schema takes for a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic collects ValueError only
    return value


def unique(value: tuple[_T, ...]) -> tuple[_T, ...]:
    """Refuse a list that names something twice."""
    if len(set(value)) != len(value):
        raise ValueError("the items are not unique")
    return value


def listed(value: object) -> object:
    """Make a list of a value that may stand alone."""
    return value if isinstance(value, list) else [value]


Day = Annotated[InstanceOf[date], BeforeValidator(_day)]
Ports = Annotated[InstanceOf[PortRange], BeforeValidator(_port_range)]
SpaceAddress = Annotated[InstanceOf[SpacePattern], BeforeValidator(_space_pattern)]
AppAddress = Annotated[InstanceOf[AppPattern], BeforeValidator(read_app_pattern)]


class Strict(BaseModel):
    """Frozen, and deaf to unknown keys and to null: a key that is given has a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _no_null(cls, data: object) -> object:
        if not isinstance(data, dict) or None in data.values():
            raise ValueError("a mapping without null is needed")
        return data


def fits(kind: str, part: str) -> BeforeValidator:
    """Make a validator that asks the schema of a kind itself, for data that stays data until it is used."""

    def check(value: Any) -> Any:  # noqa: ANN401 - any data
        from reconciler.manifests.schemas.verdict import is_valid  # noqa: PLC0415 - jsonschema-rs costs four times a bare start

        if not is_valid(kind, value, part):
            raise ValueError(f"does not fit {part}")
        return value

    return BeforeValidator(check)
