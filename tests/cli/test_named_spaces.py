"""`--space` with a name that stands for no space: an error, never an empty answer that looks as if all were well."""

from __future__ import annotations

import pytest
from support.command import c2c, copy_example, environment, served, signed_in

SIDES = ("demo/foundation.yml", "policies")


@pytest.fixture(scope="module")
def foundation():
    with served() as url:
        yield url


@pytest.fixture
def folder(tmp_path):
    copy_example(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("space", "hint"),
    [
        ("acme/paymnts", "did you mean `acme/payments`?"),
        ("amce/payments", "did you mean `acme/payments`?"),
        ("acme/x", "`c2c doctor` shows what you may see"),
        ("acme/nothing*", "`c2c doctor` shows what you may see"),
    ],
)
@pytest.mark.parametrize("command", [("snapshot", "-o", "new"), ("export", "-o", "new"), ("diff", "live:", "policies")])
def test_no_such_space_is_an_error(folder, foundation, command, space, hint):
    env = signed_in(folder, foundation)
    outcome = c2c(*command, "--space", "acme/web", "--space", space, cwd=folder, env=env)
    assert outcome.code == 1
    assert outcome.out == ""
    assert f"there is no space {space}" in outcome.err
    assert hint in outcome.err
    assert not (folder / "new").exists()


def test_a_nightly_job_with_a_misspelling_fails(folder):
    outcome = c2c("diff", *SIDES, "--space", "acme/paymnts", "--detailed-exitcode", cwd=folder)
    assert (outcome.code, outcome.out) == (1, "")


@pytest.mark.parametrize("space", ["ACME/Pay*", "acme/sandbox", "*/partners"])
def test_a_space_of_one_side_is_enough(folder, space):
    outcome = c2c("diff", *SIDES, "--space", space, cwd=folder, env=environment(folder))
    assert outcome.code == 0, outcome.err
