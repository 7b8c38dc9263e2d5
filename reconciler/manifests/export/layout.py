"""Where exported manifests lie, and how a file says that an export wrote it and nobody edited it since."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.names import SpaceRef

_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_LONGEST = 180
"""Bytes of a file name; file systems take 255."""

_HEADER = "# Written by c2c export, which overwrites it as long as nobody edits it: sha256:"
_SIGNED = re.compile(re.escape(_HEADER).encode() + rb"([0-9a-f]{64})\n")


def file_of(space: SpaceRef) -> PurePath:
    """Give the place of a space's document in the folder: `org/space.yml`, safe for any name.

    No two spaces share one. A dot at the beginning is written out, since hidden files are no manifests.
    """
    return PurePath(_file_name(space.org), f"{_file_name(space.space)}.yml")


def _file_name(name: str) -> str:
    parts = [chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in name.encode(errors="surrogatepass")]
    if parts[0] == ".":
        parts[0] = "%2E"
    text = "".join(parts)
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}%{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def signed(text: str) -> bytes:
    """Put the line on top that says who wrote a file, with a hash of the rest."""
    content = text.encode()
    return f"{_HEADER}{hashlib.sha256(content).hexdigest()}\n".encode() + content


def is_untouched(content: bytes) -> bool:
    """Say whether an export wrote this, and nobody edited it since."""
    header = _SIGNED.match(content)
    return header is not None and hashlib.sha256(content[header.end() :]).hexdigest().encode() == header[1]
