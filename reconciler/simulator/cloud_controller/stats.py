"""What a cell would report about the instances of an app.

Source: cloud_controller_ng `app/presenters/v3/process_stats_presenter.rb`; executor `proxy_config_handler.go`.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.simulator.entities import App

FIRST_PROXY_PORT = 61001
PLATFORM_TLS_PORT = 61443
TLS_APP_PORT = 8080
_SSH_PORT = 2222
_FIRST_HOST_PORT = 61014
_MEGABYTE = 1024 * 1024


def instance_stats(app: App, now: datetime) -> list[dict[str, Any]]:
    """Describe every instance of the `web` process, by index."""
    if app.state != "STARTED":
        return [_down(index) for index in range(app.instances)]
    return [_running(app, index, now) for index in range(app.instances)]


def _down(index: int) -> dict[str, Any]:
    facts = {"type": "web", "index": index, "state": "DOWN", "routable": None}
    return facts | {"uptime": 0, "isolation_segment": None, "details": None}


def _running(app: App, index: int, now: datetime) -> dict[str, Any]:
    instance = uuid.uuid5(uuid.NAMESPACE_URL, f"instance:{app.guid}:{index}")
    return {
        "type": "web",
        "index": index,
        "instance_guid": str(instance),
        "state": "RUNNING",
        "routable": True,
        "host": f"10.0.{instance.bytes[0] % 16}.{instance.bytes[1]}",
        "instance_internal_ip": f"10.255.{instance.bytes[2]}.{instance.bytes[3]}",
        "uptime": 9042,
        "isolation_segment": None,
        "details": None,
        "instance_ports": instance_ports(app.ports),
        "usage": {"time": now.isoformat(timespec="seconds"), "cpu": 0.01, "cpu_entitlement": 0.02}
        | {"mem": 64 * _MEGABYTE, "disk": 128 * _MEGABYTE, "log_rate": 0},
        "mem_quota": 256 * _MEGABYTE,
        "disk_quota": 1024 * _MEGABYTE,
        "log_rate_limit": -1,
        "fds_quota": 16384,
    }


def instance_ports(ports: list[int]) -> list[dict[str, int | None]]:
    """Describe the listeners of one container: one proxy per port, and 61443 only if 8080 is among them."""
    rows: list[dict[str, int | None]] = []
    for offset, port in enumerate([*ports, _SSH_PORT]):
        rows.append(_row(port, _FIRST_HOST_PORT + offset, FIRST_PROXY_PORT + offset))
        if port == TLS_APP_PORT:
            rows.append(_row(port, None, PLATFORM_TLS_PORT))
    return rows


def _row(port: int, external: int | None, internal: int) -> dict[str, int | None]:
    proxies = {"external_tls_proxy_port": external, "internal_tls_proxy_port": internal}
    return {"external": 0, "internal": port, **proxies}
