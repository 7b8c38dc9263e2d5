"""Entries that name much and ask for little: what they cost is bounded by what they ask for."""

import pytest
from support.scenarios import TODAY, bundle_of

from reconciler.manifests.resolving import grants
from reconciler.manifests.resolving.grants import GrantResolver
from reconciler.manifests.resolving.lookup import LiveIndex
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.numbering import Numbering

PORTS = 50
APPS = 40


def resolved(folder, ingress):
    """Take in an entry that stands for all apps, and give the resolver."""
    ports = [f"p{number}" for number in range(PORTS)]
    written = ", ".join(f"{{name: p{number}, tls: none, port: {number + 1000}}}" for number in range(PORTS))
    entry = f"{{name: all, match: ['*'], ports: [{written}], ingress: [{{{ingress}, ports: [{', '.join(ports)}]}}]}}"
    bundle = bundle_of(folder, f"apps: [{entry}]\n").bundle
    apps = [{"name": f"app-{number}"} for number in range(APPS)]
    spaces = [{"name": "web", "apps": apps}]
    index = LiveIndex(live_state_of({"organizations": [{"name": "acme", "spaces": spaces}]}))
    ((document, meant),) = ((document, index.declare(document.value)) for document in bundle.spaces)
    resolver = GrantResolver(index, Numbering(), TODAY)
    resolver.add(document, meant)
    return resolver


@pytest.mark.parametrize("until", ["", ", until: 2026-01-01"])
def test_apps_are_not_gone_through_port_by_port_for_callers_that_do_not_exist(tmp_path, until):
    resolver = resolved(tmp_path, f"from: [nobody, 'no-*']{until}")
    assert not resolver.policies
    assert not resolver.expired
    assert not resolver._wanted
    assert not resolver._expired


@pytest.mark.parametrize("until", ["", ", until: 2026-01-01"])
def test_apps_are_gone_through_for_callers_that_exist(tmp_path, until):
    resolver = resolved(tmp_path, f"from: [nobody, app-1, self]{until}")
    found = resolver.expired if until else resolver.policies
    assert len(found) == PORTS * (2 * APPS - 1)
    assert len(resolver._expired if until else resolver._wanted) == APPS


def test_apps_are_not_gone_through_for_the_callers_that_do_not_exist_beside_one_that_does(tmp_path, monkeypatch):
    met = []
    monkeypatch.setattr(grants, "_record", lambda *asked: met.append(asked[1]))
    resolved(tmp_path, "from: [nobody, app-1, 'no-*', web/nobody]")
    assert len(met) == PORTS * APPS
    assert all(len(sources) == 1 for sources in met)
