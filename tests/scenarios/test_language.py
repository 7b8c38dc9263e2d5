"""The meaning of the manifest language, one statement a test: manifests and a live state in, changes out."""

from __future__ import annotations

import time
from datetime import date

import pytest
import yaml
from support.scenarios import TODAY, bundle_of, lines, plan_scenario, web

from reconciler.errors import ManifestError
from reconciler.manifests.resolving.resolve import resolve
from reconciler.manifests.snapshots.live import live_state_of

API = """
apps:
  - name: api
    ports: [{name: http, tls: none, port: 8080}]
    ingress: [{from: caller, ports: [http]}]
  - name: caller
"""


def test_one_entry_port_source_and_destination_make_one_policy(tmp_path):
    plan = plan_scenario(tmp_path, web("api", "caller"), API)
    assert lines(plan) == ["create acme/web/caller -> acme/web/api tcp/8080 declared"]
    origin = plan.changes[0].origins[0]
    assert (origin.line, origin.column) == (9, 15)


def test_auto_tls_opens_61443_and_nothing_else(tmp_path):
    manifest = """
    apps:
      - name: api
        routes: [api.apps.internal]
        ports: [{name: http, tls: auto}]
        ingress: [{from: caller, ports: [http]}]
    """
    live = web("api", "caller", routes=("{host: api, domain: apps.internal, destinations: [api]}",))
    assert lines(plan_scenario(tmp_path, live, manifest)) == [
        "create acme/web/caller -> acme/web/api tcp/61443 declared"
    ]


def test_moving_to_platform_tls_is_one_replacement(tmp_path):
    manifest = API.replace("tls: none, port: 8080", "tls: auto")
    plan = plan_scenario(tmp_path, web("api", "caller", policies=("caller -> api tcp/8080",)), manifest)
    assert lines(plan) == ["replace acme/web/caller -> acme/web/api tcp/61443 tls_changed"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 12, 31), ["create acme/web/caller -> acme/web/api tcp/61443 declared"]),
        (date(2027, 1, 1), ["replace acme/web/caller -> acme/web/api tcp/61443 tls_changed"]),
    ],
)
def test_plaintext_stays_open_through_its_last_day(tmp_path, today, expected):
    manifest = API.replace("tls: none, port: 8080", "tls: auto, plaintext_until: 2026-12-31")
    live = web("api", "caller", policies=("caller -> api tcp/8080",))
    assert lines(plan_scenario(tmp_path, live, manifest, today=today)) == expected


@pytest.mark.parametrize("ports", ["old, open", "open, old"])
def test_a_port_that_has_ended_takes_nothing_from_another_of_the_same_number(tmp_path, ports):
    manifest = f"""
    apps:
      - name: api
        routes: [api.apps.internal]
        ports:
          - {{name: old, tls: auto, plaintext_until: 2025-01-01}}
          - {{name: open, tls: none, port: 8080}}
        ingress: [{{from: caller, ports: [{ports}]}}]
    """
    live = web("api", "caller", routes=("{host: api, domain: apps.internal, destinations: [api]}",))
    assert lines(plan_scenario(tmp_path, live, manifest)) == [
        "create acme/web/caller -> acme/web/api tcp/8080 declared",
        "create acme/web/caller -> acme/web/api tcp/61443 declared",
    ]


def test_after_the_migration_the_plaintext_policy_expires(tmp_path):
    manifest = API.replace("tls: none, port: 8080", "tls: auto, plaintext_until: 2026-12-31")
    live = web("api", "caller", policies=("caller -> api tcp/8080", "caller -> api tcp/61443"))
    plan = plan_scenario(tmp_path, live, manifest, today=date(2027, 1, 1), max_revokes=9)
    assert lines(plan) == ["delete acme/web/caller -> acme/web/api tcp/8080 expired"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2027, 1, 31), []), (date(2027, 2, 1), ["delete acme/web/caller -> acme/web/api tcp/8080 expired"])],
)
def test_a_grant_is_wanted_through_its_last_day(tmp_path, today, expected):
    manifest = API.replace("ports: [http]}", "ports: [http], until: 2027-01-31}")
    live = web("api", "caller", policies=("caller -> api tcp/8080",))
    assert lines(plan_scenario(tmp_path, live, manifest, today=today)) == expected


