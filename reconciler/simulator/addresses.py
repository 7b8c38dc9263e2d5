"""How a seed names apps, spaces and ports; `schemas/v1/snapshot.schema.json` says what may be written.

An address is text whose segments are escaped as `AppRef` writes them; names in a mapping stand as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.names import AppRef, SpaceRef, encode_segment, parse_app_ref, parse_space_ref


def app_ref(value: object) -> AppRef | None:
    """Read `org/space/app` or a mapping of the three; None for anything else."""
    if isinstance(value, Mapping):
        names = [value.get(name) for name in AppRef._fields]
        return AppRef(*map(str, names)) if all(names) else None
    try:
        return parse_app_ref(value) if isinstance(value, str) else None
    except ValueError:
        return None


def destination_ref(value: object, home: SpaceRef) -> AppRef | None:
    """Read an app address in which the leading names may be left out: they are those of `home` then."""
    if isinstance(value, Mapping):
        return app_ref({"org": home.org, "space": home.space} | {name: value.get(name) for name in value})
    if not isinstance(value, str):
        return None
    left_out = max(0, len(home) - value.count("/"))
    return app_ref("/".join((*map(encode_segment, home[:left_out]), value)))


def space_ref(value: object) -> SpaceRef | None:
    """Read `org/space`; None for anything else."""
    try:
        return parse_space_ref(value) if isinstance(value, str) else None
    except ValueError:
        return None


def port_range(value: object) -> tuple[int, int] | None:
    """Read a port, `N-M` or `{start, end}`; None for what is no range of ports, or runs backwards."""
    if isinstance(value, Mapping):
        first, last = value.get("start"), value.get("end")
    elif isinstance(value, str):
        first, dash, last = value.partition("-")
        last = last if dash else first
    else:
        first = last = value
    start, end = _port(first), _port(last)
    return (start, end) if start and end and start <= end else None


def _port(value: object) -> int | None:
    """Read a number; JSON may hold a whole one as 8080.0."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= len("65535") else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if float(value).is_integer() else None
