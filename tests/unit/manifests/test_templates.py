"""Templates: what an app gets that uses one, where it stands, and that hostile ones stay bounded."""

from __future__ import annotations

import time
from datetime import date
from textwrap import dedent, indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.space import Source
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Limits, Match
from reconciler.model.ports import TlsMode
from reconciler.model.selection import AppSelection

TODAY = date(2026, 11, 20)
TEMPLATE = """\
apiVersion: c2c/v1
kind: Template
name: private-api
description: within the organization
parameters:
  callers: {type: array, items: {type: string}}
  tls: {enum: [auto, manual], default: auto}
app:
  trust: system
  routes: [api.apps.internal]
  ports: [{name: api, tls: {parameter: tls}}]
  ingress: [{from: {parameter: callers}, ports: [api], why: by template}]
limits:
  tls: [auto]
  max_sources: 20
"""
SPACE = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\napps:\n"
USE = """\
  - name: shop
    template:
      name: private-api
      with:
        callers: [cart, web/frontend]
    routes: [shop.apps.internal]
    ports: [{name: metrics, port: 9100, tls: none}]
    ingress: [{from: monitoring/prometheus, ports: [metrics]}]
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def load(*texts):
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.yml").write_text(dedent(text))
        return load_bundle([f"{number}.yml" for number in range(len(texts))], today=TODAY)

    return load


def test_the_own_keys_are_added_to_those_of_the_template(load):
    loaded = load(SPACE + USE, TEMPLATE)
    assert loaded.diagnostics == ()
    (shop,) = loaded.bundle.spaces[0].value.apps
    assert (shop.name, shop.template, shop.trust, shop.live_names) == ("shop", "private-api", "system", ("shop",))
    assert shop.routes == ("api.apps.internal", "shop.apps.internal")
    assert [(port.name, port.tls) for port in shop.ports] == [("api", TlsMode.AUTO), ("metrics", TlsMode.NONE)]
    assert [grant.sources for grant in shop.ingress] == [
        (Source(app="cart"), Source(space="web", app="frontend")),
        (Source(space="monitoring", app="prometheus"),),
    ]


def test_an_app_without_a_template_has_none(load):
    assert load(SPACE + "  - name: shop\n").bundle.spaces[0].value.apps[0].template is None


def test_what_a_template_gives_stands_at_its_use_and_a_value_where_it_is_given(load):
    document = load(SPACE + USE, TEMPLATE).bundle.spaces[0].document
    places = {
        ("ingress", 0): "7:5",
        ("ingress", 0, "from"): "10:18",
        ("ingress", 0, "from", 1): "10:25",
        ("ingress", 0, "why"): "7:5",
        ("ingress", 1): "13:15",
        ("ingress", 1, "from"): "13:22",
        ("ports", 0, "tls"): "7:5",
        ("ports", 1, "port"): "12:35",
        ("routes", 0): "7:5",
        ("routes", 1): "11:14",
        ("trust",): "7:5",
        ("name",): "6:11",
    }
    found = {path: str(document.span("apps", 0, *path)).removeprefix("0.yml:") for path in places}
    assert found == places


def test_the_limits_of_a_template_are_a_guardrail_for_its_users(load):
    (guardrail,) = load(TEMPLATE).bundle.guardrails
    assert (guardrail.name, guardrail.enforcement) == ("template private-api", Severity.DENY)
    assert guardrail.match == Match(destination=AppSelection(template=("private-api",)))
    assert guardrail.limits == Limits(tls=(TlsMode.AUTO,), max_sources=20)
    assert [str(guardrail.place(key)) for key in ("tls", "max_sources", "ports")] == [
        "0.yml:14:8",
        "0.yml:15:16",
        "0.yml:13:1",
    ]


def test_a_template_without_limits_binds_nobody(load):
    assert load(TEMPLATE.partition("limits:")[0]).bundle.guardrails == ()


def test_the_same_template_serves_many_apps_in_any_file_order(load):
    use = "    template: {name: private-api, with: {callers: [x], tls: %s}}\n"
    loaded = load(TEMPLATE, SPACE + f"  - name: a\n{use % 'auto'}  - name: b\n{use % 'auto'}")
    assert [app.ports[0].tls for app in loaded.bundle.spaces[0].value.apps] == [TlsMode.AUTO, TlsMode.AUTO]


def test_trust_of_the_app_stands_beside_that_of_the_template(load):
    loaded = load(TEMPLATE, SPACE + USE + "    trust: system\n")
    assert str(loaded.bundle.spaces[0].document.span("apps", 0, "trust")) == "1.yml:14:12"


def test_a_parameter_stands_for_a_list_a_mapping_a_number_or_a_text(load):
    template = """\
        apiVersion: c2c/v1
        kind: Template
        name: t
        parameters: {ports: {type: array}, grant: {type: object}, host: {type: string}, app: {type: string}}
        app:
          match: [{parameter: app}]
          routes: [{parameter: host}]
          ports: {parameter: ports}
          ingress: [{parameter: grant}]
        """
    use = """\
          - name: shop
            template:
              name: t
              with:
                app: "shop-*"
                host: shop.apps.internal
                ports: [{name: api, port: 9000, tls: none}]
                grant: {from: {app: cart, labels: "tier=web"}, ports: [api], until: 2027-01-01}
            ports: [{name: more, port: 9001, tls: none}]
        """
    loaded = load(template, SPACE + indent(dedent(use), "  "))
    assert loaded.diagnostics == ()
    (shop,) = loaded.bundle.spaces[0].value.apps
    assert (shop.match, shop.routes) == (("shop-*",), ("shop.apps.internal",))
    assert [port.name for port in shop.ports] == ["api", "more"]
    assert (shop.ingress[0].until, shop.ingress[0].sources[0].labels) == (date(2027, 1, 1), "tier=web")
    document = loaded.bundle.spaces[0].document
    assert document.span("apps", 0, "ingress", 0, "until").line == 13


def test_a_problem_in_a_value_names_the_line_of_the_template_in_its_own_file(load):
    loaded = load(TEMPLATE, SPACE + USE.replace("cart", "a//b"))
    (problem,) = loaded.diagnostics
    assert (str(problem.span), [str(place) for place in problem.related]) == ("1.yml:10:19", ["0.yml:12:20"])


def test_an_entry_whose_template_is_wrong_says_nothing_else(load):
    loaded = load(TEMPLATE.replace("tls: [auto]", "tls: [atuo]"), SPACE + USE)
    assert [problem.code for problem in loaded.diagnostics] == ["bad-value"]
    loaded = load(TEMPLATE.replace("{parameter: tls}", "{parameter: tsl}"), SPACE + USE)
    assert {problem.code for problem in loaded.diagnostics} == {"unknown-parameter", "unused-parameter"}


def test_other_entries_are_still_checked(load):
    loaded = load(
        TEMPLATE, SPACE + USE.replace("private-api", "x") + "  - name: b\n    ingress: [{from: a, ports: [p]}]\n"
    )
    assert [problem.code for problem in loaded.diagnostics] == ["unknown-template", "unknown-port"]


PORTS = st.lists(
    st.sampled_from(["{name: a, tls: auto}", "{name: b, port: 81, tls: none}", "{name: c, port: 82, tls: manual}"]),
    unique=True,
)
GRANTS = st.lists(st.sampled_from(["{from: x, ports: [o]}", "{from: [y, self], ports: [o], why: z}"]), max_size=3)
ROUTES = st.lists(st.sampled_from(["a.apps.internal", "b.apps.internal"]), unique=True)


def keys(ports, grants, routes, indent):
    return "".join(
        f"{indent}{key}: [{', '.join(items)}]\n"
        for key, items in (("ports", ports), ("ingress", grants), ("routes", routes))
    )


@given(st.tuples(PORTS, GRANTS, ROUTES), st.tuples(GRANTS, ROUTES))
def test_using_a_template_is_writing_its_keys_out(tmp_path_factory, given_keys, own):
    (ports, grants, routes), (own_grants, own_routes) = given_keys, own
    own_ports = ["{name: o, port: 90, tls: none}"]
    folder = tmp_path_factory.mktemp("laws")
    template = "apiVersion: c2c/v1\nkind: Template\nname: t\napp:\n" + keys(ports, grants, routes, "  ")
    use = SPACE + "  - name: a\n    template: {name: t}\n" + keys(own_ports, own_grants, own_routes, "    ")
    plain = SPACE + "  - name: a\n" + keys(ports + own_ports, grants + own_grants, routes + own_routes, "    ")
    apps = []
    for name, text in (("use.yml", f"{template}---\n{use}"), ("plain.yml", plain)):
        (folder / name).write_text(text)
        bundle = load_bundle([str(folder / name)], today=TODAY).bundle
        apps.append(bundle.spaces[0].value.apps[0]._replace(template=None))
    assert apps[0] == apps[1]


def bounded(load, *texts):
    started = time.monotonic()
    loaded = load(*texts)
    assert time.monotonic() - started < 60
    return {problem.code for problem in loaded.diagnostics}


def test_a_large_template_used_often_stays_bounded(load):
    ports = "".join(f"    - {{name: p{number}, port: {number + 3000}, tls: none}}\n" for number in range(10_000))
    template = f"apiVersion: c2c/v1\nkind: Template\nname: t\napp:\n  ports:\n{ports}"
    uses = "".join(f"  - {{name: a{number}, template: {{name: t}}}}\n" for number in range(10_000))
    assert bounded(load, template, SPACE + uses) == {"too-many-templated-values"}


def test_a_large_value_used_often_stays_bounded(load):
    template = "apiVersion: c2c/v1\nkind: Template\nname: t\nparameters: {c: {type: array, items: {type: string}}}\n"
    template += (
        "app:\n  ports: [{name: p, tls: auto}]\n  ingress:\n" + "    - {from: {parameter: c}, ports: [p]}\n" * 2000
    )
    callers = ", ".join(f"c{number}" for number in range(20_000))
    use = f"  - {{name: a, template: {{name: t, with: {{c: [{callers}]}}}}}}\n"
    assert bounded(load, template, SPACE + use) == {"too-many-templated-values"}


def test_a_large_schema_is_refused(load):
    schema = ", ".join(f"p{number}: {{type: string}}" for number in range(90))
    wide = "{anyOf: [" + ", ".join(["{const: 1}"] * 300) + "]}"
    template = "apiVersion: c2c/v1\nkind: Template\nname: t\nparameters: {%s}\napp: {match: [{parameter: p1}]}\n"
    assert "bad-parameter-schema" not in bounded(load, template % schema)
    assert "bad-parameter-schema" in bounded(load, template % f"p1: {wide}")


def test_patterns_do_not_backtrack(load):
    template = "apiVersion: c2c/v1\nkind: Template\nname: t\nparameters: {p: {type: string, pattern: '^(a+)+$'}}\n"
    template += "app: {match: [{parameter: p}]}\n"
    use = SPACE + f"  - {{name: a, template: {{name: t, with: {{p: {'a' * 100_000}b}}}}}}\n"
    assert bounded(load, template, use) == {"bad-parameter"}


def test_many_wrong_uses_stay_bounded(load):
    use = "template: {name: private-api, with: {callers: [a//b]}}"
    uses = "".join(f"  - {{name: a{number}, {use}}}\n" for number in range(5000))
    assert bounded(load, TEMPLATE, SPACE + uses) == {"bad-value", "too-many-problems"}
