"""Reading label selectors, as Cloud Controller's `label_selector` takes them (`docs/platform.md`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.manifests.text import shown
from reconciler.model.labels import LabelSelector, Operator, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_REQUIREMENTS = 50
"""How many requirements Cloud Controller takes in one selector."""

_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_PREFIX = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_KEY = re.compile(rf"(?:(?=[^/]{{1,253}}/)(?:{_PREFIX}\.)+{_PREFIX}/)?{_WORD}")
_VALUE = re.compile(rf"(?:{_WORD})?")
_SET = re.compile(r"([^\s()!=]+)\s+(in|notin)\s*\(([^()]*)\)")
_COMPARISON = re.compile(r"([^\s()!=]+)\s*(==|!=|=)\s*([^\s()!=]*)")
_EXISTENCE = re.compile(r"(!?)\s*([^\s()!=]+)")


def parse_selector(text: str) -> LabelSelector:
    """Read `tier=web,!legacy,env in (prod,stage)`. Raise ValueError with a sentence for people if it is no selector."""
    requirements = tuple(_requirement(part.strip()) for part in _split(text))
    if len(requirements) > MAX_REQUIREMENTS:
        raise ValueError(f"a label selector holds at most {MAX_REQUIREMENTS} requirements, not {len(requirements)}")
    return LabelSelector(requirements)


def _split(text: str) -> Iterator[str]:
    """Cut at the commas outside brackets."""
    depth = start = 0
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            yield text[start:index]
            start = index + 1
    yield text[start:]


def _requirement(text: str) -> Requirement:
    if not text:
        raise ValueError("a requirement is missing: nothing stands before, after or between the commas")
    if found := _SET.fullmatch(text):
        values = frozenset(_value(value.strip()) for value in found[3].split(","))
        return Requirement(_key(found[1]), Operator(found[2]), values)
    if found := _COMPARISON.fullmatch(text):
        operator = Operator.NOT_IN if found[2] == "!=" else Operator.IN
        return Requirement(_key(found[1]), operator, frozenset((_value(found[3]),)))
    if found := _EXISTENCE.fullmatch(text):
        return Requirement(_key(found[2]), Operator.ABSENT if found[1] else Operator.EXISTS)
    raise ValueError(f"{shown(text)} is none of k, !k, k=v, k!=v, k in (a,b), k notin (a,b)")


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a label key")
    return text


def _value(text: str) -> str:
    if not _VALUE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a label value: at most 63 letters, digits, `-`, `_` and `.`")
    return text
