"""Reading what is live for commands that take it down: all that the caller may see, or some spaces of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.cli.session import sign_in
from reconciler.manifests.resolving.read_set import read_set_of
from reconciler.model.scope import AppPattern, ReadSet, SpacePattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.cli.console import Console
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.live import LiveState

EVERY_SPACE = SpacePattern("*", "*")


def read_set_for(spaces: Iterable[SpacePattern], bundle: Bundle | None, *, environments: bool) -> ReadSet:
    """Say what to read: these spaces and those of the manifests, or everything where neither is given.

    With `environments` the governed variables of every app there are read, at the cost of a call for each.
    """
    named = frozenset(spaces)
    read_set = ReadSet() if bundle is None else read_set_of(bundle)
    managed = read_set.managed | (named or (frozenset() if bundle else frozenset({EVERY_SPACE})))
    if not environments:
        return read_set._replace(managed=managed, environment=frozenset(), leftovers=frozenset())
    wanted = frozenset(AppPattern(*space, "*") for space in managed)
    return read_set._replace(managed=managed, environment=wanted, leftovers=frozenset(), all_environments=True)


def fetch(target: Mapping[str, Any], declared: str | None, console: Console, read_set: ReadSet) -> LiveState:
    """Sign in, `declared` as for `sign_in`, and read the platform. Raise PlatformError."""
    with sign_in(target, declared, console) as platform:
        live = platform.fetch(read_set)
    warn_if_partial(live, console)
    return live


def warn_if_partial(live: LiveState, console: Console, source: str = "") -> None:
    """Say that not everything is in a live state; `source` names the file that it is from."""
    caller = live.caller
    if caller is not None and not (caller.network_admin and caller.reads_every_app):
        console.warn(
            f"{source and f'{source}: '}only what {caller.name} may see is here: without network.admin and a role that "
            "reads every space, policies and apps are hidden"
        )