def test_an_expired_grant_is_not_made_again(tmp_path):
    manifest = API.replace("ports: [http]}", "ports: [http], until: 2026-11-19}")
    plan = plan_scenario(tmp_path, web("api", "caller"), manifest)
    assert plan.is_empty
    assert plan.pending == ()


def test_an_expired_grant_does_not_take_what_another_entry_grants(tmp_path):
    manifest = API.replace(
        "[{from: caller, ports: [http]}]",
        "[{from: caller, ports: [http], until: 2026-11-19}, {from: caller, ports: [http]}]",
    )
    assert plan_scenario(tmp_path, web("api", "caller", policies=("caller -> api tcp/8080",)), manifest).is_empty


def test_the_same_policy_from_two_entries_is_one_with_both_origins(tmp_path):
    manifest = API.replace(
        "[{from: caller, ports: [http]}]", "[{from: caller, ports: [http]}, {from: c*, ports: [http]}]"
    )
    plan = plan_scenario(tmp_path, web("api", "caller"), manifest)
    assert lines(plan) == ["create acme/web/caller -> acme/web/api tcp/8080 declared"]
    assert len(plan.changes[0].origins) == 2


def test_every_live_name_under_match_gets_the_policies(tmp_path):
    manifest = API.replace("name: api", "name: api\n    match: [api, api-green, api-venerable]")
    assert lines(plan_scenario(tmp_path, web("api", "api-green", "caller"), manifest)) == [
        "create acme/web/caller -> acme/web/api tcp/8080 declared",
        "create acme/web/caller -> acme/web/api-green tcp/8080 declared",
    ]


def test_a_source_that_is_declared_means_every_app_it_matches(tmp_path):
    manifest = API.replace("- name: caller", "- name: caller\n    match: ['caller*']")
    assert lines(plan_scenario(tmp_path, web("api", "caller", "caller-2"), manifest)) == [
        "create acme/web/caller -> acme/web/api tcp/8080 declared",
        "create acme/web/caller-2 -> acme/web/api tcp/8080 declared",
    ]


def test_a_source_that_is_declared_nowhere_means_the_live_app_of_that_name(tmp_path):
    manifest = API.replace("- name: caller", "- name: other").replace("from: caller", "from: globex/web/caller")
    more = "  - name: globex\n    spaces: [{name: web, apps: [{name: caller}, {name: caller-2}]}]\n"
    assert lines(plan_scenario(tmp_path, web("api", "other", more=more), manifest)) == [
        "create globex/web/caller -> acme/web/api tcp/8080 declared"
    ]


def test_self_means_each_app_with_itself(tmp_path):
    manifest = API.replace("name: api", "name: api\n    match: [api, api-green]").replace("from: caller", "from: self")
    assert lines(plan_scenario(tmp_path, web("api", "api-green", "caller"), manifest)) == [
        "create acme/web/api -> acme/web/api tcp/8080 declared",
        "create acme/web/api-green -> acme/web/api-green tcp/8080 declared",
    ]


def test_a_selector_means_the_apps_with_those_labels_now(tmp_path):
    manifest = API.replace("from: caller", 'from: {labels: "tier=worker,!legacy"}')
    live = web(
        "api",
        "{name: caller, labels: {tier: worker}}",
        "{name: old, labels: {tier: worker, legacy: x}}",
        "{name: front, labels: {tier: web}}",
    )
    assert lines(plan_scenario(tmp_path, live, manifest)) == [
        "create acme/web/caller -> acme/web/api tcp/8080 declared"
    ]


def test_names_compare_without_regard_to_case_and_show_the_live_spelling(tmp_path):
    assert lines(plan_scenario(tmp_path, web("API", "Caller"), API)) == [
        "create acme/web/Caller -> acme/web/API tcp/8080 declared"
    ]


