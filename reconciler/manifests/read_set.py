"""What the manifests make it necessary to read from the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.routes import parse_route
from reconciler.manifests.space import Manages
from reconciler.model.scope import AppPattern, ReadSet, SpacePattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.loaded import Bundle
    from reconciler.manifests.space import Space


def read_set_of(bundle: Bundle) -> ReadSet:
    """Say what to fetch so that every name and selector of the manifests can be resolved."""
    spaces = [document.value for document in bundle.spaces]
    return ReadSet(
        managed=frozenset(SpacePattern(space.org, space.space) for space in spaces),
        sources=frozenset(pattern for space in spaces for pattern in _source_spaces(space)),
        hosts=frozenset(parse_route(route) for space in spaces for app in space.apps for route in app.routes),
        environment=frozenset(pattern for space in spaces for pattern in _apps(space, trusting=True)),
        leftovers=frozenset(
            pattern
            for space in spaces
            if space.manages is not Manages.ADDITIONS
            for pattern in _apps(space, trusting=False)
        ),
    )


def _source_spaces(space: Space) -> Iterator[SpacePattern]:
    for org, name in {(source.org, source.space) for source in space.sources() if not source.is_self}:
        yield SpacePattern(org or space.org, name or space.space)


def _apps(space: Space, *, trusting: bool) -> Iterator[AppPattern]:
    for app in space.apps:
        if (app.trust is not None) == trusting:
            for name in app.live_names:
                yield AppPattern(space.org, space.space, name)
