"""The characters of an HCL file: where the reader is, how deep, and what it steps over."""

from __future__ import annotations

import re
from bisect import bisect_right

from reconciler.diagnostics import Span

MAX_DEPTH = 64
"""How deep blocks, brackets and templates may nest."""

_BLANKS = re.compile(r"(?:[ \t]+|(?:#|//)[^\n]*|/\*.*?\*/)+", re.DOTALL)


class NotHclError(Exception):
    """Something that is not HCL, with its offset in the text."""

    def __init__(self, offset: int, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint


class Scanner:
    """A place in a text. Brackets are opened and closed through it, so that nothing nests too deep."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._at = 0
        self._depth = 0
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def span(self, offset: int) -> Span:
        """Give the place of a character."""
        line = bisect_right(self._lines, offset)
        return Span(self._file, line, offset - self._lines[line - 1] + 1)

    def _open(self) -> int:
        """Step over an opening bracket and give its place."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotHclError(self._at, f"blocks and brackets nest more than {MAX_DEPTH} deep", "write it flatter")
        self._at += 1
        return self._at - 1

    def _close(self) -> None:
        self._depth -= 1
        self._at += 1

    def _peek(self, ahead: int = 0) -> str:
        return self._text[self._at + ahead : self._at + ahead + 1]

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found[0]

    def _skip_blanks(self) -> bool:
        """Step over blanks and comments; say whether there were any."""
        found = self._match(_BLANKS) is not None
        if self._text.startswith("/*", self._at):
            raise NotHclError(self._at, "the comment that begins here is never ended", "end it with `*/`")
        return found

    def _skip_lines(self) -> int:
        while self._skip_blanks() or self._peek() == "\n":
            if self._peek() == "\n":
                self._at += 1
        return self._at