@pytest.mark.parametrize(
    ("apps", "missing"),
    [
        (("api",), ("acme/web/caller",)),
        (("caller",), ("acme/web/api",)),
        ((), ("acme/web/caller", "acme/web/api")),
    ],
)
def test_what_does_not_exist_yet_is_pending(tmp_path, apps, missing):
    plan = plan_scenario(tmp_path, web(*apps), API)
    assert plan.is_empty
    assert [(item.address, item.missing) for item in plan.pending] == [
        ("acme/web/caller -> acme/web/api tcp/8080", missing)
    ]


def test_a_glob_that_matches_nothing_is_pending(tmp_path):
    plan = plan_scenario(tmp_path, web("api"), API.replace("from: caller", 'from: {space: batch, app: "w*"}'))
    assert [item.missing for item in plan.pending] == [("acme/batch/w*",)]


def test_what_nobody_declared_is_removed_from_the_listed_apps_only(tmp_path):
    live = web("api", "caller", "x", policies=("x -> api tcp/1", "x -> caller tcp/2", "caller -> x tcp/3"))
    plan = plan_scenario(tmp_path, live, API)
    assert lines(plan) == [
        "create acme/web/caller -> acme/web/api tcp/8080 declared",
        "delete acme/web/x -> acme/web/api tcp/1 undeclared",
        "delete acme/web/x -> acme/web/caller tcp/2 undeclared",
    ]
    assert {str(policy) for policy in plan.foreign} == {"acme/web/caller -> acme/web/x tcp/3"}


def test_manages_space_governs_apps_that_are_not_listed(tmp_path):
    live = web("api", "caller", "x", policies=("caller -> x tcp/3", "caller -> api tcp/8080"))
    assert lines(plan_scenario(tmp_path, live, "manages: space\n" + API.lstrip())) == [
        "delete acme/web/caller -> acme/web/x tcp/3 undeclared"
    ]


def test_manages_additions_removes_nothing(tmp_path):
    live = web(
        "api",
        "{name: caller, environment: {SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt}}",
        policies=("api -> api tcp/1",),
        routes=("{host: old, domain: apps.internal, destinations: [api]}",),
    )
    assert lines(plan_scenario(tmp_path, live, "manages: additions\n" + API.lstrip())) == [
        "create acme/web/caller -> acme/web/api tcp/8080 declared"
    ]


def test_a_policy_whose_far_end_has_no_name_is_stale_and_stays(tmp_path):
    live = web("api", "caller", policies=("guid:dead -> api tcp/8080", "caller -> api tcp/8080"))
    plan = plan_scenario(tmp_path, live, API)
    assert plan.is_empty
    assert plan.summary.stale == 1


def test_an_app_that_was_deleted_and_pushed_again_is_recognised(tmp_path):
    live = web("api", "caller", policies=("guid:dead -> api tcp/8080",))
    assert lines(plan_scenario(tmp_path, live, API)) == [
        "create acme/web/caller -> acme/web/api tcp/8080 app_recreated"
    ]


ROUTED = "apps: [{name: api, routes: [api.apps.internal]}]\n"


def test_a_declared_route_is_made_and_mapped(tmp_path):
    assert lines(plan_scenario(tmp_path, web("api"), ROUTED)) == [
        "create api.apps.internal declared",
        "create api.apps.internal -> acme/web/api declared",
    ]


def test_an_undeclared_internal_route_is_unmapped_and_deleted_when_nothing_is_left_on_it(tmp_path):
    routes = (
        "{host: api, domain: apps.internal, destinations: [api]}",
        "{host: old, domain: apps.internal, destinations: [api]}",
        "{host: both, domain: apps.internal, destinations: [api, x]}",
        "{host: www, domain: apps.example.com, destinations: [api]}",
        "{host: idle, domain: apps.internal}",
    )
    domains = "domains: [{name: apps.internal, internal: true}, {name: apps.example.com}]\n"
    assert lines(plan_scenario(tmp_path, domains + web("api", "x", routes=routes), ROUTED)) == [
        "delete both.apps.internal -> acme/web/api undeclared",
        "delete old.apps.internal -> acme/web/api undeclared",
        "delete old.apps.internal no_destinations",
    ]


