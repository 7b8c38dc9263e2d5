"""Planning an export right after changes nothing, in any world."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.embedded import client_of, embedded_foundation
from support.nasty_worlds import nasty_states
from support.scenarios import TODAY
from support.snapshots import snapshots

from reconciler.cf.credentials import PasswordCredentials
from reconciler.cli.adopting.export_merge import merge_into
from reconciler.cli.live import read_set_for
from reconciler.flow.plans import make_plan, plan_against
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.editing.writer import canonical
from reconciler.manifests.export.entries import live_entries
from reconciler.manifests.export.layout import file_of, is_untouched, signed
from reconciler.manifests.export.render import render_space
from reconciler.manifests.loaded import Loaded
from reconciler.model.desired import Kind
from reconciler.model.names import AppRef
from reconciler.model.policies import PolicySet
from reconciler.simulator.entities import User
from reconciler.simulator.world import ADMIN_SCOPES

READER = User("reader-guid", "reader", "secret", ADMIN_SCOPES)


def exported(live, spaces=None) -> tuple[Loaded, dict[Path, bytes]]:
    """Export to a folder, and load it. Whatever is written is canonical and holds no error."""
    entries = live_entries(live, live.spaces if spaces is None else spaces)
    files = {Path(file_of(item.space)): signed(render_space(item)) for item in entries.spaces}
    assert len(files) == len(entries.spaces)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            assert is_untouched(content)
            assert canonical(str(name), content) == content
            target = Path(folder, name)
            assert os.path.realpath(target) == os.path.join(os.path.realpath(folder), str(name))  # noqa: PTH118
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
        if not files:
            return Loaded(None, ()), files
        loaded = load_bundle([folder], today=TODAY)
        assert loaded.bundle is not None, (loaded.diagnostics, files)
        assert len(loaded.bundle.spaces) == len(files), "a file was not found again"
    return loaded, files


@given(nasty_states())
def test_planning_an_export_changes_nothing_in_any_world(live):
    loaded, files = exported(live)
    if loaded.bundle is None:
        return
    plan = plan_against(PlanRequest(loaded.bundle, TODAY, all_environments=True), live)
    assert plan.changes == (), files
    assert plan.pending == ()
    assert not plan.is_refused


@given(nasty_states())
def test_what_is_not_governed_afterwards_is_left_out_with_a_reason(live):
    loaded, _ = exported(live)
    entries = live_entries(live, live.spaces)
    told = {item.app for space in entries.spaces for item in space.left_out}
    unnamed = {space for space, _ in entries.unnamed}
    written = {
        AppRef(item.value.org, item.value.space, app.name)
        for item in (loaded.bundle.spaces if loaded.bundle else ())
        for app in item.value.apps
    }
    assert written.isdisjoint(told)
    assert {app for app in live.apps if app.space_ref not in unnamed} == written | told
    assert all(item.reasons for space in entries.spaces for item in space.left_out)


@given(snapshots(sound=True))
def test_planning_an_export_on_the_embedded_foundation_changes_nothing(snapshot):
    foundation = embedded_foundation(snapshot)
    foundation.world.add_user(READER)
    with client_of(foundation, PasswordCredentials(READER.name, READER.password)) as client:
        live = client.fetch(read_set_for((), None, environments=True))
        loaded, files = exported(live)
        if loaded.bundle is None:
            return
        plan = make_plan(PlanRequest(loaded.bundle, TODAY, all_environments=True), client)
    assert plan.changes == (), files
    assert plan.pending == plan.blocked == ()


SCOPES = {
    "team": ("cloud_controller.read", "cloud_controller.write", "network.write"),
    "reader": ("cloud_controller.read", "cloud_controller.admin_read_only", "network.write"),
    "network": ("cloud_controller.read", "cloud_controller.write", "network.admin"),
}


@given(snapshots(sound=True), st.sampled_from(sorted(SCOPES)), st.data())
def test_no_plan_of_an_export_takes_away_what_its_maker_was_not_shown(snapshot, kind, data):
    foundation = embedded_foundation(snapshot)
    foundation.world.add_user(READER)
    maker = User("maker-guid", "maker", "secret", SCOPES[kind])
    foundation.world.add_user(maker)
    for space in sorted(foundation.world.spaces):
        if data.draw(st.booleans()):
            foundation.world.make_space_developer(maker.guid, space)
    with client_of(foundation, PasswordCredentials(maker.name, maker.password)) as client:
        live = client.fetch(read_set_for((), None, environments=True))
        loaded, files = exported(live)
        if loaded.bundle is None:
            return
        request = PlanRequest(loaded.bundle, TODAY, all_environments=True)
        assert make_plan(request, client).changes == (), files
    with client_of(foundation, PasswordCredentials(READER.name, READER.password)) as client:
        plan = make_plan(request, client)
    assert [item for item in plan.changes if item.before is not None] == [], files


def is_kept(old: str, new: str) -> bool:
    """Say whether every line of the old text is in the new one, in order; a list in brackets may have grown."""
    rest = iter(new.splitlines())
    return all(
        any(
            other in {line, line.removesuffix(" []")} or (line.endswith("]") and other.startswith(line[:-1]))
            for other in rest
        )
        for line in old.splitlines()
    )


@given(nasty_states(), st.data())
def test_a_merge_keeps_every_line_and_leaves_nothing_to_remove(live, data):
    kept = data.draw(st.frozensets(st.sampled_from(sorted(live.policies)))) if live.policies else frozenset()
    routes = {route: state for route, state in live.routes.items() if data.draw(st.booleans())}
    apps = {app: known for app, known in live.apps.items() if data.draw(st.integers(0, 3))}
    kept = frozenset(policy for policy in kept if {policy.source, policy.destination} <= apps.keys())
    routes = {route: state for route, state in routes.items() if state.destinations <= apps.keys()}
    past = replace(live, apps=apps, policies=PolicySet.of(kept), routes=routes, environment={})
    before = {Path(file_of(item.space)): render_space(item) for item in live_entries(past, past.spaces).spaces}
    entries = live_entries(live, live.spaces)
    fresh = {Path(file_of(item.space)): signed(render_space(item)) for item in entries.spaces}
    if not before:
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, text in before.items():
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_text(text, encoding="utf-8")
        merged = merge_into(Path(folder), entries, fresh, live, today=TODAY)
        for name, content in merged.files.items():
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_bytes(content)
            assert canonical(str(name), content) == content
            assert is_kept(before.get(name, ""), content.decode())
        again = merge_into(Path(folder), entries, fresh, live, today=TODAY)
    assert again.files == {}, "a second merge has nothing to add"
    left_out = {str(one.app) for item in entries.spaces for one in item.left_out}
    unmapped = {item.address.split()[0] for item in merged.removed if item.kind is Kind.ROUTE_DESTINATION}
    for removed in merged.removed:
        is_route = removed.kind is Kind.INTERNAL_ROUTE
        assert removed.address in unmapped if is_route else any(app in removed.address for app in left_out)
