"""What is imported is what was exported, or printed; whatever cannot be read for certain is refused."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.nasty_worlds import ANY_NAME, nasty_states

from reconciler.cli.adopting.import_files import check_result
from reconciler.diagnostics import Span, has_errors
from reconciler.manifests.editing.space_line import spaces_named
from reconciler.manifests.export.app_manifest import app_manifests_of, render_app_manifest
from reconciler.manifests.export.layout import file_of
from reconciler.manifests.importing.app_manifest import read_app_manifest
from reconciler.manifests.importing.cf_table import HEADINGS, PADDING, read_cf_table
from reconciler.manifests.importing.declared import AppGuid, DeclaredPolicy, Reading
from reconciler.manifests.importing.render import render_import
from reconciler.manifests.importing.resolution import resolve_import, unnamed_guids
from reconciler.manifests.importing.terraform_hcl import read_terraform_module
from reconciler.manifests.importing.terraform_state import read_terraform_state
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import PortRange

TODAY = date(2026, 11, 20)
PLAIN = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6)


def policies_of(reading: Reading) -> set[NetworkPolicy]:
    return {NetworkPolicy(item.source, item.destination, item.protocol, *item.ports) for item in reading.policies}


@given(nasty_states())
def test_what_app_manifests_can_say_comes_back_unchanged(live):
    for item in app_manifests_of(live, live.spaces):
        content = render_app_manifest(item).encode()
        named = spaces_named(content.decode())
        assert [*named] in ([], [item.space])
        assert named or not str(item.space).isprintable() or str(item.space) != str(item.space).strip()
        home = None if named else item.space
        reading = read_app_manifest("app.yml", content, home, live.internal_domains)
        empty = not item.policies and not item.routes
        assert [problem.code for problem in reading.diagnostics] == ["nothing-to-import"] * empty
        assert reading.not_imported == ()
        assert policies_of(reading) == set(item.policies)
        assert {(found.route, found.app) for found in reading.routes} == {
            (route, app) for route, apps in item.routes for app in apps
        }


@given(nasty_states())
def test_app_manifests_leave_nothing_out_in_silence(live):
    manifests = app_manifests_of(live, live.spaces)
    assert {policy for item in manifests for policy in item.policies} == live.policies
    said = {(route, app) for item in manifests for route, apps in item.routes for app in apps}
    reasons = [reason for item in manifests for reason in item.left_out]
    for route in live.routes:
        if route.domain in live.internal_domains:
            for app in live.routes[route].destinations:
                assert (route, app) in said or any(f"{route} -> {app}" in reason for reason in reasons)


def wide(text: str) -> int:
    return sum(
        0
        if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Mn", "Me"}
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def printed(space: SpaceRef, policies: list[NetworkPolicy]) -> str:
    """Print a list as the cf CLI does: columns padded to the widest cell and three blanks, the last one not at all."""
    rows = [HEADINGS]
    rows += [
        (
            policy.source.app,
            policy.destination.app,
            policy.protocol,
            str(policy.ports),
            policy.destination.space,
            policy.destination.org,
        )
        for policy in policies
    ]
    widths = [max(wide(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "".join(cell + " " * (width + PADDING - wide(cell)) for cell, width in zip(row[:-1], widths[:-1], strict=True))
        + row[-1]
        for row in rows
    ]
    return (
        f"Listing network policies in org {space.org} / space {space.space} as admin...\n\n" + "\n".join(lines) + "\n\n"
    )


@st.composite
def small_worlds(draw: st.DrawFn, names: st.SearchStrategy[str]) -> list[NetworkPolicy]:
    apps = draw(st.lists(st.builds(AppRef, names, names, names), min_size=1, max_size=5))
    app = st.sampled_from(apps)
    ports = st.sampled_from([(8080, 8080), (61443, 61443), (7000, 7010), (1, 65535)])
    ends = st.tuples(app, app, st.sampled_from(["tcp", "udp"]), ports)
    return sorted({NetworkPolicy(*most, *pair) for *most, pair in draw(st.lists(ends, max_size=8))})


def lists_of(policies: list[NetworkPolicy]) -> str:
    spaces = sorted({policy.source.space_ref for policy in policies})
    return "".join(printed(space, [one for one in policies if one.source.space_ref == space]) for space in spaces)


@given(small_worlds(PLAIN))
def test_the_lists_of_all_spaces_give_the_policies_of_the_world(policies):
    reading = read_cf_table("list.txt", lists_of(policies).encode(), None)
    assert [problem.code for problem in reading.diagnostics] == ([] if policies else ["nothing-to-import"])
    assert policies_of(reading) == set(policies)


@given(small_worlds(ANY_NAME))
def test_a_list_gives_the_policies_of_the_world_or_says_that_it_cannot(policies):
    content = lists_of(policies).encode(errors="surrogatepass")
    reading = read_cf_table("list.txt", content, None)
    invisible = any(
        name != name.rstrip(" \r") for policy in policies for end in (policy.source, policy.destination) for name in end
    )
    if not has_errors(reading.diagnostics) and not invisible:
        assert policies_of(reading) == set(policies)


@given(small_worlds(ANY_NAME))
def test_manifests_of_an_import_ask_for_what_was_declared_and_the_rest_is_listed(policies):
    declared = tuple(
        DeclaredPolicy(Span("list.txt", number, 1), one.source, one.destination, one.protocol, one.ports)
        for number, one in enumerate(policies, start=1)
    )
    imported = resolve_import([Reading(policies=declared)], None)
    files = {Path(file_of(item.space)): render_import(item) for item in imported.spaces}
    check_result(files, imported.state, today=TODAY)
    said = {folded(one) for one in imported.state.policies}
    listed = {folded(policies[item.span.line - 1]) for item in imported.not_imported}
    assert said.isdisjoint(listed)
    assert said | listed == {folded(one) for one in policies}
    text = b"".join(files.values()).decode()
    assert not files or all(f"Not imported, {item.span}: " in text for item in imported.not_imported)
    assert resolve_import([Reading(policies=declared)] * 2, None).spaces == imported.spaces


def folded(policy: NetworkPolicy) -> NetworkPolicy:
    return policy._replace(source=policy.source.folded, destination=policy.destination.folded)


@given(
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=2, max_size=2), st.dictionaries(st.sampled_from("abc"), PLAIN)
)
def test_a_guid_gets_its_name_or_is_listed(guids, names):
    known = {guid: AppRef("acme", "web", name) for guid, name in names.items()}
    ends = [AppGuid(guid) for guid in guids]
    declared = DeclaredPolicy(Span("s.tfstate", 1, 1), ends[0], ends[1], "tcp", PortRange(8080, 8080))
    reading = Reading(policies=(declared,), names=known)
    imported = resolve_import([reading], None)
    assert bool(imported.state.policies) == (set(guids) <= known.keys())
    assert len(imported.not_imported) == (0 if set(guids) <= known.keys() else 1)
    assert unnamed_guids([reading]) == set(guids) - known.keys()


HCL_BITS = st.sampled_from(
    ["resource ", '"cloudfoundry_network_policy" ', '"p" ', "{\n", "}\n", "policy ", "a = ", '"x${', '}"', '"', "[",
     "]", "cloudfoundry_app.a.id", "8080", "\n", ",", "<<E\n", "E\n", "/*", "*/", "#", "for x in y", "(", ")",
     "local.a", "locals ", "policies = ", "source_app = ", "destination_app = ", "port = ", "null", "\\", "%{", "$${",
     "é", " ? 1 : 2"]
)  # fmt: skip


@given(st.lists(HCL_BITS, max_size=40).map("".join))
def test_any_text_is_hcl_or_has_a_place_where_it_is_not(text):
    reading = read_terraform_module({"main.tf": text.encode()})
    for problem in reading.diagnostics:
        assert 1 <= problem.span.line <= text.count("\n") + 1


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 70000)
    | st.sampled_from(["8080", "a", "", "cloudfoundry_network_policy"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resources",
                    "version",
                    "type",
                    "instances",
                    "attributes",
                    "policies",
                    "source_app",
                    "port",
                    "destination_app",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_any_state_is_read_or_refused(value):
    for content in (value, {"version": 4, "resources": [{"type": "cloudfoundry_network_policy", "instances": value}]}):
        reading = read_terraform_state("s.tfstate", json.dumps(content).encode())
        assert reading.diagnostics or reading.policies or reading.not_imported
