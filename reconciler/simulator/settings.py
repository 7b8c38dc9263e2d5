"""What an operator can set on the servers, with the servers' own property names and defaults."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """Properties of the three servers.

    Source: `spec` files of cf-networking-release, capi-release and uaa-release. The last group has no property on
    a real foundation: it says how this one behaves (`job_polls`: how often a job is still PROCESSING when asked;
    `job_seconds`: how long it stays so at least).
    """

    max_policies_per_app_source: int = 150
    enable_space_developer_self_service: bool = False
    tag_length: int = 2
    policy_cleanup_interval: int = 60
    allowed_cors_domains: tuple[str, ...] = ()
    enable_tls: bool = False

    access_token_validity: int = 1200
    refresh_token_validity: int = 2592000
    refresh_token_rotate: bool = False

    api_version: str = "3.228.0"
    temporary_enable_v2: bool = True
    route_creation: bool = True
    route_sharing: bool = False
    max_labels_per_resource: int = 50
    max_annotations_per_resource: int = 200
    rate_limiter_general_limit: int = 2000
    rate_limiter_reset_interval_in_minutes: int = 60

    job_polls: int = 0
    job_seconds: float = 0.0
    faults: tuple[Mapping[str, Any], ...] = ()


_KINDS: dict[str, type | tuple[type, ...]] = {"bool": bool, "int": int, "float": (int, float), "str": str}


def read_settings(values: Mapping[str, Any], problems: list[str]) -> Settings:
    """Make settings from a seed, adding what is wrong to `problems`."""
    known = {field.name: str(field.type) for field in fields(Settings)}
    chosen: dict[str, Any] = {}
    for name, value in values.items():
        kind = known.get(name)
        if kind is None:
            problems.append(f"settings: there is no setting {name!r}; known are {', '.join(sorted(known))}")
        elif kind.startswith("tuple"):
            if isinstance(value, list | tuple):
                chosen[name] = tuple(value)
            else:
                problems.append(f"settings: {name} must be a list, not {value!r}")
        elif kind == "int" and isinstance(value, float) and value.is_integer():
            # JSON has one kind of numbers: 20.0 is a whole one.
            chosen[name] = int(value)
        elif not isinstance(value, _KINDS[kind]) or (kind == "int" and isinstance(value, bool)):
            problems.append(f"settings: {name} must be of type {kind}, not {value!r}")
        else:
            chosen[name] = value
    return Settings(**chosen)