def test_a_hostname_that_another_space_owns_is_an_error_that_says_so(tmp_path):
    more = "      - {name: other, apps: [{name: x}], routes: [{host: api, domain: apps.internal, destinations: [x]}]}\n"
    with pytest.raises(ManifestError) as caught:
        plan_scenario(tmp_path, web("api", more=more), ROUTED)
    (problem,) = caught.value.diagnostics
    assert problem.code == "route-owned-elsewhere"
    assert "acme/other" in problem.message
    assert problem.span.line == 5


def test_a_declared_name_is_kept_while_its_app_is_pending(tmp_path):
    routes = ("{host: x, domain: apps.internal, destinations: [api]}",)
    plan = plan_scenario(
        tmp_path, web("api", routes=routes), "apps: [{name: api}, {name: new, routes: [x.apps.internal]}]\n"
    )
    assert lines(plan) == ["delete x.apps.internal -> acme/web/api undeclared"]
    assert [item.address for item in plan.pending] == ["x.apps.internal -> acme/web/new"]


def test_a_route_on_a_domain_that_is_not_internal_is_an_error(tmp_path):
    with pytest.raises(ManifestError) as caught:
        plan_scenario(tmp_path, web("api"), ROUTED.replace("apps.internal", "apps.example.com"))
    assert [item.code for item in caught.value.diagnostics] == ["not-an-internal-domain"]


def test_a_space_that_is_not_there_is_pending_and_warned_about(tmp_path):
    plan = plan_scenario(tmp_path, "organizations: []\n", API)
    assert [item.code for item in plan.findings] == ["space-not-found"]
    assert plan.summary.pending == 1


TRUST = "apps: [{name: api, trust: system}]\n"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


def test_trust_sets_its_two_variables(tmp_path):
    live = web(f"{{name: api, environment: {{LOG: x, SSL_CERT_FILE: {BUNDLE}, REQUESTS_CA_BUNDLE: /mine.pem}}}}")
    plan = plan_scenario(tmp_path, live, TRUST)
    assert lines(plan) == ["replace acme/web/api REQUESTS_CA_BUNDLE value_changed"]
    assert plan.unchanged == 1


def test_removing_trust_removes_only_what_it_set(tmp_path):
    live = web(f"{{name: api, environment: {{LOG: x, SSL_CERT_FILE: {BUNDLE}, REQUESTS_CA_BUNDLE: /mine.pem}}}}")
    assert lines(plan_scenario(tmp_path, live, "apps: [{name: api}]\n")) == [
        "delete acme/web/api SSL_CERT_FILE trust_removed"
    ]


def rogues(count: int) -> tuple[str, ...]:
    return tuple(f"caller -> api tcp/{port}" for port in range(1, count + 1))


@pytest.mark.parametrize(
    ("extra", "foundation", "allowed", "refused"),
    [
        (3, None, None, False),  # 3 of 10 are 30 %
        (4, None, None, True),  # 4 of 11 are more
        (4, None, 4, False),
        (4, None, 3, True),
        (2, "{max_revokes: 1}", None, True),
        (9, "{max_revokes: 9}", None, False),
        (1, "{max_revoke_percent: 5}", None, True),
    ],
)
def test_a_larger_removal_is_refused_unless_it_is_named(tmp_path, extra, foundation, allowed, refused):
    ports = ", ".join(f"{{name: p{n}, tls: none, port: {n}}}" for n in range(1001, 1008))
    names = ", ".join(f"p{n}" for n in range(1001, 1008))
    manifest = f"apps:\n  - name: api\n    ports: [{ports}]\n    ingress: [{{from: caller, ports: [{names}]}}]\n"
    wanted = tuple(f"caller -> api tcp/{port}" for port in range(1001, 1008))
    documents = [manifest]
    if foundation:
        documents.append(f"apiVersion: c2c/v1\nkind: Foundation\nname: x\nlimits: {foundation}\n")
    live = web("api", "caller", policies=(*wanted, *rogues(extra)))
    plan = plan_scenario(tmp_path, live, *documents, max_revokes=allowed)
    assert plan.is_refused is refused
    if refused:
        (finding,) = (item for item in plan.findings if item.severity == "deny")
        assert f"--max-revokes {extra}" in finding.hint


