"""Numbers of things, in words."""

from __future__ import annotations


def count_of(number: int, one: str, many: str) -> str:
    """Write a number and the word that fits it."""
    return f"{number} {one if number == 1 else many}"
