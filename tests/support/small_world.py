"""One space with a team that edits and a platform that drifts, small enough to be read naively.

`expected` is what a naive reading of the language page makes of the present world, computed without any code of ours
but the simulator's.
"""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from reconciler.cf.credentials import PasswordCredentials
from reconciler.simulator.faults import Effect, Fault
from support.embedded import embedded_foundation

START = date(2026, 11, 20)
DAYS = [START + timedelta(days=days) for days in (0, 5, 40)]
APPS = ("a", "a-green", "b", "rogue")
PORTS = {
    "auto": ({"name": "auto", "tls": "auto"}, [("tcp", 61443, 61443)]),
    "web": ({"name": "web", "tls": "none", "port": 8080}, [("tcp", 8080, 8080)]),
    "gossip": ({"name": "gossip", "tls": "none", "port": "7000-7010", "protocol": "udp"}, [("udp", 7000, 7010)]),
}
SOURCES: list[Any] = ["a", "b", "self", "globex/other/c", {"app": "*"}, {"org": "*", "space": "*", "app": "c"}]
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
POLICIES = [ports for _, opened in PORTS.values() for ports in opened] + [("tcp", 1, 65535)]

WRITE = ["cloud_controller.read", "cloud_controller.write", "network.write"]
SEED = {
    "users": [
        {"name": "admin", "password": "admin", "scopes": [*WRITE, "network.admin", "cloud_controller.admin"]},
        {"name": "dev", "password": "pw", "scopes": WRITE, "space_developer": ["acme/web", "globex/other"]},
    ],
    "apiVersion": "c2c/v1",
    "kind": "Snapshot",
    "domains": [{"name": "apps.internal", "internal": True}, {"name": "apps.example.com"}],
    "organizations": [
        {"name": "acme", "spaces": [{"name": "web", "apps": [{"name": name} for name in ("a", "a-green", "b")]}]},
        {"name": "globex", "spaces": [{"name": "other", "apps": [{"name": "c"}, {"name": "d"}]}]},
    ],
}

grants = st.fixed_dictionaries(
    {
        "from": st.sampled_from(SOURCES) | st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2),
        "ports": st.lists(st.sampled_from(sorted(PORTS)), min_size=1, max_size=2, unique=True),
    },
    optional={"until": st.sampled_from(DAYS).map(str)},
)
entries = st.fixed_dictionaries(
    {
        "match": st.sampled_from([["*a", "a-*"], ["a"]]),
        "ports": st.just([port for port, _ in PORTS.values()]),
        "routes": st.lists(st.sampled_from(["x.apps.internal", "y.apps.internal"]), max_size=2, unique=True),
        "ingress": st.lists(grants, min_size=1, max_size=3),
    },
    optional={"trust": st.just("system")},
)
manifests = st.fixed_dictionaries(
    {
        "manages": st.sampled_from(["apps", "apps", "space", "additions"]),
        "a": entries,
        "b": entries.map(lambda entry: {**entry, "match": ["b"]}) | st.none(),
    }
)


GONE = "00000000-dead-4000-8000-000000000000"
names = st.sampled_from(APPS)
ends = st.sampled_from([*APPS, "c", "d", "gone"])
accidents = st.one_of(
    st.tuples(st.just("push"), names),
    st.tuples(st.just("push"), names),
    st.tuples(st.just("delete"), names),
    st.tuples(st.just("type_a_policy"), ends, ends, st.sampled_from(POLICIES)),
    st.tuples(st.just("type_a_policy"), ends, ends, st.sampled_from(POLICIES)),
    st.tuples(st.just("remove_a_policy"), st.integers(0, 50)),
    st.tuples(
        st.just("map_a_route"),
        st.sampled_from(["x", "y", "z"]),
        st.sampled_from(["apps.internal", "apps.internal", "apps.example.com"]),
        names,
    ),
    st.tuples(st.just("set_a_variable"), names, st.sampled_from(VARIABLES), st.sampled_from([BUNDLE, "/own.pem"])),
)


DEVELOPER = PasswordCredentials("dev", "pw")
ANYWHERE = [
    "*",
    "/v3/*",
    "*/policies",
    "*/policies/delete",
    "*/environment_variables",
    "*/destinations*",
    "/v3/routes*",
]
ANSWERS = [
    Effect.DATABASE_DOWN,
    Effect.UNKNOWN_ERROR,
    Effect.SERVICE_UNAVAILABLE,
    Effect.RATE_LIMITED,
    Effect.JOB_FAILS,
    Effect.UAA_DOWN,
    Effect.BAD_GATEWAY,
    Effect.NO_ENDPOINTS,
    Effect.POLICY_SERVER_MISSING,
    Effect.SLOW,
    Effect.DROP_BEFORE,
    Effect.DROP_AFTER,
]
faults = st.builds(
    Fault,
    st.sampled_from(ANSWERS),
    method=st.sampled_from(["*", "POST", "PATCH", "DELETE", "GET"]),
    path=st.sampled_from(ANYWHERE),
    times=st.sampled_from([1, 2, None]),
    after=st.integers(0, 12),
    seconds=st.just(200.0),
)


