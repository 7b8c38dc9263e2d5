"""What the manifests make it necessary to read from the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.resolving.routes import parse_route
from reconciler.manifests.space import Manages
from reconciler.model.scope import AppPattern, ReadSet, SpacePattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.manifests.loaded import Bundle
    from reconciler.manifests.space import Space

_new = tuple.__new__
"""As the class of a tuple itself, which takes twice as long: there are as many as apps."""


def read_set_of(bundle: Bundle) -> ReadSet:
    """Say what to fetch so that every name and selector of the manifests can be resolved."""
    spaces = [document.value for document in bundle.spaces]
    return ReadSet(
        managed=frozenset(SpacePattern(space.org, space.space) for space in spaces),
        sources=_source_spaces(spaces),
        hosts=frozenset([parse_route(route) for space in spaces for app in space.apps for route in app.routes]),
        environment=_apps(spaces, trusting=True),
        leftovers=_apps([space for space in spaces if space.manages is not Manages.ADDITIONS], trusting=False),
    )


def _source_spaces(spaces: Iterable[Space]) -> frozenset[SpacePattern]:
    found: set[tuple[str, str]] = set()
    for space in spaces:
        written = {(source.org, source.space) for source in space.sources if not source.is_self}
        found.update([(org or space.org, name or space.space) for org, name in written])
    return frozenset(map(SpacePattern._make, found))


def _apps(spaces: Iterable[Space], *, trusting: bool) -> frozenset[AppPattern]:
    found = [
        _new(AppPattern, (space.org, space.space, name))
        for space in spaces
        for app in space.apps
        if (app.trust is not None) == trusting
        for name in app.live_names
    ]
    return frozenset(found)
