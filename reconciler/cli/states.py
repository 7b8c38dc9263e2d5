"""States named on the command line: manifests, a snapshot, a git revision of manifests, or what is live."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.analysis.declared import network_declared
from reconciler.analysis.networks import live_network
from reconciler.cli.files.git import lay_out
from reconciler.cli.live import fetch, read_set_for, warn_if_partial
from reconciler.cli.named_spaces import spaces_seen
from reconciler.cli.snapshots import read_live_state
from reconciler.errors import ManifestError, UsageError
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.parsing.reading import read_file
from reconciler.manifests.parsing.source import parse_documents
from reconciler.model.names import SpaceRef
from reconciler.model.policies import PolicyMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from reconciler.cli.console import Console
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.live import LiveState
    from reconciler.model.network import Network
    from reconciler.model.scope import SpacePattern

LIVE = "live:"
GIT = "git:"


class NamedState(NamedTuple):
    """A network, what it is called in a report, and the spaces that it is known to have."""

    name: str
    network: Network
    spaces: frozenset[SpaceRef]


class StateReader:
    """Reads what the command line names. `spaces` limits what is read of a foundation."""

    def __init__(
        self, target: Mapping[str, Any], console: Console, *, today: date, spaces: tuple[SpacePattern, ...] = ()
    ) -> None:
        self._target = target
        self._console = console
        self._today = today
        self._spaces = spaces

    def read(self, word: str) -> NamedState:
        """Read `live:`, `live:URL`, `git:REVISION:PATH`, a snapshot, or a file or folder of manifests.

        Raise UsageError, ManifestError or PlatformError when it cannot be read.
        """
        if word.startswith(LIVE):
            return self._live(word.removeprefix(LIVE))
        if word.startswith(GIT):
            return self._revision(word)
        if _is_snapshot(word):
            live = read_live_state(word)
            warn_if_partial(live, self._console, word)
            return _named(word, live)
        return self._manifests(word, word)

    def _live(self, url: str) -> NamedState:
        target = {**self._target, "api": url} if url else self._target
        live = fetch(target, None, self._console, read_set_for(self._spaces, None, environments=False))
        return _named(live.foundation, live)

    def _revision(self, word: str) -> NamedState:
        revision, colon, path = word.removeprefix(GIT).partition(":")
        if not (revision and colon and path):
            raise UsageError(f"{word} names no manifests of a revision", hint="write git:REVISION:PATH")
        with _temporary() as folder:
            commit = lay_out(revision, path, folder)
            return self._manifests(str(folder), f"{GIT}{revision}:")._replace(name=f"{word} ({commit[:12]})")

    def _manifests(self, path: str, name: str) -> NamedState:
        """Read manifests; where they lie in a folder of ours, places are given under the name that they have."""
        try:
            bundle, network = _described(path, self._today)
        except ManifestError as problem:
            if path == name:
                raise
            raise ManifestError(tuple(item.moved(path, name) for item in problem.diagnostics)) from None
        spaces = frozenset(SpaceRef(item.value.org, item.value.space) for item in bundle.spaces)
        spaces |= {end.space_ref for policy in network.policies for end in (policy.source, policy.destination)}
        return NamedState(name, network if path == name else _moved_terms(network, path, name), spaces)


def _described(path: str, today: date) -> tuple[Bundle, Network]:
    loaded = load_bundle([path], today=today)
    if loaded.bundle is None:
        raise ManifestError(loaded.diagnostics)
    return loaded.bundle, network_declared(loaded.bundle, today)


def _named(name: str, live: LiveState) -> NamedState:
    return NamedState(name, live_network(live), frozenset(spaces_seen(live)))


def _moved_terms(network: Network, old: str, new: str) -> Network:
    moved = {
        policy: tuple(term._replace(place=term.origin.moved(old, new)) for term in terms)
        for policy, terms in network.policies.items()
    }
    return network._replace(policies=PolicyMap.of(moved))


@contextmanager
def _temporary() -> Iterator[Path]:
    with TemporaryDirectory(prefix="c2c-diff-") as folder:
        yield Path(folder)


def _is_snapshot(path: str) -> bool:
    """Say whether a file is meant as a snapshot: JSON, or YAML whose first document says so."""
    if path.endswith(".json"):
        return True
    if not Path(path).is_file():
        return False
    content = read_file(path)
    if not isinstance(content, bytes):
        return False
    documents, _ = parse_documents(path, content)
    data = documents[0].data if documents else None
    return isinstance(data, dict) and data.get("kind") == "Snapshot"
