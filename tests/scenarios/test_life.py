"""Weeks in the life of a foundation: at every step the plan holds exactly what the day calls for, and then nothing."""

from __future__ import annotations

from datetime import date

from support.embedded import client_of, embedded_foundation
from support.scenarios import bundle_of, lines

from reconciler.apply.executor import apply_plan
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest
from reconciler.model.rules import RULES

PAIR = "caller -> api"
BUILT_IN = {rule.code for rule in RULES}


class Life:
    """A foundation with apps in acme/web, under manifests that are applied day by day."""

    def __init__(self, folder, *apps: str) -> None:
        self.folder = folder
        spaces = [{"name": "web", "apps": [{"name": app} for app in apps]}]
        self.foundation = embedded_foundation({"organizations": [{"name": "acme", "spaces": spaces}]})
        self.world = self.foundation.world
        self.manifest = ""

    def on(self, day: str, *changes: str, warns: str | None = None, pending: int = 0, stale: int = 0) -> None:
        """Plan as of a day, expect these changes, apply them, and expect nothing more."""
        today = date.fromisoformat(day)
        loaded = bundle_of(self.folder, self.manifest, today=today)
        request = PlanRequest(loaded.bundle, today, loaded.diagnostics, max_revokes=9)
        with client_of(self.foundation) as platform:
            plan = make_plan(request, platform)
            assert [self.short(line) for line in lines(plan)] == list(changes)
            assert (len(plan.pending), len(plan.stale)) == (pending, stale)
            assert [finding.code for finding in plan.findings if finding.code not in BUILT_IN] == (
                [warns] if warns else []
            )
            *_, last = apply_plan(plan, platform, replan=lambda: make_plan(request, platform))
            assert last.result.succeeded
            again = make_plan(request, platform)
        assert again.is_empty
        assert len(again.pending) == pending

    def short(self, line: str) -> str:
        return line.replace("acme/web/", "").replace(".apps.internal", "")

    def push(self, name: str, **labels: str) -> None:
        org = self.world.organization_named("acme")
        app = self.world.add_app(self.world.space_named(org.guid, "web").guid, name)
        app.labels.update(labels)

    def delete(self, name: str) -> None:
        self.world.delete_app(self.app(name).guid)

    def rename(self, name: str, to: str) -> None:
        self.world.rename_app(self.app(name), to)

    def app(self, name: str):
        (app,) = self.world.apps_named([name])
        return app


def test_plaintext_until_carries_a_migration_through_three_dates(tmp_path):
    life = Life(tmp_path, "api", "caller")
    plaintext = """
        apps:
          - name: api
            routes: [api.apps.internal]
            ports: [{name: http, %s}]
            ingress: [{from: caller, ports: [http]}]
          - name: caller
    """
    life.manifest = plaintext % "tls: none, port: 8080"
    life.on(
        "2026-11-20",
        f"create {PAIR} tcp/8080 declared",
        "create api declared",
        "create api -> api declared",
    )
    life.manifest = plaintext % "tls: auto, plaintext_until: 2027-01-31"
    life.on("2026-12-01", f"create {PAIR} tcp/61443 declared")
    life.on("2026-12-08")
    life.on("2027-01-17", warns="expires-soon")
    life.on("2027-01-31", warns="expires-soon")
    life.on("2027-02-01", f"delete {PAIR} tcp/8080 expired", warns="expired")
    life.on("2027-02-02", warns="expired")
    life.manifest = plaintext % "tls: auto"
    life.on("2027-02-08")


def test_until_warns_ends_and_is_renewed(tmp_path):
    life = Life(tmp_path, "api", "caller")
    granted = """
        apps:
          - name: api
            ports: [{name: http, tls: none, port: 8080}]
            ingress: [{from: caller, ports: [http], until: %s}]
          - name: caller
    """
    life.manifest = granted % "2026-12-31"
    life.on("2026-11-20", f"create {PAIR} tcp/8080 declared")
    life.on("2026-12-16")
    life.on("2026-12-17", warns="expires-soon")
    life.on("2026-12-31", warns="expires-soon")
    life.on("2027-01-01", f"delete {PAIR} tcp/8080 expired", warns="expired")
    life.on("2027-01-08", warns="expired")
    life.manifest = granted % "2027-03-31"
    life.on("2027-01-11", f"create {PAIR} tcp/8080 declared")
    life.on("2027-03-20", warns="expires-soon")
    life.manifest = granted % "2027-06-30"
    life.on("2027-03-21")


