"""A random walk over manifests, drift and applies on the embedded foundation, with the real client.

After every apply the world is what a naive reading of the language page says, computed here without any code of ours
but the simulator's, and the next plan is empty.
"""

from __future__ import annotations

import os
import tempfile
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.embedded import client_of, embedded_foundation

from reconciler.apply.events import Finished
from reconciler.apply.executor import apply_plan
from reconciler.flow import make_plan
from reconciler.manifests.bundle import load_bundle

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

SEED = {
    "apiVersion": "c2c/v1",
    "kind": "Snapshot",
    "domains": [{"name": "apps.internal", "internal": True}, {"name": "apps.example.com"}],
    "organizations": [
        {"name": "acme", "spaces": [{"name": "web", "apps": [{"name": "a"}, {"name": "b"}]}]},
        {"name": "globex", "spaces": [{"name": "other", "apps": [{"name": "c"}, {"name": "d"}]}]},
    ],
}

grants = st.fixed_dictionaries(
    {
        "from": st.sampled_from(SOURCES) | st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2),
        "ports": st.lists(st.sampled_from(sorted(PORTS)), min_size=1, max_size=3, unique=True),
    },
    optional={"until": st.sampled_from(DAYS).map(str)},
)
entries = st.fixed_dictionaries(
    {"ports": st.just([port for port, _ in PORTS.values()])},
    optional={
        "routes": st.lists(st.sampled_from(["x.apps.internal", "y.apps.internal"]), max_size=2, unique=True),
        "ingress": st.lists(grants, max_size=3),
        "trust": st.just("system"),
    },
)
manifests = st.fixed_dictionaries(
    {
        "manages": st.sampled_from(["apps", "space", "additions"]),
        "a": entries.flatmap(lambda e: st.sampled_from([e, {**e, "match": ["a", "a-*"]}])),
        "b": entries | st.none(),
    }
)


class Reconciling(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.foundation = embedded_foundation(SEED)
        self.world = self.foundation.world
        self.folder = tempfile.TemporaryDirectory()
        self.today = START
        self.manifest: dict[str, Any] = {}
        org = self.world.organization_named("acme")
        self.space = self.world.space_named(org.guid, "web").guid
        self.domain = self.world.domain_named("apps.internal").guid

    def teardown(self) -> None:
        self.folder.cleanup()

    # the teams edit, the platform drifts, time passes

    @rule(manifest=manifests)
    def edit(self, manifest: dict[str, Any]) -> None:
        apps = [{"name": name, **manifest[name]} for name in ("a", "b") if manifest[name] is not None]
        self.manifest = {"manages": manifest["manages"], "apps": apps}
        document = {"apiVersion": "c2c/v1", "kind": "Space", "org": "acme", "space": "web", **self.manifest}
        Path(self.folder.name, "web.yml").write_text(yaml.safe_dump(document), encoding="utf-8")

    @rule(name=st.sampled_from(APPS))
    def push(self, name: str) -> None:
        if self.world.app_named(self.space, name) is None:
            self.world.add_app(self.space, name)

    @rule(name=st.sampled_from(APPS))
    def delete(self, name: str) -> None:
        app = self.world.app_named(self.space, name)
        if app is not None:
            self.world.delete_app(app.guid)

    @rule(data=st.data(), ports=st.sampled_from(POLICIES))
    def type_a_policy_by_hand(self, data: st.DataObject, ports: tuple[str, int, int]) -> None:
        guids = [*sorted(self.world.apps), "00000000-dead-4000-8000-000000000000"]
        source, destination = (data.draw(st.sampled_from(guids)) for _ in range(2))
        self.world.policies.add([(source, destination, *ports)], 0)

    @precondition(lambda self: len(self.world.policies))
    @rule(data=st.data())
    def remove_a_policy_by_hand(self, data: st.DataObject) -> None:
        self.world.policies.remove([data.draw(st.sampled_from(sorted(self.world.policies)))], 0)

    @rule(data=st.data(), host=st.sampled_from(["x", "y", "z"]), name=st.sampled_from(APPS))
    def map_a_route_by_hand(self, data: st.DataObject, host: str, name: str) -> None:
        app = self.world.app_named(self.space, name)
        domain = data.draw(st.sampled_from(sorted(self.world.domains)))
        route = self.world.route_at(domain, host) or self.world.add_route(self.space, domain, host)
        if app is not None and not route.destinations:
            self.world.add_destination(route, app.guid)

    @rule(name=st.sampled_from(APPS), variable=st.sampled_from(VARIABLES), value=st.sampled_from([BUNDLE, "/own.pem"]))
    def set_a_variable_by_hand(self, name: str, variable: str, value: str) -> None:
        app = self.world.app_named(self.space, name)
        if app is not None:
            app.environment[variable] = value

    @rule(days=st.integers(1, 30))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    # the run

    @precondition(lambda self: self.manifest)
    @rule()
    def apply(self) -> None:
        before = self.observed()
        expected = self.expected(before)
        loaded = load_bundle([self.folder.name], today=self.today)
        assert loaded.bundle is not None, loaded.diagnostics
        with client_of(self.foundation) as platform:

            def plan_now():
                return make_plan(loaded.bundle, platform, today=self.today, max_revokes=10_000)

            *_, last = apply_plan(plan_now(), platform, replan=plan_now)
            assert isinstance(last, Finished)
            assert last.result.error is None
            assert last.result.matches
        assert self.observed() == expected

    @invariant()
    def other_organizations_keep_their_apps(self) -> None:
        assert {app.name for app in self.world.apps.values()} >= {"c", "d"}

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
            name: {app for app in live for pattern in entry.get("match", [name]) if fnmatchcase(app, pattern)}
            for name, entry in entries.items()
        }
        governed = live if self.manifest["manages"] == "space" else set().union(*stands_for.values())
        keeps = self.manifest["manages"] == "additions"
        wanted = {
            policy
            for name, entry in entries.items()
            for grant in entry.get("ingress", [])
            if date.fromisoformat(grant.get("until", "9999-12-31")) >= self.today
            for policy in self.granted(grant, stands_for[name], stands_for, live)
        }
        apps = {app.name for app in self.world.apps.values()}
        kept = {
            p
            for p in before["policies"]
            if keeps or p[1] not in governed or not {p[0], p[1]} <= apps
        }
        routes = {name: set(mapped) for name, mapped in before["routes"].items()}
        declared = {
            route: set().union(*(stands_for[n] for n, e in entries.items() if route in e.get("routes", [])))
            for route in ("x.apps.internal", "y.apps.internal")
        }
        for route in list(routes):
            if route.endswith(".internal") and not keeps:
                mapped = routes[route]
                gone = {app for app in mapped & governed if app not in declared.get(route, set())}
                mapped -= gone
                if gone and not mapped and not declared.get(route):
                    del routes[route]
        for route, mapped in declared.items():
            if mapped:
                routes[route] = routes.get(route, set()) | mapped
        variables = {app: dict(values) for app, values in before["variables"].items()}
        for name, entry in entries.items():
            for app in stands_for[name]:
                for variable in VARIABLES:
                    if entry.get("trust") and not (keeps and variable in variables[app]):
                        variables[app][variable] = BUNDLE
                    elif not entry.get("trust") and not keeps and variables[app].get(variable) == BUNDLE:
                        del variables[app][variable]
        return {"policies": kept | wanted, "routes": routes, "variables": variables}

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


TestReconciling = Reconciling.TestCase
TestReconciling.settings = settings(
    max_examples=400 if os.environ.get("C2C_TEST_PROFILE") == "long" else 40, stateful_step_count=25, deadline=None
)
