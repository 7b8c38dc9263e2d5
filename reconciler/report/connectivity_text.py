"""What a plan means for who may call whom, as text: a sentence a pair of apps, worst first."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from reconciler.model.connectivity import ConnectivityKind, Risk
from reconciler.report.addresses import seen_from
from reconciler.report.escape import escape
from reconciler.report.graph import only_closes
from reconciler.report.steps import count_of
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
    if len(changes) > MOST_LINES:
        lines.append(_counted(changes[MOST_LINES:]))
    return "\n".join(lines) + "\n"


def _line(change: ConnectivityChange, style: Style) -> str:
    risk = "" if change.risk is Risk.NONE else change.risk.value
    colour = _COLOURS[change.risk]
    label = style.paint(risk, colour) if colour else risk
    sentence = change.describe(partial(seen_from, change.destination.space_ref))
    return f"    {label}{' ' * (_WIDTH - len(risk))}  {escape(sentence)}"


def _counted(changes: Sequence[ConnectivityChange]) -> str:
    """Count new ways and losses even where there are none: a reader looks for both among what is not shown."""
    lost = sum(map(only_closes, changes))
    kinds = Counter(change.kind for change in changes if not only_closes(change))
    new = sum(kinds.pop(kind, 0) for kind in _NEW_WAYS)
    counts = [count_of(new, "new way", "new ways"), count_of(lost, "loss", "losses")]
    counts += [f"{number} {kind}" for kind, number in kinds.items()]
    return f"  ... and {len(changes)} more: {', '.join(counts)}; --format json has them all"
