"""Files as bytes, and bytes as text that YAML may hold. What is wrong becomes a diagnostic with its exact place."""

from __future__ import annotations

import codecs
import os
import re
import stat
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.discovery import not_a_file, printable, unreadable

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_MANIFEST_BYTES = 10 * 1024 * 1024
"""The largest manifest that is read. The size is looked at before the content, so a huge file costs nothing."""

_PLAIN_ASCII = bytes([9, 10, 13, *range(32, 127)])
# YAML's printable characters, without the three that YAML 1.1 takes for line breaks and 1.2 and editors do not.
_FORBIDDEN = "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_file(file: str, limit: int = MAX_MANIFEST_BYTES) -> bytes | Diagnostic:
    """Read a regular file of at most `limit` bytes, or say why not. Never waits for a pipe."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as opened:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return not_a_file(file)
            content = b"" if status.st_size > limit else _read(opened, status.st_size, limit)
    except (OSError, ValueError) as problem:
        return unreadable(file, problem)
    if status.st_size > limit or len(content) > limit:
        return _too_large(file, limit)
    return content


def _read(opened: BinaryIO, size: int, limit: int) -> bytes:
    """Read a file that is said to be of a size, and one byte more than the limit where it is longer than that."""
    # Room is made for as much as is asked for, which takes longer than reading where that is the limit.
    content = opened.read(size + 1)
    return content if len(content) <= size else content + opened.read(limit + 1 - len(content))


def _too_large(file: str, limit: int) -> Diagnostic:
    size = f"{limit // (1024 * 1024)} MiB" if limit >= 1024 * 1024 else f"{limit} bytes"
    hint = "split it: any number of files and documents may describe one organization"
    return error("file-too-large", f"the file is larger than {size}", Span(printable(file), 1, 1), hint=hint)


def check_text(file: str, content: bytes) -> bytes | Diagnostic:
    """Give the content as UTF-8 without its byte order mark, or say what in it is not text."""
    content = content.removeprefix(codecs.BOM_UTF8)
    if content.isascii() and not content.translate(None, _PLAIN_ASCII):
        return content
    for mark, name in _OTHER_ENCODINGS:
        if content.startswith(mark):
            return error("not-utf-8", f"the file is {name} text", Span(file, 1, 1), hint="save the file as UTF-8")
    try:
        text = content.decode()
    except UnicodeDecodeError as problem:
        span = _place(file, content[: problem.start].decode())
        message = f"byte 0x{content[problem.start]:02X} is not UTF-8 text"
        return error("not-utf-8", message, span, hint="save the file as UTF-8")
    if (found := re.search(_FORBIDDEN, text)) is None:
        return content
    escape = f"\\x{ord(found[0]):02X}" if ord(found[0]) < 0x100 else f"\\u{ord(found[0]):04X}"  # noqa: PLR2004 - one byte
    message = f"the character U+{ord(found[0]):04X} must not stand in a file as it is"
    hint = f'remove it; if a text needs it, write "{escape}" in double quotes'
    return error("forbidden-character", message, _place(file, text[: found.start()]), hint=hint)


def _place(file: str, before: str) -> Span:
    """Give the position right after a text; a line ends with CR LF, LF or CR."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n")
    return Span(file, lines.count("\n") + 1, len(lines) - lines.rfind("\n"))
