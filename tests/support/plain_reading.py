"""Answers read the plain way, one field after another: what decoding them straight into shapes has to agree with."""

from __future__ import annotations

from typing import Any

LAST_PORT = 2**31 - 1
"""The highest port that the policy server holds, as its API v0 lets it in."""


class Wrong(Exception):  # noqa: N818 - a finding about the answer, not an error of the test
    """A field is not as the API describes it."""


def text(value: Any, path: str, *, empty: bool = False) -> str:
    found = at(value, path)
    if not isinstance(found, str):
        raise Wrong(f"{path} is not a string")
    if not found and not empty:
        raise Wrong(f"{path} is empty")
    return found


def whole(value: Any, path: str) -> int:
    found = at(value, path)
    if not isinstance(found, int) or isinstance(found, bool):
        raise Wrong(f"{path} is not an integer")
    return found


def at(value: Any, path: str) -> Any:
    steps = path.split(".")
    for depth, step in enumerate(steps):
        if not isinstance(value, dict):
            raise Wrong(f"{'.'.join(steps[:depth]) or 'the body'} is not an object")
        if step not in value:
            raise Wrong(f"{'.'.join(steps[: depth + 1])} is missing")
        value = value[step]
    return value


def rows(value: Any, path: str) -> list[Any]:
    found = at(value, path)
    if not isinstance(found, list):
        raise Wrong(f"{path} is not a list")
    return found


def each(value: Any, path: str, read: Any) -> list[Any]:
    found = []
    for index, item in enumerate(rows(value, path)):
        place = f"{path}[{index}]"
        if not isinstance(item, dict):
            raise Wrong(f"{place} is not an object")
        try:
            found.append(read(item))
        except Wrong as wrong:
            raise Wrong(f"{place}.{wrong}") from None
    return found


def app(value: Any) -> tuple[Any, ...]:
    labels = at(value, "metadata.labels") if "metadata" in value else {}
    if not isinstance(labels, dict):
        raise Wrong("metadata.labels is not an object")
    if not all(isinstance(item, str) for item in labels.values()):
        raise Wrong("metadata.labels[...] is not a string")
    return text(value, "guid"), text(value, "name"), text(value, "relationships.space.data.guid"), labels


def organization(value: Any) -> tuple[Any, ...]:
    return text(value, "guid"), text(value, "name")


def space(value: Any) -> tuple[Any, ...]:
    return text(value, "guid"), text(value, "name"), text(value, "relationships.organization.data.guid")


def domain(value: Any) -> tuple[Any, ...]:
    if not isinstance(at(value, "internal"), bool):
        raise Wrong("internal is not true or false")
    return text(value, "guid"), text(value, "name"), value["internal"]


def role(value: Any) -> tuple[Any, ...]:
    in_space = "space" in at(value, "relationships") and at(value, "relationships.space.data") is not None
    where = text(value, "relationships.space.data.guid") if in_space else None
    return text(value, "guid"), text(value, "type"), text(value, "relationships.user.data.guid"), where


def destination(value: Any) -> tuple[Any, ...]:
    process = text(value, "app.process.type") if "process" in keys(value, "app") else "web"
    return text(value, "guid"), text(value, "app.guid"), process


def keys(value: Any, path: str) -> dict[str, Any]:
    found = at(value, path)
    if not isinstance(found, dict):
        raise Wrong(f"{path} is not an object")
    return found


def route(value: Any) -> tuple[Any, ...]:
    path = value.get("path")
    if path is not None and not isinstance(path, str):
        raise Wrong("path is not a string")
    known = at(value, "relationships.space.data") is not None
    return (
        text(value, "guid"),
        text(value, "host", empty=True),
        path or None,
        text(value, "relationships.domain.data.guid"),
        text(value, "relationships.space.data.guid") if known else None,
        tuple(each(value, "destinations", destination)),
    )


def page(value: Any, row: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Give rows, spaces and organizations by GUID."""
    whole(value, "pagination.total_pages")
    whole(value, "pagination.total_results")
    if value["pagination"].get("next") is not None:
        text(value, "pagination.next.href")
    found = each(value, "resources", row)
    included = value.get("included")
    beside = {} if included is None else keys(value, "included")
    spaces = each(value, "included.spaces", space) if "spaces" in beside else []
    orgs = each(value, "included.organizations", organization) if "organizations" in beside else []
    return tuple({item[0]: item for item in kind} for kind in (found, spaces, orgs))  # type: ignore[return-value]


def policy(value: Any) -> tuple[Any, ...]:
    row = (
        text(value, "source.id", empty=True),
        text(value, "destination.id", empty=True),
        text(value, "destination.protocol", empty=True),
        whole(value, "destination.ports.start"),
        whole(value, "destination.ports.end"),
    )
    if not 1 <= row[3] <= row[4] <= LAST_PORT:
        raise Wrong(f"destination.ports is not a range within 1 to {LAST_PORT}")
    return row


def policies(value: Any) -> list[Any]:
    announced = whole(value, "total_policies")
    found = each(value, "policies", policy)
    if announced != len(found):
        raise Wrong(f"announces {announced} policies and holds {len(found)}")
    return found
