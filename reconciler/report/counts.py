"""Numbers of things, in words."""

from __future__ import annotations


def count_of(number: int, one: str, many: str) -> str:
    """Write a number and the word that fits it."""
    return f"{number} {one if number == 1 else many}"


def waivers_used(number: int) -> list[str]:
    """Count the waivers that hold something back, for a line of counts; nothing where there are none."""
    return [count_of(number, "waiver used", "waivers used")] if number else []
