"""Leaving: what a large command holds goes with the process, at once, and not value by value before."""

from __future__ import annotations

_held: list[object] = []


def hold(*values: object) -> None:
    """Keep values until the process ends; those of a command before, where there was one, go."""
    _held[:] = values
