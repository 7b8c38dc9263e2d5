"""What a plan means for who may call whom, as text: a sentence a pair of apps, worst first."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from reconciler.model.connectivity import ConnectivityKind, Risk
from reconciler.report.addresses import seen_from
from reconciler.report.escape import escape
from reconciler.report.graph import only_closes
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.connectivity import ConnectivityChange
    from reconciler.model.names import SpaceRef

MOST_LINES = 20
"""Sentences shown; the others are counted."""

_NEW_WAYS = frozenset(
    {ConnectivityKind.CHAINED, ConnectivityKind.GAINED, ConnectivityKind.WIDENED, ConnectivityKind.CHANGED}
)
_COLOURS = {Risk.HIGH: "red", Risk.MEDIUM: "yellow", Risk.LOW: "", Risk.NONE: ""}
_WIDTH = max(map(len, Risk))


def render_connectivity(changes: Sequence[ConnectivityChange], style: Style = PLAIN) -> str:
    """Write the worst changes, grouped by the space of the destination, and count the rest."""
    if not changes:
        return ""
    spaces: dict[SpaceRef, list[str]] = {}
    for change in changes[:MOST_LINES]:
        spaces.setdefault(change.destination.space_ref, []).append(_line(change, style))
    lines = [style.paint("Connectivity: who gains access and who loses it, by space, riskiest first", "bold")]
    for space, sentences in spaces.items():
        lines += [f"  {escape(str(space))}", *sentences]
    if rest := changes[MOST_LINES:]:
        lines.append(f"  ... and {len(rest):,} more: {_counted(rest)}; --format json has them all")
    return "\n".join(lines) + "\n"


def _counted(changes: Sequence[ConnectivityChange]) -> str:
    """Count new ways and losses even where there are none: a reader looks for both. Other kinds go by their names."""
    lost = sum(map(only_closes, changes))
    kinds = Counter(change.kind for change in changes if not only_closes(change))
    new = sum(kinds.pop(kind, 0) for kind in _NEW_WAYS)
    counts = [(new, "new way" if new == 1 else "new ways"), (lost, "loss" if lost == 1 else "losses")]
    counts += [(number, kind) for kind, number in kinds.items()]
    return ", ".join(f"{number:,} {what}" for number, what in counts)


def _line(change: ConnectivityChange, style: Style) -> str:
    risk = "" if change.risk is Risk.NONE else change.risk.value
    colour = _COLOURS[change.risk]
    label = style.paint(risk, colour) if colour else risk
    sentence = change.describe(partial(seen_from, change.destination.space_ref))
    return f"    {label}{' ' * (_WIDTH - len(risk))}  {escape(sentence)}"
