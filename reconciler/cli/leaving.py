"""Leaving: a command with millions of values ends sooner when nothing frees them one by one before the process does."""

from __future__ import annotations

_held: list[object] = []


def hold(*values: object) -> None:
    """Keep values until the process ends, in place of those that were kept before."""
    _held[:] = values
