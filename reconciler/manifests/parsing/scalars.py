"""YAML 1.2 core scalars: what a plain word means. Nothing else is guessed: `no`, `22:22` and dates are text."""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
"""The plain words that are not text."""

_FIRST = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MAX_DIGITS = 24
_MIN_INTEGER = -(2**63)
_MAX_INTEGER = 2**64 - 1


def resolve(text: str) -> Scalar:
    """Give the value of a plain scalar. Raise ValueError for a number that JSON and 64 bits cannot hold."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in _FIRST:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _finite(float(text))
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("infinity and not-a-number have no place in a manifest")
    return text


def tagged(kind: str, text: str) -> Scalar:
    """Give the value of a scalar with an explicit core tag. Raise ValueError when the text is not of that kind."""
    if kind == "str":
        return text
    value = resolve(text)
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value).__name__ == {"null": "NoneType"}.get(kind, kind):
        return value
    raise ValueError(f"the text does not fit its tag !!{kind}")


def _integer(text: str) -> int:
    # The length is looked at first: reading a number takes time that grows with the square of its digits.
    if len(text) <= _MAX_DIGITS:
        value = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        if _MIN_INTEGER <= value <= _MAX_INTEGER:
            return value
    raise ValueError("the number does not fit into 64 bits")


def _finite(value: float) -> float:
    if value in (float("inf"), float("-inf")):
        raise ValueError("the number is too large")
    return value