class SmallWorld:
    def __init__(self) -> None:
        super().__init__()
        self.foundation = embedded_foundation(SEED)
        self.world = self.foundation.world
        self.folder = tempfile.TemporaryDirectory()
        self.today = START
        self.manifest: dict[str, Any] = {}
        org = self.world.organization_named("acme")
        self.space = self.world.space_named(org.guid, "web").guid

    # the teams edit, the platform drifts

    def edit(self, manifest: dict[str, Any]) -> None:
        apps = [{"name": name, **manifest[name]} for name in ("a", "b") if manifest[name] is not None]
        self.manifest = {"manages": manifest["manages"], "apps": apps}
        document = {"apiVersion": "c2c/v1", "kind": "Space", "org": "acme", "space": "web", **self.manifest}
        Path(self.folder.name, "web.yml").write_text(yaml.safe_dump(document), encoding="utf-8")

    def drift(self, accidents: list[tuple[Any, ...]]) -> None:
        for name, *arguments in accidents:
            getattr(self, name)(*arguments)

    def push(self, name: str) -> None:
        if self.world.app_named(self.space, name) is None:
            self.world.add_app(self.space, name)

    def delete(self, name: str) -> None:
        app = self.world.app_named(self.space, name)
        if app is not None:
            self.world.delete_app(app.guid)

    def type_a_policy(self, source: str, destination: str, ports: tuple[str, int, int]) -> None:
        guids = {app.name: guid for guid, app in self.world.apps.items()}
        self.world.policies.add([(guids.get(source, GONE), guids.get(destination, GONE), *ports)], 0)

    def remove_a_policy(self, number: int) -> None:
        if policies := sorted(self.world.policies):
            self.world.policies.remove([policies[number % len(policies)]], 0)

    def map_a_route(self, host: str, domain: str, name: str) -> None:
        app = self.world.app_named(self.space, name)
        guid = self.world.domain_named(domain).guid
        route = self.world.route_at(guid, host) or self.world.add_route(self.space, guid, host)
        if app is not None and all(destination.app != app.guid for destination in route.destinations.values()):
            self.world.add_destination(route, app.guid)

    def set_a_variable(self, name: str, variable: str, value: str) -> None:
        app = self.world.app_named(self.space, name)
        if app is not None:
            app.environment[variable] = value

    # what the language page says, read naively

    def observed(self) -> dict[str, Any]:
        names = {guid: app.name for guid, app in self.world.apps.items()}
        routes = {
            f"{route.host}.{self.world.domains[route.domain].name}": {names[d.app] for d in route.destinations.values()}
            for route in self.world.routes.values()
        }
        policies = {(names.get(s, s), names.get(d, d), *ports) for s, d, *ports in self.world.policies}
        variables = {app.name: dict(app.environment) for app in self.world.apps.values()}
        return {"policies": policies, "routes": routes, "variables": variables}

    def expected(self, before: dict[str, Any]) -> dict[str, Any]:
        live = {app.name for app in self.world.apps_in(self.space)}
        entries = {entry["name"]: entry for entry in self.manifest["apps"]}
        stands_for = {
            name: {app for app in live for pattern in entry["match"] if fnmatchcase(app, pattern)}
            for name, entry in entries.items()
        }
        governed = live if self.manifest["manages"] == "space" else set().union(*stands_for.values())
        removable = set() if self.manifest["manages"] == "additions" else governed
        return {
            "policies": self.expected_policies(before["policies"], entries, stands_for, live, removable),
            "routes": self.expected_routes(before["routes"], entries, stands_for, removable),
            "variables": self.expected_variables(before["variables"], entries, stands_for, removable),
        }

    def expected_policies(self, before, entries, stands_for, live, removable) -> set[tuple[Any, ...]]:
        apps = {app.name for app in self.world.apps.values()}
        kept = {policy for policy in before if policy[1] not in removable or not {policy[0], policy[1]} <= apps}
        return kept | {
            policy
            for name, entry in entries.items()
            for grant in entry["ingress"]
            if date.fromisoformat(grant.get("until", "9999-12-31")) >= self.today
            for policy in self.granted(grant, stands_for[name], stands_for, live)
        }

    def expected_routes(self, before, entries, stands_for, removable) -> dict[str, set[str]]:
        declared: dict[str, set[str]] = {}
        for name, entry in entries.items():
            for route in entry["routes"]:
                declared[route] = declared.get(route, set()) | stands_for[name]
        routes = {}
        for route, mapped in before.items():
            gone = mapped & removable - declared.get(route, set()) if route.endswith(".internal") else set()
            if mapped - gone or not gone or route in declared:
                routes[route] = mapped - gone
        for route, mapped in declared.items():
            if mapped:
                routes[route] = routes.get(route, set()) | mapped
        return routes

    def expected_variables(self, before, entries, stands_for, removable) -> dict[str, dict[str, str]]:
        after = {app: dict(values) for app, values in before.items()}
        for name, entry in entries.items():
            for app in stands_for[name]:
                for variable in VARIABLES:
                    if "trust" in entry and (app in removable or variable not in after[app]):
                        after[app][variable] = BUNDLE
                    elif "trust" not in entry and app in removable and after[app].get(variable) == BUNDLE:
                        del after[app][variable]
        return after

    def granted(self, grant, destinations, stands_for, live):
        terms = grant["from"] if isinstance(grant["from"], list) else [grant["from"]]
        for term in terms:
            for destination in destinations:
                for source in self.meant(term, destination, stands_for, live):
                    for port in grant["ports"]:
                        for opened in PORTS[port][1]:
                            yield (source, destination, *opened)

    def meant(self, term, destination, stands_for, live) -> set[str]:
        everywhere = {app.name for app in self.world.apps.values()}
        if term == "self":
            return {destination}
        if isinstance(term, dict):
            return live if "org" not in term else {"c"} & everywhere
        if "/" in term:
            return {"c"} & everywhere
        return stands_for.get(term, {term} & live)
