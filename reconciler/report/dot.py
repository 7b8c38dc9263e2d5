"""What a plan changes between apps as a graph for Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.report.escape import escape
from reconciler.report.graph import COLOURS, drawn_changes, edge_words, only_closes

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan


def render_plan_dot(plan: Plan) -> str:
    """Write a directed graph: apps by space, an arrow a change. What only closes is dashed; colours are risks."""
    graph = drawn_changes(plan.connectivity)
    lines = ["digraph c2c {", "  rankdir=LR;", "  node [shape=box];"]
    for number, (space, apps) in enumerate(graph.spaces.items()):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(str(space))};"]
        lines += [f"    {graph.nodes[app]} [label={_quoted(app.app)}];" for app in apps]
        lines.append("  }")
    for change in graph.edges:
        look = f'label={_quoted(edge_words(change))}, color="{COLOURS[change.risk]}"'
        look += ", style=dashed" if only_closes(change) else ""
        lines.append(f"  {graph.nodes[change.source]} -> {graph.nodes[change.destination]} [{look}];")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    """Write a quoted string in which nothing is special: labels know backslash escapes and HTML's entities."""
    shown = escape(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}"'