def test_only_policies_count_as_revoked(tmp_path):
    live = web("api", "caller", policies=rogues(1), routes=("{host: api, domain: apps.internal, destinations: [api]}",))
    plan = plan_scenario(tmp_path, live, "apps: [{name: api}]\n", max_revokes=1)
    assert len(lines(plan)) == 3
    assert not plan.is_refused


def test_what_is_as_it_should_be_is_counted(tmp_path):
    manifest = (
        "apps:\n  - name: api\n    trust: system\n    routes: [api.apps.internal]\n"
        "    ports: [{name: p, tls: none, port: 80}]\n    ingress: [{from: caller, ports: [p]}]\n"
    )
    trusted = f"{{name: api, environment: {{SSL_CERT_FILE: {BUNDLE}, REQUESTS_CA_BUNDLE: {BUNDLE}}}}}"
    route = "{host: api, domain: apps.internal, destinations: [api]}"
    plan = plan_scenario(
        tmp_path, web(trusted, "caller", policies=("caller -> api tcp/80",), routes=(route,)), manifest
    )
    assert lines(plan) == []
    assert plan.unchanged == 5


EMPTYING = ("apps: [{name: api}]\n", "apiVersion: c2c/v1\nkind: Foundation\nname: x\nlimits: {max_revokes: 5}\n")


def test_emptying_a_scope_always_needs_to_be_said(tmp_path):
    live = web("api", "caller", policies=rogues(1))
    assert plan_scenario(tmp_path, live, EMPTYING[0]).is_refused
    assert plan_scenario(tmp_path, live, *EMPTYING).is_refused
    assert not plan_scenario(tmp_path, live, EMPTYING[0], max_revokes=1).is_refused


@pytest.mark.parametrize(("percent", "refused"), [(99.9, True), (100, False)])
def test_all_of_them_is_a_hundred_percent(tmp_path, percent, refused):
    limits = EMPTYING[1].replace("max_revokes: 5", f"max_revokes: 5, max_revoke_percent: {percent}")
    assert plan_scenario(tmp_path, web("api", "caller", policies=rogues(1)), EMPTYING[0], limits).is_refused is refused


def test_a_value_that_additions_must_not_overwrite_is_kept_and_named(tmp_path):
    live = web("{name: api, environment: {SSL_CERT_FILE: /mine.pem}}")
    plan = plan_scenario(tmp_path, live, "manages: additions\n" + TRUST)
    assert lines(plan) == ["create acme/web/api REQUESTS_CA_BUNDLE declared"]
    assert [item.code for item in plan.findings] == ["trust-not-set"]


def test_what_two_entries_wait_for_is_pending_once(tmp_path):
    manifest = "apps: [{name: api, trust: system, ports: [{name: p, tls: none, port: 1}], ingress: [GRANT, GRANT]}]\n"
    plan = plan_scenario(tmp_path, web(), manifest.replace("GRANT", "{from: self, ports: [p]}"))
    assert [(item.address, len(item.origins)) for item in plan.pending] == [
        ("acme/web/api REQUESTS_CA_BUNDLE", 1),
        ("acme/web/api SSL_CERT_FILE", 1),
        ("acme/web/api -> acme/web/api tcp/1", 2),
    ]


