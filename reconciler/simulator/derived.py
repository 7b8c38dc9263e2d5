"""What a seed may leave out because it follows from the rest."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from reconciler.model.names import encode_segment
from reconciler.simulator.entities import DEFAULT_PORT

if TYPE_CHECKING:
    from reconciler.simulator.entities import App, Route


def derived_guid(kind: str, *address: object) -> str:
    """Give the GUID of something that a seed names without one: always the same for the same address.

    Names are to be given folded: another spelling is no other thing.
    """
    path = "/".join(encode_segment(str(part)) for part in address)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"c2c:{kind}:{path}"))


def default_port(app: App) -> int | None:
    """Give the port of a destination that names none; an image names its port itself."""
    return DEFAULT_PORT if app.lifecycle == "buildpack" else None


def destination_guid(route: Route, app: App, process_type: str, port: int | None) -> str:
    """Give the GUID of a destination for which the seed has none."""
    return derived_guid("destination", route.guid, app.guid, process_type, port)