def test_trust_comes_and_goes(tmp_path):
    life = Life(tmp_path, "caller")
    life.app("caller").environment["LOG_LEVEL"] = "info"
    names = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    life.manifest = "apps: [{name: caller, trust: system}]\n"
    life.on("2026-11-20", *(f"create caller {name} declared" for name in names))
    life.on("2026-11-27")
    life.app("caller").environment["SSL_CERT_FILE"] = "/app/own.pem"
    life.on("2026-12-04", "replace caller SSL_CERT_FILE value_changed")
    life.manifest = "apps: [{name: caller}]\n"
    life.on("2026-12-11", *(f"delete caller {name} trust_removed" for name in names))
    life.on("2026-12-18")
    assert life.app("caller").environment == {"LOG_LEVEL": "info"}


def test_a_blue_green_deployment_from_its_first_push_to_the_end_of_the_old_app(tmp_path):
    life = Life(tmp_path, "api", "caller")
    life.manifest = """
        apps:
          - name: api
            match: [api, api-green]
            routes: [api.apps.internal]
            ports: [{name: http, tls: auto}]
            ingress: [{from: caller, ports: [http]}]
          - name: caller
    """
    life.on(
        "2026-11-20",
        f"create {PAIR} tcp/61443 declared",
        "create api declared",
        "create api -> api declared",
    )
    life.push("api-green")
    life.on("2026-11-27", "create caller -> api-green tcp/61443 declared", "create api -> api-green declared")
    life.delete("api")
    life.on("2026-11-28", stale=1)
    life.rename("api-green", "api")
    life.on("2026-11-29", stale=1)


def test_an_app_that_is_deleted_and_pushed_again(tmp_path):
    life = Life(tmp_path, "api", "caller")
    life.manifest = """
        apps:
          - name: api
            ports: [{name: http, tls: none, port: 8080}]
            ingress: [{from: caller, ports: [http]}]
          - name: caller
    """
    life.on("2026-11-20", f"create {PAIR} tcp/8080 declared")
    life.delete("api")
    life.on("2026-11-27", pending=1, stale=1)
    life.push("api")
    life.on("2026-12-04", f"create {PAIR} tcp/8080 app_recreated", stale=1)
    life.on("2026-12-11", stale=1)


def test_the_caller_is_pushed_last(tmp_path):
    life = Life(tmp_path, "api")
    life.manifest = """
        apps:
          - name: api
            ports: [{name: http, tls: none, port: 8080}]
            ingress: [{from: caller, ports: [http]}]
    """
    life.on("2026-11-20", pending=1)
    life.push("caller")
    life.on("2026-11-27", f"create {PAIR} tcp/8080 declared")


def test_labels_come_and_go(tmp_path):
    life = Life(tmp_path, "api", "one")
    life.manifest = """
        apps:
          - name: api
            ports: [{name: http, tls: none, port: 8080}]
            ingress: [{from: {labels: "tier=worker,!legacy"}, ports: [http]}]
    """
    life.on("2026-11-20", pending=1)
    life.app("one").labels["tier"] = "worker"
    life.on("2026-11-27", "create one -> api tcp/8080 declared")
    life.push("two", tier="worker")
    life.on("2026-12-04", "create two -> api tcp/8080 declared")
    life.app("one").labels["legacy"] = "yes"
    life.on("2026-12-11", "delete one -> api tcp/8080 undeclared")
    life.app("two").labels["tier"] = "web"
    life.on("2026-12-18", "delete two -> api tcp/8080 undeclared", pending=1)
    del life.app("one").labels["legacy"]
    life.on("2026-12-25", "create one -> api tcp/8080 declared")


def test_what_somebody_types_by_hand_is_taken_back_every_week(tmp_path):
    life = Life(tmp_path, "api", "caller")
    life.manifest = "apps: [{name: api}, {name: caller}]\n"
    life.on("2026-11-20")
    for week in range(1, 4):
        by_hand = (life.app("caller").guid, life.app("api").guid, "tcp", 1, 65535)
        life.world.policies.add([by_hand], 0)
        life.on(f"2026-12-0{week}", f"delete {PAIR} tcp/1-65535 undeclared")