def test_patterns_times_ports_are_bounded(tmp_path):
    apps = [f"app-{number}" for number in range(300)]
    ports = ", ".join(f"{{name: p{port}, tls: none, port: {port}}}" for port in range(1000, 1100))
    names = ", ".join(f"p{port}" for port in range(1000, 1100))
    manifest = f"apps: [{{name: all, match: ['*'], ports: [{ports}], ingress: [{{from: '*', ports: [{names}]}}]}}]\n"
    with pytest.raises(ManifestError) as caught:
        plan_scenario(tmp_path, web(*apps), manifest)
    assert [item.code for item in caught.value.diagnostics] == ["too-many-policies"]


def test_many_edits_between_two_apps_and_many_recreated_apps_stay_fast(tmp_path):
    wanted = ", ".join(f"{{name: p{port}, tls: none, port: {port}}}" for port in range(10000, 11500))
    names = ", ".join(f"p{port}" for port in range(10000, 11500))
    manifest = f"apps: [{{name: api, ports: [{wanted}], ingress: [{{from: caller, ports: [{names}]}}]}}]\n"
    live = web("api", "caller", policies=tuple(f"caller -> api tcp/{port}" for port in range(20000, 21500)))
    started = time.monotonic()
    plan = plan_scenario(tmp_path, live, manifest, max_revokes=1500)
    assert (plan.summary.create, plan.summary.delete) == (1500, 1500)
    gone = tuple(f"guid:{number:036} -> api tcp/8080" for number in range(1000))
    callers = [f"c{number}" for number in range(1000)]
    plan = plan_scenario(tmp_path, web("api", *callers, policies=gone), API.replace("from: caller", "from: 'c*'"))
    assert plan.summary.create == 1000
    assert time.monotonic() - started < 60


def test_an_app_that_only_its_worker_maps_is_mapped_anew_or_unmapped(tmp_path):
    routes = (
        "{host: api, domain: apps.internal, destinations: [{app: api, process_type: worker}]}",
        "{host: old, domain: apps.internal, destinations: [{app: api, process_type: worker}]}",
    )
    assert lines(plan_scenario(tmp_path, web("api", routes=routes), ROUTED)) == [
        "delete old.apps.internal -> acme/web/api undeclared",
        "create api.apps.internal -> acme/web/api declared",
        "delete old.apps.internal no_destinations",
    ]


TEMPLATE = """
apiVersion: c2c/v1
kind: Template
name: private
parameters: {callers: {type: array}}
app:
  ports: [{name: http, tls: none, port: 8080}]
  ingress:
    - {from: {parameter: callers}, ports: [http], until: 2027-01-01}
    - {from: caller, ports: [http], why: all of them}
"""
USE = """
apps:
  - name: api
    template: {name: private, with: {callers: [caller, other]}}
"""


def test_what_a_template_grants_is_planned_with_the_line_of_its_use(tmp_path):
    plan = plan_scenario(tmp_path, web("api", "caller", "other"), USE, TEMPLATE)
    assert lines(plan) == [
        "create acme/web/caller -> acme/web/api tcp/8080 declared",
        "create acme/web/other -> acme/web/api tcp/8080 declared",
    ]
    assert [[(origin.line, origin.column) for origin in change.origins] for change in plan.changes] == [[(8, 5)]] * 2


def test_two_grants_of_one_template_for_one_policy_are_both_kept(tmp_path):
    bundle = bundle_of(tmp_path, USE, TEMPLATE).bundle
    desired = resolve(bundle, live_state_of(yaml.safe_load(web("api", "caller"))), today=TODAY).desired
    (grant,) = desired.policies.values()
    assert [(term.why, term.until) for term in grant] == [(None, date(2027, 1, 1)), ("all of them", None)]
    assert len(grant.origins) == 1


def test_a_route_of_a_template_that_is_no_internal_domain_names_the_template_too(tmp_path):
    template = TEMPLATE + "  routes: [api.example.com]\n"
    with pytest.raises(ManifestError) as raised:
        plan_scenario(tmp_path, web("api"), USE, template)
    (problem,) = raised.value.diagnostics
    assert (problem.code, problem.span.line, problem.related[0].line) == ("not-an-internal-domain", 8, 6)
