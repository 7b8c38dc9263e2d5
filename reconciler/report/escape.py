"""Making any text safe to show: what a terminal would obey becomes something that it prints."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_LONGEST = 2000
_ASCII = 0x7F


def escape(text: str, *, longest: int = _LONGEST) -> str:
    """Write control, bidirectional and invisible characters by their code point, and cut very long text."""
    if len(text) > longest:
        text = f"{text[:longest]}... ({len(text) - longest} more characters)"
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_written_out, text)


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
