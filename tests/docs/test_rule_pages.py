"""The example on every rule's page is what the rule says.

A page shows manifests, a snapshot or both as one block of YAML, and below it what is found. Set C2C_UPDATE_DOCS=1 to
write what the rules say now into the pages.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.command import ROOT
from support.rule_worlds import NO_MANIFESTS, found_by_all, given, network
from support.scenarios import TODAY

from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.resolving.trust import SYSTEM_TRUST
from reconciler.manifests.snapshots.file import load_snapshot
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.live import LiveState
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.rules import RULES

if TYPE_CHECKING:
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.finding import Finding

EXAMPLE = re.compile(r"^```yaml\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS = {"warn": "warning", "audit": "note"}
CROWDED = "near-policy-quota"  # 135 policies are no example that anybody reads: only what is said is on the page
NOWHERE = LiveState("snapshot", None, frozenset(), {})


def shown_world(text: str) -> tuple[Bundle, LiveState]:
    """Lay the documents of a block out below the working directory and read them."""
    bundle, live = NO_MANIFESTS, NOWHERE
    documents = text.split("---\n")
    manifests = [document for document in documents if "kind: Snapshot" not in document]
    for document in documents:
        if document not in manifests:
            Path("live.yml").write_text(document, encoding="utf-8")
            snapshot, found = load_snapshot("live.yml")
            assert snapshot is not None, found
            live = live_state_of(snapshot)
    if manifests:
        Path("policies").mkdir()
        Path("policies/acme.yml").write_text("---\n".join(manifests), encoding="utf-8")
        loaded = load_bundle(["policies"], today=TODAY)
        assert loaded.bundle is not None, loaded.diagnostics
        bundle = loaded.bundle
    return bundle, live


def network_of(bundle: Bundle, live: LiveState) -> Network:
    zones, listed = {}, {}
    for item in bundle.spaces:
        space = item.value
        zones[SpaceRef(space.org, space.space)] = space.zone
        for number, entry in enumerate(space.apps):
            listed[AppRef(space.org, space.space, entry.name)] = item.document.span("apps", number, "name")
    facts = {
        app: AppFacts(
            zone=zones.get(app.space_ref),
            trusts_platform=live.environment[app] == SYSTEM_TRUST,
            place=listed.get(app),
        )
        for app in live.apps
    }
    routes = {route: state.destinations for route, state in live.routes.items()}
    return Network(PolicyMap.alike(live.policies, ()), facts, routes)


def rendered(findings: list[Finding]) -> str:
    return "".join(
        f"{f'{item.origin}: ' if item.origin else ''}{WORDS[item.severity]}[{item.code}] {item.message}\n"
        f"    hint: {item.hint}\n"
        for item in findings
    )


def test_the_page_about_crowds_says_what_the_rule_says():
    page = (ROOT / "docs" / "rules" / f"{CROWDED}.md").read_text(encoding="utf-8")
    crowd = network(*(f"monitoring/prometheus -> app-{number} tcp/9100" for number in range(135)))
    said = rendered([finding for finding in found_by_all(given(crowd)) if finding.code == CROWDED])
    assert said
    assert f"```text\n{said}```\n" in page


@pytest.mark.parametrize("code", sorted({rule.code for rule in RULES} - {CROWDED}))
def test_the_example_is_what_the_rule_says(code, tmp_path, monkeypatch):
    page = ROOT / "docs" / "rules" / f"{code}.md"
    text = page.read_text(encoding="utf-8")
    ((world, expected),) = EXAMPLE.findall(text)
    monkeypatch.chdir(tmp_path)
    bundle, live = shown_world(world)
    found = [
        finding for finding in found_by_all(given(network_of(bundle, live), bundle=bundle)) if finding.code == code
    ]
    said = rendered(found)
    assert said
    if os.environ.get("C2C_UPDATE_DOCS"):
        page.write_text(text.replace(f"```text\n{expected}", f"```text\n{said}"), encoding="utf-8")
    else:
        assert said == expected
