"""Making any text safe to show: what a terminal or the log of a job would obey becomes something that it prints."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = (
    "["
    "\x00-\x1f\x7f-\x9f"  # controls
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"  # seen as nothing, or as a space
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"  # the same; ends of lines; directions
    "\ud800-\udfff"  # halves of characters
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
"""Unicode's Default_Ignorable_Code_Point, its bidirectional controls, and what is no text at all."""

_COMMAND = re.compile(r"\A(\s*):(?=:)|#(?=#\w*\[)")
"""How lines begin, and what anywhere in a line makes it one, that the runners of jobs obey and do not show.

GitHub obeys `::add-mask::x` behind any blanks and `##[debug]x` anywhere, Azure Pipelines `##vso[...]x` anywhere.
"""

_LONGEST = 2000
_ASCII = 0x7F


def escape(text: str, *, longest: int = _LONGEST) -> str:
    """Write control, bidirectional and invisible characters by their code point, and cut very long text.

    A command to the runner of a job loses its first character in the same way.
    """
    if len(text) > longest:
        text = f"{text[:longest]}... ({len(text) - longest} more characters)"
    if "::" in text or "##" in text:
        text = _COMMAND.sub(_disarmed, text)
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_UNSAFE, _written_out, text)


def _disarmed(match: re.Match[str]) -> str:
    return f"{match[1] or ''}\\x{ord(match[0][-1]):02x}"


def _written_out(match: re.Match[str]) -> str:
    return (
        match[0].encode("ascii", "backslashreplace").decode() if ord(match[0]) > _ASCII else f"\\x{ord(match[0]):02x}"
    )


def display_width(text: str) -> int:
    """Count the terminal columns that escaped text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
