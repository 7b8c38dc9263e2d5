"""For which space an app manifest is."""

from __future__ import annotations

import pytest

from reconciler.manifests.importing.app_manifest import read_app_manifest
from reconciler.model.names import SpaceRef

POLICIES = "network_policies:\n  - {destination: {app: {name: a, port_range: 80}}, source: {app: {name: b}}}\n"
PAY, WEB = SpaceRef("acme", "pay"), SpaceRef("acme", "web")


def read(text: str, home: SpaceRef | None = None):
    return read_app_manifest("app.yml", text.encode(), home, frozenset())


@pytest.mark.parametrize("top", ["", "# Ours.\n\n", "\ufeff", "# space: the last frontier\n"])
def test_a_comment_at_the_top_names_the_space(top):
    reading = read(f"{top}# space: acme/pay\n{POLICIES}")
    assert reading.diagnostics == ()
    assert reading.policies[0].destination.space_ref == PAY


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "# space: acme\n{}",
        "# space: acme/pay/api\n{}",
        "# space: acme/\n{}",
        "# space:  acme/pay\n{}",
        "#space: acme/pay\n{}",
        "  # space: acme/pay\n{}",
        "{}# space: acme/pay\n",
        "version: 2 # space: acme/pay\n{}",
    ],
)
def test_any_other_comment_names_none(text):
    assert [item.code for item in read(text.replace("{}", POLICIES)).diagnostics] == ["no-space"]
    assert read(text.replace("{}", POLICIES), WEB).policies[0].destination.space_ref == WEB


@pytest.mark.parametrize("text", ["version: 2\n", "network_policies: []\n", ""])
def test_a_manifest_without_a_policy_says_so(text):
    assert [item.code for item in read(text, PAY).diagnostics] == ["nothing-to-import"]


def test_what_contradicts_is_an_error_that_names_both():
    (problem,) = read(f"# x\n# space: acme/pay\n{POLICIES}", WEB).diagnostics
    assert (problem.code, problem.span.line) == ("contradicting-space", 2)
    assert "acme/pay" in problem.message
    assert "acme/web" in problem.message
    (problem,) = read(f"# space: acme/pay\n# space: acme/web\n{POLICIES}").diagnostics
    assert (problem.code, problem.span.line) == ("contradicting-space", 2)
    assert read(f"# space: acme/pay\n# space: ACME/pay\n{POLICIES}", SpaceRef("acme", "PAY")).diagnostics == ()
