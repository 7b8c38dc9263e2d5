"""How a Snapshot names apps, spaces and ports. The schema says what may be written; this is what it means.

An address is text whose segments are escaped as `AppRef` writes them; names in a mapping stand as they are. The
embedded foundation has a reader of its own (`reconciler.simulator.seed`), held to this one by
`tests/properties/test_snapshots.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.names import AppRef, SpaceRef, encode_segment, parse_app_ref
from reconciler.model.policy import UnknownApp
from reconciler.model.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Json = Mapping[str, Any]
    Path = tuple[str | int, ...]

DEFAULT_DOMAINS = ({"name": "apps.internal", "internal": True},)
"""The domains of a snapshot that does not say which there are."""

DEFAULT_PORT = 8080
"""Where a destination without a port leads if the platform builds the app; an image names its port itself."""


def domains_of(snapshot: Json) -> list[Json]:
    """Give the domains that the snapshot lists, or the default ones. An empty list is a list."""
    domains: list[Json] = snapshot.get("domains", list(DEFAULT_DOMAINS))
    return domains


def spaces_of(snapshot: Json) -> Iterator[tuple[SpaceRef, Json, Path]]:
    """Give every space with its address and its place in the document."""
    for number, org in enumerate(snapshot.get("organizations") or ()):
        for index, space in enumerate(org.get("spaces") or ()):
            yield SpaceRef(org["name"], space["name"]), space, ("organizations", number, "spaces", index)


def end_of(value: str | Json) -> AppRef | UnknownApp:
    """Read the end of a policy: an app by its names, or by its guid alone."""
    if isinstance(value, str):
        return parse_app_ref(value)
    return UnknownApp(value["guid"]) if "guid" in value else AppRef(value["org"], value["space"], value["app"])


def destination_of(home: SpaceRef, entry: str | Json) -> AppRef:
    """Read which app a destination names, on a route that the space `home` owns."""
    if isinstance(entry, str):
        missing = len(home) - entry.count("/")
        return parse_app_ref("/".join((*map(encode_segment, home[:missing]), entry)))
    return AppRef(entry.get("org", home.org), entry.get("space", home.space), entry["app"])


def ports_of(value: float | str | Json) -> PortRange:
    """Read ports. The range may run backwards; JSON may hold a whole number as 8080.0."""
    if isinstance(value, str):
        first, _, last = value.partition("-")
        return PortRange(int(first), int(last or first))
    if isinstance(value, int | float):
        return PortRange(int(value), int(value))
    return PortRange(int(value["start"]), int(value["end"]))
