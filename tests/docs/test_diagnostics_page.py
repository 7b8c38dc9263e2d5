"""The page of diagnostics names every code there is, no other, and its examples are what c2c says."""

from __future__ import annotations

import errno
import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.guarded import RULE

from reconciler.guardrails.expression_problems import expression_problems
from reconciler.manifests import resolve, writer
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.codes import CODES
from reconciler.manifests.discovery import find_manifests, not_a_file, unreadable
from reconciler.manifests.left_out import rules_left_out
from reconciler.manifests.reading import MAX_MANIFEST_BYTES, read_file
from reconciler.manifests.snapshot_file import load_snapshot
from reconciler.manifests.snapshot_live import live_state_of
from reconciler.model.guardrail import Expression
from reconciler.report.diagnostics_text import render_diagnostics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Loaded

ROOT = Path(__file__).parents[2]
WRONG = ROOT / "tests" / "wrong_manifests"
PAGE = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^### `([a-z0-9-]+)`\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"((?:error|warning)\[([a-z0-9-]+)\] .*)(?:\n +see .*)*(?:\n +(hint: .*))?")
"""A diagnostic without its place: what is said, its code, its hint."""
TODAY = date(2026, 11, 20)
SPACE = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\n"
SNAPSHOT = """\
apiVersion: c2c/v1
kind: Snapshot
organizations: [{name: acme, spaces: [{name: web, apps: [{name: shop}]}]}]
network_policies: [{source: acme/web/shopp, destination: acme/web/shop, ports: 8080}]
"""


def test_the_page_names_exactly_the_codes_there_are():
    assert sorted(code for code, _ in SECTION.findall(PAGE)) == sorted(CODES)


@pytest.mark.parametrize(("code", "text"), SECTION.findall(PAGE))
def test_every_code_has_a_meaning_an_example_and_advice(code, text):
    assert re.fullmatch(r"\n[A-Z`].*?\n```text\n.*\n```\n\n[A-Z`].*\.\n+", text, re.DOTALL)
    for example in EXAMPLE.findall(text):
        assert [found for _, found, _ in SAID.findall(example)] == [code]


def test_every_example_is_what_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = {found for file in WRONG.glob("*.expected") for found in SAID.findall(file.read_text(encoding="utf-8"))}
    said |= set(SAID.findall(render_diagnostics(made_here())))
    shown = [found for example in EXAMPLE.findall(PAGE) for found in SAID.findall(example)]
    assert len(shown) > len(CODES)
    assert [found for found in shown if found not in said] == []


def made_here() -> Iterator[Diagnostic]:
    """Bring about what no file among the wrong manifests can."""
    Path("policies").mkdir()
    yield from find_manifests(["polices", "policies"])[1]
    Path("policies/guardrails.yml").write_text("apiVersion: c2c/v1\nkind: Guardrail\n", encoding="utf-8")
    yield from rules_left_out(["policies/acme"], [])
    yield unreadable("policies/acme/web.yml", PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    yield not_a_file("/dev/fd/63")
    with Path("large.yml").open("wb") as file:
        file.truncate(MAX_MANIFEST_BYTES + 1)
    yield read_file("large.yml")
    names, patterns = [f"n{number}" for number in range(2000)], [f"p{number}*" for number in range(1001)]
    yield from load(f"apps: [{{name: a, match: {names}}}, {{name: b, match: {patterns}}}]\n").diagnostics
    listed = "".join(f"  - {{name: n{number}, template: {{name: t}}}}\n" for number in range(200))
    routes = [f"r{number}.apps.internal" for number in range(20_000)]
    template = f"---\napiVersion: c2c/v1\nkind: Template\nname: t\napp: {{routes: {routes}}}\n"
    yield from load(f"apps:\n{listed}{template}").diagnostics
    Path("live.json").write_text("kind: Snapshot\n")
    yield from load_snapshot("live.json")[1]
    for text in (SPACE, SNAPSHOT):
        Path("live.yml").write_text(text)
        yield from load_snapshot("live.yml")[1]
    yield writer.canonical("web.yml", b"a: [ # kept?\n  1 # and this?\n]\n")[0]
    for expression in ("source.orgg == 'acme'", "source.labels.all(a, destination.labels.all(b, a == b))"):
        yield from expression_problems([Expression("partners", expression, RULE)])
    yield from against_the_live_state()


def load(apps: str) -> Loaded:
    Path("web.yml").write_text(SPACE + apps)
    return load_bundle(["web.yml"], today=TODAY)


def against_the_live_state() -> Iterator[Diagnostic]:
    spaces = [
        {"name": "web", "apps": [{"name": "shop"}, {"name": "shop-green"}]},
        {"name": "store", "routes": [{"host": "shop", "domain": "apps.internal"}]},
    ]
    live = live_state_of({"organizations": [{"name": "acme", "spaces": spaces}]})
    entries = (
        "  - {name: shop, match: ['shop*'], routes: [shop.apps.example.com, shop.apps.internal]}\n"
        "  - {name: green, match: ['*-green']}\n"
    )
    crowd = [{"name": f"app-{number}"} for number in range(1500)]
    crowded = live_state_of({"organizations": [{"name": "acme", "spaces": [{"name": "web", "apps": crowd}]}]})
    everything = (
        "apps:\n  - name: all\n    match: ['*']\n    ports: [{name: api, port: 8080, tls: none}]\n"
        "    ingress: [{from: '*', ports: [api]}]\n"
    )
    worlds = ((f"apps:\n{entries}", live), ("apps: []\n", live_state_of({})), (everything, crowded))
    for apps, state in worlds:
        yield from resolve.resolve(load(apps).bundle, state, today=TODAY).diagnostics
