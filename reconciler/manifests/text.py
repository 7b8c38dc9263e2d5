"""How user input is quoted in a message, and how a misspelling finds its word."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_SHOWN = 60
_MAX_WORD = 100
MAX_CANDIDATES = 1000
"""With more names than this, none is looked for that was meant."""


_KINDS = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
_WANTED = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def kind_of(value: Any) -> str:  # noqa: ANN401 - whatever the input held
    """Say what kind of value this is, in the words of the language."""
    return _KINDS.get(type(value), "nothing")


def kinds_wanted(types: str | list[str]) -> str:
    """Say what kinds of values JSON Schema's types are."""
    return " or ".join(_WANTED[kind] for kind in (types if isinstance(types, list) else [types]))


def shown(value: Any) -> str:  # noqa: ANN401 - whatever the input held
    """Quote a value for a message: on one line, no longer than one reads, with nothing that steers a terminal.

    Who an address names before its `@`, and with which password, is left out.
    """
    text = masked(value) if isinstance(value, str) else _plain(value)
    if len(text) > _MAX_SHOWN:
        text = text[: _MAX_SHOWN - 1] + "…"
    return "`" + "".join(char if char.isprintable() else repr(char)[1:-1] for char in text) + "`"


def masked(text: str) -> str:
    """Leave out what stands between `//` and the last `@`: it may be a user and a password."""
    start, end = text.find("//"), text.rfind("@")
    return f"{text[: start + 2]}…{text[end:]}" if 0 <= start < end else text


def _plain(value: Any) -> str:  # noqa: ANN401 - as above
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def suggest(word: str, candidates: Iterable[str], cutoff: float = 0.7) -> str | None:
    """Give the candidate that was probably meant, or None. Long words and long lists are not compared."""
    from difflib import get_close_matches  # noqa: PLC0415 - only wrong input needs it

    if len(word) > _MAX_WORD:
        return None
    listed = list(islice(candidates, MAX_CANDIDATES + 1))
    if len(listed) > MAX_CANDIDATES:
        return None
    choices = {candidate.lower(): candidate for candidate in listed}
    close = get_close_matches(word.lower(), sorted(choices), n=1, cutoff=cutoff)
    return choices[close[0]] if close else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """Give a hint for a misspelling, or None."""
    meant = suggest(word, candidates)
    return f"did you mean {shown(meant)}?" if meant is not None else None


class Speller:
    """Looks for the words that were meant, but only so often: input with more misspellings than that is not spelt."""

    def __init__(self, limit: int = 200) -> None:
        self._left = limit

    def suggest(self, word: str, candidates: Iterable[str], cutoff: float = 0.7) -> str | None:
        """Give the candidate that was probably meant, or None."""
        self._left -= 1
        return suggest(word, candidates, cutoff) if self._left >= 0 else None

    def did_you_mean(self, word: str, candidates: Iterable[str]) -> str | None:
        """Give a hint for a misspelling, or None."""
        meant = self.suggest(word, candidates)
        return f"did you mean {shown(meant)}?" if meant is not None else None
