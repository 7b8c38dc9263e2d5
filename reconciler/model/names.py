"""Names of Cloud Foundry things: organizations, spaces, apps, and patterns over them.

Cloud Controller keeps organization, space and app names unique without regard to case and its `names` filters
ignore case too (`docs/platform.md`), so comparisons here go through `fold`; what is shown is the live spelling.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_ESCAPED = re.compile(r"[%/\x00-\x1f\x7f]")
_ENCODED = re.compile(r"%([0-9A-F]{2})")


def fold(name: str) -> str:
    """Bring a name to the form in which two spellings of one name are equal."""
    return name.lower()


class SpaceRef(NamedTuple):
    """The address of a space."""

    org: str
    space: str

    def __str__(self) -> str:
        """Join the names with `/`, see `encode_segment`."""
        return f"{encode_segment(self.org)}/{encode_segment(self.space)}"

    @property
    def folded(self) -> SpaceRef:
        """The address in the form to compare and to index by."""
        return SpaceRef(fold(self.org), fold(self.space))


class AppRef(NamedTuple):
    """The address of an app: the only way to name one above `reconciler.cf`."""

    org: str
    space: str
    app: str

    def __str__(self) -> str:
        """Join the names with `/`, see `encode_segment`."""
        return f"{encode_segment(self.org)}/{encode_segment(self.space)}/{encode_segment(self.app)}"

    @property
    def space_ref(self) -> SpaceRef:
        """The space that holds the app."""
        return SpaceRef(self.org, self.space)

    @property
    def folded(self) -> AppRef:
        """The address in the form to compare and to index by."""
        return AppRef(fold(self.org), fold(self.space), fold(self.app))


def encode_segment(name: str) -> str:
    """Write a name as one segment of an address: `/`, `%` and control characters become `%XX`."""
    if name.isalnum():
        return name
    return _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", name)


def decode_segment(segment: str) -> str:
    """Undo `encode_segment`."""
    return _ENCODED.sub(lambda match: chr(int(match[1], 16)), segment)


def parse_app_ref(address: str) -> AppRef:
    """Read `org/space/app` as `AppRef.__str__` writes it. Raise ValueError for anything else."""
    segments = address.split("/")
    if len(segments) != len(AppRef._fields) or not all(segments):
        raise ValueError(f"not an app address (org/space/app): {address!r}")
    return AppRef(*map(decode_segment, segments))


def parse_space_ref(address: str) -> SpaceRef:
    """Read `org/space` as `SpaceRef.__str__` writes it. Raise ValueError for anything else."""
    segments = address.split("/")
    if len(segments) != len(SpaceRef._fields) or not all(segments):
        raise ValueError(f"not a space address (org/space): {address!r}")
    return SpaceRef(*map(decode_segment, segments))


def is_glob(pattern: str) -> bool:
    """Say whether a pattern can match more than one name. `*` is the only special character."""
    return "*" in pattern


@lru_cache(maxsize=65536)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Each middle part is taken at its first occurrence and never looked for again (an atomic group): without that, a
    # hostile pattern such as `*a*a*a*b` would backtrack for ever.
    first, *middle, last = re.split(r"\*+", fold(pattern))
    between = "".join(f"(?>.*?{re.escape(part)})" for part in middle)
    return re.compile(f"{re.escape(first)}{between}.*{re.escape(last)}", re.DOTALL)


def glob_test(pattern: str) -> Callable[[str], object]:
    """Make the test of a pattern that holds `*`. It is given folded names; what it returns is true where they match."""
    return _compiled(pattern).fullmatch


def matches(pattern: str, name: str) -> bool:
    """Say whether a name matches a pattern in which `*` stands for any run of characters, case ignored."""
    if not is_glob(pattern):
        return fold(pattern) == fold(name)
    return _compiled(pattern).fullmatch(fold(name)) is not None
