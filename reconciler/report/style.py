"""The few colours that text reports use. Without colour every report says the same in characters alone."""

from __future__ import annotations

from typing import NamedTuple

_CODES = {"green": "32", "red": "31", "yellow": "33", "bold": "1", "dim": "2"}


class Style(NamedTuple):
    """Paints text when colour is on, and leaves it alone when it is off. Paint only text that is escaped already."""

    colour: bool = False

    def paint(self, text: str, name: str) -> str:
        """Give the text the named look."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.colour and text else text


PLAIN = Style()
