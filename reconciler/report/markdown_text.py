"""Text inside Markdown: whatever a name holds, it is shown as it is and makes no mention, link, list, HTML or table.

Escaping with backslashes does not do: GitHub and GitLab look for mentions, references and addresses in the rendered
text. They leave code alone, so everything that is not a plain word becomes a code span.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from reconciler.report.escape import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_NAME = 300
_LONGEST_PROSE = 1200
_BACKTICKS = re.compile("`+")
_PIECE = re.compile(r"`[^`]+`[,.;:?]?(?!\S)|\S+")
_PLAIN = re.compile(
    r"(?![a-fA-F]{7,}\b)[A-Za-z]{1,24}(?:['-][A-Za-z]{1,24}){0,3}[,.;:?]?"  # letters; not what may be a commit
    r"|[0-9]{1,3}(?:,[0-9]{3}){0,3},?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[,.;]?"
)
_LINE_END = ",.;:?"


def code(text: str, *, longest: int = _LONGEST_NAME) -> str:
    """Write text as a code span that nothing in it can end."""
    shown = escape(text, longest=longest) or "(empty)"
    fence = fence_for(shown, shortest=1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def fence_for(text: str, *, shortest: int = 3) -> str:
    """Give a run of backticks that is longer than any in the text."""
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    return "`" * max(shortest, longest + 1)


def prose(text: str) -> str:
    """Write a sentence: plain words and numbers as they are, everything else, such as addresses, as code."""
    pieces = _PIECE.findall(escape(text, longest=_LONGEST_PROSE))
    return " ".join(_words(plain, list(run)) for plain, run in groupby(pieces, key=_is_plain))


def _is_plain(piece: str) -> bool | str:
    """Tell plain words from others. What its author has put between backticks is a piece of its own."""
    return _PLAIN.fullmatch(piece) is not None or ("quoted" if _is_quoted(piece) else False)


def _is_quoted(piece: str) -> bool:
    inner = piece.rstrip(_LINE_END)
    return len(piece) - len(inner) <= 1 and len(inner) > len("``") and inner[0] == inner[-1] == "`"


def _words(kind: bool | str, pieces: list[str]) -> str:  # noqa: FBT001 - a key of groupby
    if kind is True:
        return " ".join(pieces)
    if kind == "quoted":
        return " ".join(_coded(piece, strip="`") for piece in pieces)
    return _coded(" ".join(pieces))


def _coded(text: str, strip: str = "") -> str:
    """Write text as code, the punctuation at its end behind it."""
    inner = text.rstrip(_LINE_END)
    if not inner or len(text) - len(inner) > 1:
        return code(text, longest=_LONGEST_PROSE)
    return f"{code(inner.strip(strip) if strip else inner, longest=_LONGEST_PROSE)}{text[len(inner) :]}"


def fenced(language: str, lines: Iterable[str]) -> tuple[str, str]:
    """Give the lines that open and close a code block which none of the lines can end."""
    fence = fence_for("\n".join(lines))
    return f"{fence}{language}", fence
