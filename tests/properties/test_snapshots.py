"""A Snapshot means one thing: to `plan --live`, to the embedded foundation, and when that is written down again."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from support.embedded import client_of, embedded_foundation
from support.snapshots import snapshots
from support.world_snapshots import to_snapshot

from reconciler.cf.credentials import PasswordCredentials
from reconciler.manifests.schemas.verdict import is_valid
from reconciler.manifests.snapshots.file import load_snapshot
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.live import LiveApp, LiveState
from reconciler.model.scope import AppPattern, ReadSet, SpacePattern
from reconciler.simulator.entities import User
from reconciler.simulator.seed import build_world
from reconciler.simulator.world import ADMIN_SCOPES

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = ReadSet(managed=frozenset({SpacePattern("*", "*")}), environment=frozenset({AppPattern("*", "*", "*")}))
READER = User("reader-guid", "reader", "secret", ADMIN_SCOPES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("snapshots")


def loaded(folder: Path, snapshot: dict[str, Any], name: str = "live.json") -> dict[str, Any] | None:
    """Load a document from a file; what is refused must be explained."""
    file = folder / name
    text = json.dumps(snapshot, ensure_ascii=False)
    # YAML takes some characters only when they are escaped, and pairs of surrogates not at all.
    text = "".join(char if " " <= char <= "~" or ord(char) > 0xFFFF else f"\\u{ord(char):04x}" for char in text)
    file.write_text(text, encoding="utf-8")
    data, problems = load_snapshot(str(file))
    assert (data is None) == bool(problems)
    assert all(problem.hint and problem.span.file == str(file) for problem in problems)
    return data


def fetched(snapshot: dict[str, Any]) -> LiveState:
    foundation = embedded_foundation(snapshot)
    foundation.world.add_user(READER)
    with client_of(foundation, PasswordCredentials(READER.name, READER.password)) as client:
        return client.fetch(EVERYTHING)


def comparable(state: LiveState) -> LiveState:
    """Leave out where and when it was read and by whom, and what tells an app from an earlier one of its name.

    Who shares a route with whom is left out too: a reader of everything is not told, since it makes no difference.
    """
    return replace(
        state,
        foundation="",
        taken_at=None,
        apps={app: LiveApp("", known.labels) for app, known in state.apps.items()},
        routes={route: known._replace(shared_with=frozenset()) for route, known in state.routes.items()},
        caller=None,
    )


def assert_same(one: LiveState, other: LiveState) -> None:
    for field in fields(LiveState):
        assert getattr(one, field.name) == getattr(other, field.name), field.name


@given(snapshots(sound=False))
def test_a_snapshot_that_fits_the_schema_is_accepted_or_explained_alike_in_both_formats(folder, snapshot):
    assert is_valid("Snapshot", snapshot)
    as_json, as_yaml = (loaded(folder, snapshot, name) for name in ("live.json", "live.yml"))
    assert as_json == as_yaml


@given(snapshots(sound=False))
def test_both_readers_take_whatever_is_accepted(folder, snapshot):
    data = loaded(folder, snapshot)
    if data is not None:
        assert len(live_state_of(data).apps) == len(build_world(data).apps)


@given(snapshots(sound=True))
def test_plan_live_and_a_fetch_from_the_embedded_foundation_agree(folder, snapshot):
    data = loaded(folder, snapshot)
    assert data is not None
    found = fetched(data)
    data.pop("view", None)  # the reader of the foundation is shown everything
    live = live_state_of(data)
    assert_same(comparable(live), comparable(found))
    apps = [app for org in data["organizations"] for space in org["spaces"] for app in space["apps"]]
    written = {app["guid"] for app in apps if "guid" in app}
    assert written <= {known.incarnation for known in live.apps.values()}
    assert written <= {known.incarnation for known in found.apps.values()}


@given(snapshots(sound=True))
def test_what_the_embedded_foundation_exports_is_the_same_world(folder, snapshot):
    world = build_world(snapshot)
    exported = to_snapshot(world)
    assert is_valid("Snapshot", exported)
    assert loaded(folder, exported) == exported
    snapshot.pop("view", None)  # the foundation has all that is in it
    one, other = live_state_of(snapshot), live_state_of(exported)
    assert_same(comparable(one), comparable(other))
    assert {route: known.shared_with for route, known in one.routes.items()} == {
        route: known.shared_with for route, known in other.routes.items()
    }
    assert {known.incarnation for known in other.apps.values()} == set(world.apps)
    assert to_snapshot(build_world(exported)) == exported
