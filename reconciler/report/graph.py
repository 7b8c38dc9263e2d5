"""What pictures of a plan have in common: the apps between which something changes, by space, and the arrows."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.connectivity import ConnectivityKind, Risk
from reconciler.report.words import TLS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.model.connectivity import ConnectivityChange, Openings
    from reconciler.model.names import AppRef, SpaceRef

_NOT_DRAWN = frozenset({ConnectivityKind.UNCHANGED, ConnectivityKind.CHAINED})
_GONE = frozenset({ConnectivityKind.LOST, ConnectivityKind.NARROWED})
COLOURS = MappingProxyType({Risk.HIGH: "#cf222e", Risk.MEDIUM: "#bf8700", Risk.LOW: "#1a7f37", Risk.NONE: "#6e7781"})
"""The colour of an arrow: how much more is exposed."""


class Graph(NamedTuple):
    """Apps by space, the short name of each in the picture, and the changes that are its arrows, riskiest first."""

    spaces: dict[SpaceRef, list[AppRef]]
    nodes: dict[AppRef, str]
    edges: tuple[ConnectivityChange, ...]


def drawable(changes: Iterable[ConnectivityChange]) -> list[ConnectivityChange]:
    """Leave out what is no change between two apps: what stays as it is, and the chains that arrows make up."""
    return [change for change in changes if change.kind not in _NOT_DRAWN]


def drawn_changes(changes: Sequence[ConnectivityChange]) -> Graph:
    """Lay out the picture of the changes."""
    edges = tuple(drawable(changes))
    apps = sorted({end for change in edges for end in (change.source, change.destination)})
    spaces: dict[SpaceRef, list[AppRef]] = {}
    for app in apps:
        spaces.setdefault(app.space_ref, []).append(app)
    return Graph(spaces, {app: f"a{number}" for number, app in enumerate(apps)}, edges)


def only_closes(change: ConnectivityChange) -> bool:
    """Say whether a change takes access away and gives none."""
    return change.kind in _GONE


def edge_words(change: ConnectivityChange) -> str:
    """Say at an arrow what opens and what closes; where only the speech changes, what is open."""
    words = [f"opens {_spelt(change.gained)}"] if change.gained else []
    words += [f"closes {_spelt(change.lost)}"] if change.lost else []
    return ", ".join(words) or f"speaks {_spelt(change.after)}"


def _spelt(openings: Openings) -> str:
    return ", ".join(f"{opening} {TLS_WORDS[opening.tls]}" for opening in openings)
