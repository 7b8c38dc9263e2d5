"""Planning against a snapshot gives the same changes as planning against what it was taken from, at that moment."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.embedded import client_of, embedded_foundation
from support.snapshots import NAMES, snapshots
from support.worlds import worlds

from reconciler.cf.credentials import PasswordCredentials
from reconciler.cli.live import read_set_for
from reconciler.manifests.editing.yaml_text import block
from reconciler.manifests.parsing.source import parse_documents
from reconciler.manifests.snapshots.file import load_snapshot
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.manifests.snapshots.write import snapshot_of
from reconciler.model.scope import SpacePattern
from reconciler.planning.build import build_plan
from reconciler.planning.plan import ManifestsVersion, PlanOptions
from reconciler.simulator.entities import User
from reconciler.simulator.seed import build_world
from reconciler.simulator.world import ADMIN_SCOPES

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.model.live import LiveState

READER = User("reader-guid", "reader", "secret", ADMIN_SCOPES)
SCOPES = (
    ("network.write", "cloud_controller.read"),
    ("network.write", "cloud_controller.global_auditor"),
    ("network.admin", "cloud_controller.read"),
    ("network.admin", "cloud_controller.global_auditor"),
    ADMIN_SCOPES,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("written")


def read_back(folder: Path, live: LiveState, *, as_json: bool) -> LiveState:
    """Write a live state to a file and read the file."""
    written = snapshot_of(live)
    assert written.omitted == ()
    file = folder / ("live.json" if as_json else "live.yml")
    file.write_bytes(written.as_json() if as_json else written.as_yaml())
    document, problems = load_snapshot(str(file))
    assert document == written.document, problems
    build_world(document)
    return live_state_of(document)


def same_world(one: LiveState, other: LiveState) -> None:
    """Compare all that a plan looks at. An environment that was not read is empty in a snapshot."""
    assert one.spaces <= other.spaces
    assert one.policies == other.policies
    assert one.stale == other.stale
    assert one.internal_domains == other.internal_domains
    assert one.routes == other.routes
    assert {app: known.labels for app, known in one.apps.items()} == {
        app: known.labels for app, known in other.apps.items()
    }
    for app in one.apps:
        assert one.environment.get(app, {}) == other.environment[app]


def fetched(snapshot, spaces=(), reader=READER, developer_in=()) -> LiveState:
    foundation = embedded_foundation(snapshot)
    foundation.world.add_user(reader)
    for number in developer_in:
        foundation.world.make_space_developer(reader.guid, list(foundation.world.spaces)[number])
    with client_of(foundation, PasswordCredentials(reader.name, reader.password)) as client:
        return client.fetch(read_set_for(spaces, None, environments=True))


@given(snapshots(sound=True), st.booleans())
def test_a_snapshot_holds_all_that_a_plan_looks_at(folder, snapshot, as_json):
    live = fetched(snapshot)
    again = read_back(folder, live, as_json=as_json)
    same_world(live, again)
    assert {known.incarnation for known in again.apps.values()} == {known.incarnation for known in live.apps.values()}
    assert snapshot_of(again).document == snapshot_of(live).document


@given(snapshots(sound=True), st.sampled_from(SCOPES), st.data())
def test_a_snapshot_says_how_much_its_maker_was_shown(snapshot, scopes, data):
    homes = range(sum(len(org["spaces"]) for org in snapshot["organizations"]))
    roles = data.draw(st.frozensets(st.sampled_from(homes)) if homes else st.just(frozenset()))
    live = fetched(snapshot, reader=replace(READER, scopes=scopes), developer_in=roles)
    document = snapshot_of(live).document
    again = live_state_of(document)
    caller = live.caller
    assert ("view" in document) == (again.caller is not None)
    if again.caller is None:
        assert caller.network_admin
        assert caller.reads_every_app
    else:
        assert READER.name not in json.dumps(document["view"])
        assert again.caller.network_admin == caller.network_admin
        assert again.caller.reads_every_app == caller.reads_every_app
        if not caller.network_admin:
            assert again.caller.developer_in == caller.developer_in & again.spaces
            for policy in again.policies:
                assert again.caller.closed_spaces(policy) == ()
    assert again.environment.keys() & live.apps.keys() == live.environment.keys()
    assert snapshot_of(again).document == document


@given(worlds(), st.booleans())
def test_plans_against_a_snapshot_and_what_it_was_taken_from_are_the_same(folder, world, as_json):
    desired, live = world
    routes = {route: known._replace(unnamed_destinations=0) for route, known in live.routes.items()}
    live = replace(live, routes=routes)
    again = read_back(folder, live, as_json=as_json)

    def plan(state):
        return build_plan(desired, state, manifests=ManifestsVersion("sha256:0"), options=PlanOptions(live.taken_at))

    assert plan(again).changes == plan(live).changes


@given(snapshots(sound=True), st.sampled_from(NAMES), st.sampled_from([*NAMES, "*"]))
def test_a_snapshot_of_some_spaces_holds_what_touches_them_and_no_app_of_others_for_its_own_sake(
    folder, snapshot, org, space
):
    pattern = SpacePattern(org, space)
    everything, live = fetched(snapshot), fetched(snapshot, [pattern])
    again = read_back(folder, live, as_json=True)
    inside = {app for app in everything.apps if pattern.matches(app.space_ref)}
    assert {app for app in again.apps if pattern.matches(app.space_ref)} == inside
    assert again.policies == {policy for policy in everything.policies if {policy.source, policy.destination} & inside}
    assert again.stale == everything.stale
    named = {end for policy in (*again.policies, *again.stale) for end in (policy.source, policy.destination)}
    named |= {app for route in again.routes.values() for app in route.destinations}
    assert again.apps.keys() <= inside | named


@given(snapshots(sound=True))
def test_a_redacted_snapshot_differs_in_its_environment_alone(snapshot):
    live = fetched(snapshot)
    whole, redacted = snapshot_of(live).document, snapshot_of(live, redact=True).document
    assert "environment" not in json.dumps(redacted)
    for org in whole["organizations"]:
        for space in org["spaces"]:
            for app in space.get("apps", ()):
                app.pop("environment", None)
    assert whole == redacted


VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.text(st.characters(blacklist_categories=("Cs",)), max_size=8),
    st.sampled_from(
        ["no", "1.0", "null", "2024-01-01", "0o17", "1e3", "22:22", "- a", "#", "a: b", "<<", "=", "~", ""]
    ),
)
KEYS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=4).filter(lambda key: key != "<<")
DATA = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


@given(st.dictionaries(KEYS, DATA, min_size=1, max_size=4))
def test_any_data_reads_back_as_itself(data):
    documents, problems = parse_documents("data.yml", block(data).encode())
    assert not problems
    assert [document.data for document in documents] == [data]
