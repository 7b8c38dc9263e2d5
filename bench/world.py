"""Making a world: manifests, the same content as JSON, and the answers of a platform that nearly agrees with it.

The same size always gives the same world. One manifest a space of 40 apps, ten spaces an organization, 20 guardrails
of built-in limits. One policy in a thousand is missing on the platform and as many are there that nobody asks for; one
source in a hundred is an app of a space without manifests.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

APPS_PER_SPACE = 40
SPACES_PER_ORG = 10
PAGE_SIZE = 5000
DOMAIN = "apps.internal"
DOMAIN_GUID = "00000000-0000-4000-8000-000000000d01"
_API = "c2c/v1"
_WORDS = ("ledger", "checkout", "frontend", "gateway", "orders", "search", "mailer", "reports", "billing", "worker")
_TEAMS = ("payments", "web", "batch", "platform", "insights")
_ZONES = ("cde", "internal", "public")


class Size(NamedTuple):
    """How large a world is."""

    apps: int
    policies: int


SIZES = {"s": Size(1_000, 5_000), "m": Size(10_000, 50_000), "l": Size(65_000, 500_000)}


@dataclass(frozen=True)
class App:
    """An app of the world. `number` counts all apps."""

    number: int
    name: str
    space: int
    org: int
    guid: str

    @property
    def path(self) -> tuple[str, str, str]:
        return (org_name(self.org), space_name(self.space), self.name)


def org_name(number: int) -> str:
    """Name an organization."""
    return f"org-{number:03}"


def space_name(number: int) -> str:
    """Name a space."""
    return f"space-{number:04}"


class World:
    """Apps, who may call whom, and the platform's view of it."""

    def __init__(self, size: Size, seed: int = 7) -> None:
        self._random = random.Random(seed)  # noqa: S311 - worlds, not keys
        self._size = size
        self.apps = [self._app(number) for number in range(size.apps)]
        self.strangers = [self._app(size.apps + number) for number in range(max(10, size.apps // 100))]
        self.spaces = [self.apps[at : at + APPS_PER_SPACE] for at in range(0, size.apps, APPS_PER_SPACE)]
        self.documents = [self._space(number, members) for number, members in enumerate(self.spaces)]

    def _guid(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def _app(self, number: int) -> App:
        space = number // APPS_PER_SPACE
        name = f"{_WORDS[number % len(_WORDS)]}-{number:05}"
        return App(number, name, space, space // SPACES_PER_ORG, self._guid())

    # -- what teams write

    def _space(self, number: int, members: list[App]) -> dict[str, Any]:
        org = number // SPACES_PER_ORG
        return {
            "apiVersion": _API,
            "kind": "Space",
            "org": org_name(org),
            "space": space_name(number),
            "owner": f"team-{_TEAMS[number % len(_TEAMS)]}",
            "zone": _ZONES[number % len(_ZONES)],
            "apps": [self._entry(app) for app in members],
        }

    def _entry(self, app: App) -> dict[str, Any]:
        ports = [
            {"name": "api", "tls": "auto"},
            {"name": "admin", "port": 8443, "tls": "manual"},
            {"name": "metrics", "port": 9100, "tls": "none"},
            {"name": "gossip", "port": "7000-7010", "protocol": "udp", "tls": "none"},
        ]
        wanted = self._size.policies * (app.number + 1) // self._size.apps - self._size.policies * app.number // (
            self._size.apps
        )
        return {
            "name": app.name,
            "routes": [f"{app.name}.{DOMAIN}"],
            "ports": ports,
            "ingress": list(self._ingress(app, wanted)),
        }

    def _ingress(self, app: App, wanted: int) -> Iterator[dict[str, Any]]:
        used: set[tuple[int, str]] = set()
        left = wanted
        while left:
            port = self._random.choice(("api", "api", "api", "admin", "metrics"))
            sources = []
            for _ in range(min(left, self._random.randint(1, 3))):
                source = self._source(app)
                if source.number != app.number and (source.number, port) not in used:
                    used.add((source.number, port))
                    sources.append(self._written(source, app))
            if not sources:
                continue
            left -= len(sources)
            entry: dict[str, Any] = {"from": sources[0] if len(sources) == 1 else sources, "ports": [port]}
            if self._random.random() < 0.4:
                entry["why"] = f"{app.name} is called here, NET-{self._random.randint(1000, 9999)}"
            if self._random.random() < 0.1:
                entry["until"] = f"2099-0{self._random.randint(1, 9)}-15"
            yield entry

    def _source(self, app: App) -> App:
        choice = self._random.random()
        if choice < 0.6:
            return self._random.choice(self.spaces[app.space])
        if choice < 0.01 + 0.6:
            return self._random.choice(self.strangers)
        if choice < 0.85:
            first = app.org * APPS_PER_SPACE * SPACES_PER_ORG
            return self.apps[self._random.randrange(first, min(first + 400, len(self.apps)))]
        return self._random.choice(self.apps)

    @staticmethod
    def _written(source: App, app: App) -> str:
        org, space, name = source.path
        if source.space == app.space:
            return name
        return f"{space}/{name}" if source.org == app.org else f"{org}/{space}/{name}"

    # -- what the platform holds

    def live_policies(self) -> list[tuple[str, str, str, int, int]]:
        opened = {"api": ("tcp", 61443, 61443), "admin": ("tcp", 8443, 8443), "metrics": ("tcp", 9100, 9100)}
        by_path = {app.path: app for app in (*self.apps, *self.strangers)}
        rows = []
        for document, members in zip(self.documents, self.spaces, strict=True):
            for entry, app in zip(document["apps"], members, strict=True):
                for grant in entry["ingress"]:
                    written = grant["from"] if isinstance(grant["from"], list) else [grant["from"]]
                    for text in written:
                        source = by_path[_full(text, app)]
                        if self._random.random() >= 0.001:
                            rows.append((source.guid, app.guid, *opened[grant["ports"][0]]))
        extra = max(5, len(rows) // 1000)
        for _ in range(extra):
            source, target = self._random.choice(self.apps), self._random.choice(self.apps)
            rows.append((source.guid, target.guid, "tcp", 8080, 8080))
        for _ in range(extra):  # foreign: nobody's manifests say anything about these destinations
            source, target = self._random.choice(self.apps), self._random.choice(self.strangers)
            rows.append((source.guid, target.guid, "tcp", 8080, 8080))
        rows = list(dict.fromkeys(rows))
        self._random.shuffle(rows)
        return rows


def _full(text: str, app: App) -> tuple[str, str, str]:
    parts = text.split("/")
    return (*app.path[: 3 - len(parts)], *parts)  # type: ignore[return-value]


# -- writing


def write_world(folder: Path, size: Size) -> None:
    """Write a world below a folder: `manifests`, `json` and `answers`."""
    world = World(size)
    for name in ("manifests", "json", "answers"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for document in world.documents:
        stem = f"{document['org']}-{document['space']}"
        (folder / "manifests" / f"{stem}.yml").write_text(_yaml(document), encoding="utf-8")
        (folder / "json" / f"{stem}.json").write_bytes(orjson.dumps(document))
    rules = list(guardrails())
    text = "---\n".join(_plain_yaml(rule, 0) for rule in rules)
    (folder / "manifests" / "guardrails.yml").write_text(text, encoding="utf-8")
    (folder / "json" / "guardrails.json").write_bytes(orjson.dumps(rules))
    for name, body in answers(world):
        (folder / "answers" / f"{name}.json").write_bytes(body)


def _yaml(document: dict[str, Any]) -> str:
    """Write a Space as a person would."""
    lines = [f"{key}: {document[key]}" for key in ("apiVersion", "kind", "org", "space", "owner", "zone")]
    lines.append("apps:")
    for app in document["apps"]:
        lines += [f"  - name: {app['name']}", f"    routes: [{app['routes'][0]}]", "    ports:"]
        lines += [f"      - {{{', '.join(f'{key}: {value}' for key, value in port.items())}}}" for port in app["ports"]]
        lines.append("    ingress:" if app["ingress"] else "    ingress: []")
        for grant in app["ingress"]:
            source = grant["from"]
            lines.append(f"      - from: {source if isinstance(source, str) else '[' + ', '.join(source) + ']'}")
            lines.append(f"        ports: [{grant['ports'][0]}]")
            lines += [f"        {key}: {grant[key]}" for key in ("why", "until") if key in grant]
    return "\n".join(lines) + "\n"


def _plain_yaml(value: dict[str, Any], depth: int) -> str:
    text = ""
    for key, item in value.items():
        if isinstance(item, dict):
            text += f"{'  ' * depth}{key}:\n{_plain_yaml(item, depth + 1)}"
        else:
            text += f"{'  ' * depth}{key}: {orjson.dumps(item).decode()}\n"
    return text


def guardrails() -> Iterator[dict[str, Any]]:
    """Give 20 guardrails of built-in limits, most of them kept."""
    limits: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("deny", {"destination": {"zone": "cde"}}, {"protocols": ["tcp"]}),
        ("deny", {"destination": {"zone": "cde"}}, {"ports": ["8080", "8443", "9100", "61443"]}),
        ("deny", {"destination": {"zone": ["cde", "internal"]}}, {"max_port_span": 20}),
        ("deny", {"source": {"org": "sandbox*"}}, {"same_org": True}),
        ("deny", {"destination": {"space": "space-0003"}}, {"deny_sources": ["sandbox/*/*"]}),
        ("deny", {}, {"max_sources": 200}),
        ("deny", {}, {"max_destinations": 1000}),
        ("deny", {"source": {"labels": "tier=legacy"}}, {"tls": ["auto"]}),
        ("deny", {"destination": {"app": "ledger-*"}}, {"protocols": ["tcp"], "max_port_span": 5}),
        ("deny", {"destination": {"app": "gateway-*"}}, {"ports": ["1-65535"]}),
        ("warn", {"source": {"zone": "public"}, "destination": {"org": "org-000"}}, {"same_zone": False}),
        ("warn", {"destination": {"org": "org-00*"}}, {"require": ["owner"]}),
        ("warn", {"destination": {"zone": "public"}}, {"max_port_span": 5, "require": ["owner"]}),
        ("warn", {"destination": {"zone": "internal", "app": "orders-*"}}, {"tls": ["auto", "manual", "none"]}),
        ("warn", {"destination": {"app": "billing-*"}}, {"routes": ["*.apps.internal"]}),
        ("warn", {"source": {"org": "org-001"}, "destination": {"org": "org-002"}}, {"protocols": ["tcp"]}),
        ("audit", {"destination": {"org": "org-000", "zone": "cde"}}, {"same_zone": True}),
        ("audit", {"destination": {"org": "org-000", "app": "mailer-*"}}, {"require": ["why"]}),
        ("audit", {"source": {"org": "org-001"}}, {"same_space": True}),
        ("audit", {"destination": {"space": "space-000*"}}, {"sources": ["org-*/*/*"], "max_sources": 500}),
    ]
    for number, (enforcement, match, limit) in enumerate(limits):
        document: dict[str, Any] = {"apiVersion": _API, "kind": "Guardrail", "name": f"rule-{number:02}"}
        document["enforcement"] = enforcement
        if match:
            document["match"] = match
        yield {**document, "limits": limit}


def answers(world: World) -> Iterator[tuple[str, bytes]]:
    """Give the lists of the platform as pages of the largest size, by name."""
    everyone = [*world.apps, *world.strangers]
    spaces = {app.space: app.org for app in everyone}
    orgs = sorted(set(spaces.values()))
    yield "policies", _policies(world)
    yield from _pages("organizations", [{"guid": _org(org), "name": org_name(org)} for org in orgs])
    yield from _pages("spaces", [_space_row(space, org) for space, org in spaces.items()])
    yield from _pages("domains", [_domain_row()])
    yield from _pages("apps", [_app_row(app) for app in everyone])
    yield from _pages("routes", [_route_row(app) for app in world.apps])


def _policies(world: World) -> bytes:
    rows = [
        {
            "source": {"id": source},
            "destination": {"id": target, "protocol": protocol, "ports": {"start": start, "end": end}},
        }
        for source, target, protocol, start, end in world.live_policies()
    ]
    return orjson.dumps({"total_policies": len(rows), "policies": rows})


def _pages(name: str, rows: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    for number, at in enumerate(range(0, len(rows), PAGE_SIZE), 1):
        yield f"{name}-{number:03}", page(rows[at : at + PAGE_SIZE], len(rows), number)


def page(rows: Iterable[dict[str, Any]], total: int, number: int) -> bytes:
    """Write one page of a list, as Cloud Controller does."""
    pages = max(1, -(-total // PAGE_SIZE))
    following = {"href": f"/v3/next?page={number + 1}"} if number < pages else None
    return orjson.dumps(
        {
            "pagination": {"total_results": total, "total_pages": pages, "next": following},
            "resources": list(rows),
        }
    )


def _org(number: int) -> str:
    return str(UUID(int=(1 << 100) + number, version=4))


def _space(number: int) -> str:
    return str(UUID(int=(2 << 100) + number, version=4))


def _to(guid: str) -> dict[str, Any]:
    return {"data": {"guid": guid}}


def _stamped(guid: str, path: str) -> dict[str, Any]:
    """Give what Cloud Controller tells of everything, read or not."""
    return {
        "guid": guid,
        "created_at": "2026-01-05T06:00:00Z",
        "updated_at": "2026-11-05T06:00:00Z",
        "links": {"self": {"href": f"https://api.sys.example.com/v3/{path}/{guid}"}},
    }


def _space_row(number: int, org: int) -> dict[str, Any]:
    row = _stamped(_space(number), "spaces")
    return {
        **row,
        "name": space_name(number),
        "relationships": {"organization": _to(_org(org)), "quota": {"data": None}},
    }


def _domain_row() -> dict[str, Any]:
    return {**_stamped(DOMAIN_GUID, "domains"), "name": DOMAIN, "internal": True, "router_group": None}


def _app_row(app: App) -> dict[str, Any]:
    return {
        **_stamped(app.guid, "apps"),
        "name": app.name,
        "state": "STARTED",
        "lifecycle": {"type": "buildpack", "data": {"buildpacks": ["java_buildpack"], "stack": "cflinuxfs4"}},
        "relationships": {"space": _to(_space(app.space)), "current_droplet": _to(app.guid)},
        "metadata": {"labels": {"tier": "web" if app.number % 2 else "worker"}, "annotations": {}},
    }


def _route_row(app: App) -> dict[str, Any]:
    guid = str(UUID(int=(3 << 100) + app.number, version=4))
    destination = {
        "guid": str(UUID(int=(4 << 100) + app.number, version=4)),
        "app": {"guid": app.guid, "process": {"type": "web"}},
        "weight": None,
        "port": 8080,
        "protocol": "http1",
    }
    return {
        **_stamped(guid, "routes"),
        "protocol": "http",
        "host": app.name,
        "path": "",
        "port": None,
        "url": f"{app.name}.{DOMAIN}",
        "destinations": [destination],
        "metadata": {"labels": {}, "annotations": {}},
        "relationships": {"space": _to(_space(app.space)), "domain": _to(DOMAIN_GUID)},
    }


if __name__ == "__main__":
    write_world(Path(sys.argv[2]), SIZES[sys.argv[1]])
