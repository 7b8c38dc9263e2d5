"""A picture of what changes between apps, in the language that GitHub and GitLab draw."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.report.escape import escape
from reconciler.report.graph import COLOURS, drawn_changes, edge_words, only_closes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.connectivity import ConnectivityChange

_LONGEST_LABEL = 60
_RISKY = re.compile(r"[^A-Za-z0-9 /_+,=-]")


def render_mermaid(changes: Sequence[ConnectivityChange]) -> list[str]:
    """Draw pairs of apps, grouped by space: the lines of a flowchart. What only closes is drawn with dots."""
    graph = drawn_changes(changes)
    lines = ["flowchart LR"]
    for number, (space, apps) in enumerate(graph.spaces.items()):
        lines.append(f'  subgraph s{number}["{_label(str(space))}"]')
        lines += [f'    {graph.nodes[app]}["{_label(app.app)}"]' for app in apps]
        lines.append("  end")
    for number, change in enumerate(graph.edges):
        source, destination = graph.nodes[change.source], graph.nodes[change.destination]
        ends = ("-.", ".->") if only_closes(change) else ("--", "-->")
        lines.append(f'  {source} {ends[0]} "{_label(edge_words(change))}" {ends[1]} {destination}')
        lines.append(f"  linkStyle {number} stroke:{COLOURS[change.risk]}")
    return lines


def _label(text: str) -> str:
    """Write text between quotes: whatever could mean something there becomes the number of its character."""
    return _RISKY.sub(_numbered, escape(text, longest=_LONGEST_LABEL))


def _numbered(match: re.Match[str]) -> str:
    return match[0] if match[0].isalnum() and not match[0].isascii() else f"#{ord(match[0])};"
