"""The order in which the language page writes keys, for every mapping of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml.comments import CommentedMap, CommentedSeq

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Shape(NamedTuple):
    """The keys of a mapping in order, and what stands below some of them: a mapping, or a list of mappings."""

    keys: tuple[str, ...]
    below: dict[str, _Shape] = {}  # noqa: RUF012 - never changed


_HEADER = ("apiVersion", "kind")
_SOURCE = _Shape(("org", "space", "app", "labels"))
_PORT = _Shape(("name", "port", "protocol", "tls", "plaintext_until"))
_INGRESS = _Shape(("from", "ports", "why", "until"), {"from": _SOURCE})
_BODY = ("match", "trust", "routes", "ports", "ingress")
_ENTRY = {"ports": _PORT, "ingress": _INGRESS}
_USE = _Shape(("name", "with"))
_APPS = _Shape(("org", "space", "app", "zone", "labels"))
_MATCH = _Shape(("source", "destination", "direction"), {"source": _APPS, "destination": _APPS})
_LIMITS = _Shape(
    (
        "tls",
        "protocols",
        "ports",
        "max_port_span",
        "same_space",
        "same_org",
        "same_zone",
        "sources",
        "deny_sources",
        "max_sources",
        "max_destinations",
        "require",
        "max_days",
        "template",
        "routes",
        "expression",
    )
)
_CLAUSE = _Shape(
    ("from", "to", "port", "protocol", "allowed", "via", "only_from"), {"from": _APPS, "to": _APPS, "only_from": _APPS}
)
ENTRY_KEYS = ("name", "template", *_BODY)
"""The keys of an app entry."""

_SPACE = _Shape(
    (*_HEADER, "org", "space", "owner", "zone", "manages", "apps"),
    {"apps": _Shape(ENTRY_KEYS, {"template": _USE, **_ENTRY})},
)
_SHAPES = {
    "Foundation": _Shape((*_HEADER, "name", "api", "spaces", "internal_domains", "limits")),
    "Template": _Shape(
        (*_HEADER, "name", "description", "parameters", "app", "limits"),
        {"app": _Shape(_BODY, _ENTRY), "limits": _LIMITS},
    ),
    "Guardrail": _Shape(
        (*_HEADER, "name", "description", "enforcement", "baseline", "match", "limits"),
        {"match": _MATCH, "limits": _LIMITS},
    ),
    "Waiver": _Shape((*_HEADER, "name", "guardrail", "match", "why", "owner", "until"), {"match": _MATCH}),
    "Expectation": _Shape((*_HEADER, "name", "description", "expect"), {"expect": _CLAUSE}),
}


def ordered_mappings(document: Any) -> Iterator[tuple[CommentedMap, tuple[str, ...]]]:  # noqa: ANN401 - whatever YAML holds
    """Give every mapping of a document whose keys have an order, with that order. The values of a use have none."""
    kind = document.get("kind") if isinstance(document, CommentedMap) else None
    yield from _ordered(document, _SHAPES.get(kind, _SPACE) if isinstance(kind, str) else _SPACE)


def _ordered(value: Any, shape: _Shape) -> Iterator[tuple[CommentedMap, tuple[str, ...]]]:  # noqa: ANN401 - as above
    if isinstance(value, CommentedSeq):
        for item in value:
            if isinstance(item, CommentedMap):
                yield from _ordered(item, shape)
    elif isinstance(value, CommentedMap):
        yield value, shape.keys
        for key, below in shape.below.items():
            yield from _ordered(value.get(key), below)
