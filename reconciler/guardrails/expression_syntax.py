"""What an expression may be made of: known names, and nothing whose cost could run away.

CEL has no loops, but its macros run over lists, may stand in each other, and build new values, and `matches` compiles
its pattern anew each time. What is refused here is what could turn one expression times many policies into hours.
"""

from __future__ import annotations

import difflib
import re
from itertools import takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_APP = ("org", "space", "app", "zone", "labels", "owner", "template")
ROOTS = MappingProxyType(
    {
        "source": _APP,
        "destination": _APP,
        "policy": ("protocol", "start", "end", "tls"),
        "grant": ("declared", "why", "until"),
    }
)
"""The names that an expression may read, each with its fields."""

FOLDED = frozenset({"org", "space", "app", "zone"})
"""The fields that an expression sees in lower case, as Cloud Foundry does not tell the cases apart."""

FUNCTIONS = frozenset(
    {
        "contains",
        "double",
        "duration",
        "endsWith",
        "int",
        "matches",
        "size",
        "startsWith",
        "string",
        "timestamp",
        "uint",
    }
)
"""The functions that an expression may use beside CEL's operators and `has`."""

_NUMBER = ("a number", "leave the quotes out")
_NO_TEXT = MappingProxyType(
    {
        ("policy", "start"): _NUMBER,
        ("policy", "end"): _NUMBER,
        ("grant", "declared"): ("true or false", "leave the comparison out, or put `!` before it"),
    }
)
"""Fields that are no text, so that comparing them with text says nothing."""

_WORDS = MappingProxyType(
    {("policy", "tls"): ("auto", "manual", "none", "unknown"), ("policy", "protocol"): ("tcp", "udp")}
)
"""Fields that have these values and no others."""

MAX_LENGTH = 2000
MAX_DEPTH = 20
MAX_MATCHES = 4
MAX_PATTERN = 100

_MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_OPEN = {"(": ")", "[": "]", "{": "}"}
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)
      | (?P<text>[rRbB]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
      | (?P<word>[A-Za-z_]\w*)
      | (?P<number>\d[\w.]*)
      | (?P<sign>==|!=|\S)""",
    re.VERBOSE | re.DOTALL,
)
_COSTLY_PATTERN = re.compile(r"\{|\\+[xuU0-7]")
"""Repetition by number makes huge automata; escapes could hide its brace."""


class ExpressionError(Exception):
    """An expression that cannot be used, or that failed: why, and what to do."""

    def __init__(self, reason: str, *, hint: str | None = None, costly: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.costly = costly


class Reading(NamedTuple):
    """What the text of an expression tells: the names that its macros bind, and the fields that it may read."""

    bound: frozenset[str]
    fields: dict[str, tuple[str, ...]]


class _Token(NamedTuple):
    kind: str
    text: str


def check_text(text: str) -> Reading:
    """Look at an expression before it is compiled. Raise ExpressionError for what is unknown or costly."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"it is longer than {MAX_LENGTH:,} characters", hint="use two guardrails", costly=True)
    tokens = [_Token(str(found.lastgroup), found[0]) for found in _TOKEN.finditer(text)]
    tokens = [token for token in tokens if token.kind != "comment"]
    bound = _check_nesting(tokens)
    _check_patterns(tokens)
    fields = _fields(tokens)
    _check_spelling(tokens)
    return Reading(bound, fields)


def check_names(bound: frozenset[str], names: Iterable[str]) -> None:
    """Raise ExpressionError for a name that is neither given nor bound by a macro."""
    for name in sorted(names):
        if name not in ROOTS and name not in bound:
            raise _unknown("name", name, ROOTS)


def check_functions(names: Iterable[str]) -> None:
    """Raise ExpressionError for a function that is not there. CEL lists its operators too: those are no words."""
    for name in sorted(names):
        if name.isidentifier() and name not in FUNCTIONS:
            raise _unknown("function", name, FUNCTIONS)


def _check_nesting(tokens: Sequence[_Token]) -> frozenset[str]:
    stack: list[bool] = []
    bound = set()
    for number, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in _OPEN:
            macro = token.text == "(" and _is_macro(tokens, number)
            if macro and any(stack):
                raise ExpressionError("a macro stands inside another", hint="put them side by side", costly=True)
            if macro:
                bound |= {after.text for after in tokens[number + 1 : number + 2]}
            stack.append(macro)
            if len(stack) > MAX_DEPTH:
                raise ExpressionError(f"brackets nest deeper than {MAX_DEPTH}", costly=True)
        elif token.text in _OPEN.values() and stack:
            stack.pop()
    return frozenset(bound)


def _is_macro(tokens: Sequence[_Token], bracket: int) -> bool:
    if bracket < 2 or tokens[bracket - 2].text != "." or tokens[bracket - 1].text not in _MACROS:  # noqa: PLR2004 - `.name(`
        return False
    if tokens[bracket - 1].text == "map":
        raise ExpressionError("`map` is not available", hint="`all`, `exists` and `filter` are", costly=True)
    return True


def _check_patterns(tokens: Sequence[_Token]) -> None:
    places = [number for number, token in enumerate(tokens) if token == ("word", "matches")]
    if len(places) > MAX_MATCHES:
        raise ExpressionError(f"it uses `matches` more than {MAX_MATCHES} times", costly=True)
    for place in places:
        if not _is_plain(tokens[place - 1 : place + 4] if place else ()):
            raise ExpressionError(
                "`matches` needs a plain pattern in place",
                hint=f"`source.app.matches('^[a-z]+-web$')`: at most {MAX_PATTERN} characters, no `{{}}`",
                costly=True,
            )


def _is_plain(call: Sequence[_Token]) -> bool:
    """Say whether the tokens are `.matches('...')` with a pattern that is cheap to compile."""
    if [token.text for token in (*call[:3], *call[4:])] != [".", "matches", "(", ")"]:
        return False
    pattern = call[3]
    return pattern.kind == "text" and len(pattern.text) <= MAX_PATTERN and not _COSTLY_PATTERN.search(pattern.text)


def _fields(tokens: Sequence[_Token]) -> dict[str, tuple[str, ...]]:
    """Find the fields of each name that are read: all of them where the name stands alone."""
    found: dict[str, set[str]] = {}
    for before, root, dot, field in _windows(tokens, 4):
        if before.text == "." or root.kind != "word" or root.text not in ROOTS:
            continue
        known = ROOTS[root.text]
        if dot.text == "." and field.kind == "word" and field.text not in known:
            raise _unknown(f"field of `{root.text}`", field.text, known)
        found.setdefault(root.text, set()).update((field.text,) if dot.text == "." else known)
    return {root: tuple(field for field in ROOTS[root] if field in read) for root, read in found.items()}


def _check_spelling(tokens: Sequence[_Token]) -> None:
    """Refuse a comparison that nothing can satisfy: with `!=` it would be a rule that forbids nothing."""
    for root, field, literal in _comparisons(tokens):
        text = literal.lstrip("rRbB")
        problem = _capitals(root, field, text) or _impossible(root, field, text)
        if problem is not None:
            raise problem


def _comparisons(tokens: Sequence[_Token]) -> Iterator[tuple[str, str, str]]:
    """Find the texts that each field is compared with: on either side of `==` and `!=`, and in a list after `in`."""
    for place in range(len(tokens) - 2):
        root, dot, field = (token.text for token in tokens[place : place + 3])
        if root in ROOTS and dot == ".":
            after, before = tokens[place + 3 :], tokens[max(place - 2, 0) : place][::-1]
            for literal in (*_compared(after), *_compared(before), *_listed(after)):
                yield root, field, literal


def _compared(nearby: Sequence[_Token]) -> Iterator[str]:
    if len(nearby) > 1 and nearby[0].text in ("==", "!=") and nearby[1].kind == "text":
        yield nearby[1].text


def _listed(after: Sequence[_Token]) -> Iterator[str]:
    if [token.text for token in after[:2]] == ["in", "["]:
        listed = takewhile(lambda token: token.text != "]", after[2:])
        yield from (token.text for token in listed if token.kind == "text")


def _capitals(root: str, field: str, text: str) -> ExpressionError | None:
    if root not in ("source", "destination") or field not in FOLDED or text == fold(text):
        return None
    return ExpressionError(f"`{root}.{field}` is seen in lower case and never is {text}", hint=f"write {fold(text)}")


def _impossible(root: str, field: str, text: str) -> ExpressionError | None:
    if (root, field) in _NO_TEXT:
        kind, hint = _NO_TEXT[root, field]
        return ExpressionError(f"`{root}.{field}` is {kind} and never is {text}", hint=hint)
    words = _WORDS.get((root, field))
    if words is None or "\\" in text or text.strip("'\"") in words:
        return None
    return ExpressionError(f"`{root}.{field}` never is {text}", hint=f"it is {', '.join(words[:-1])} or {words[-1]}")


def _windows(tokens: Sequence[_Token], width: int) -> Iterator[tuple[_Token, ...]]:
    """Go along the tokens, with nothing before the first and after the last."""
    nothing = [_Token("", "")] * (width - 1)
    padded = [*nothing, *tokens, *nothing]
    for start in range(len(padded) - width + 1):
        yield tuple(padded[start : start + width])


def _unknown(what: str, name: str, known: Iterable[str]) -> ExpressionError:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(names)}"
    return ExpressionError(f"there is no {what} `{name}`", hint=hint)
