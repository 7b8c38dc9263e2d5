"""A plan on its pull request, by the installed command, against served forges."""

from __future__ import annotations

import json

import pytest
from support import forges
from support.command import c2c, copy_example, environment
from support.forges import Fault

FIRST = "<!-- c2c comment: snapshot -->\n"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """A saved plan of the example."""
    folder = tmp_path_factory.mktemp("plan")
    copy_example(folder)
    outcome = c2c("plan", "--live", "demo/foundation.yml", "-o", "plan.json", cwd=folder)
    assert outcome.code in {0, 3}, outcome.err
    return folder / "plan.json"


@pytest.fixture
def github(tmp_path):
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 12}}), encoding="utf-8")
    with forges.served(forges.GitHub()) as forge:
        forge.env = environment(
            tmp_path,
            GITHUB_TOKEN=forge.token,
            GITHUB_REPOSITORY="acme/net",
            GITHUB_API_URL=forge.url,
            GITHUB_EVENT_PATH=str(event),
        )
        yield forge


@pytest.fixture
def gitlab(tmp_path):
    with forges.served(forges.GitLab()) as forge:
        forge.env = environment(
            tmp_path,
            GITLAB_TOKEN=forge.token,
            CI_API_V4_URL=f"{forge.url}/api/v4",
            CI_PROJECT_ID="5",
            CI_MERGE_REQUEST_IID="12",
            CI_PROJECT_URL="https://gitlab.test/acme/net",
        )
        yield forge


@pytest.fixture(params=["github", "gitlab"])
def forge(request):
    found = request.getfixturevalue(request.param)
    found.option = f"--{request.param}"
    return found


def comment(forge, plan, *arguments, **env):
    return c2c("comment", forge.option, plan, *arguments, cwd=plan.parent, env=forge.env | env)


def test_one_comment_whatever_the_number_of_runs(forge, plan):
    outcomes = [comment(forge, plan) for _ in range(3)]
    assert [outcome.code for outcome in outcomes] == [0, 0, 0]
    assert [outcome.out.partition(":")[0] for outcome in outcomes] == ["created", "unchanged", "unchanged"]
    (body,) = forge.bodies()
    assert body.startswith(f"{FIRST}## ")
    assert json.loads(plan.read_bytes())["digest"] in body


def test_what_is_said_as_json(forge, plan):
    shown = comment(forge, plan, "--marker", "prod-eu", "--format", "json").json
    assert shown == {"action": "created", "marker": "prod-eu", "id": 101, "url": shown["url"]}
    assert "12#" in shown["url"]
    assert forge.bodies()[0].startswith("<!-- c2c comment: prod-eu -->\n")


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_the_token_is_never_shown(forge, plan, output_format):
    forge.faults.append(Fault("GET", 400, {"message": f"you sent {forge.token}"}))
    outcome = comment(forge, plan, "--format", output_format)
    assert outcome.code == 1
    assert "you sent" in outcome.err
    assert forge.token not in outcome.out + outcome.err


def test_the_service_is_seen_by_the_environment(forge, plan):
    seen = {"--github": {"GITHUB_ACTIONS": "true"}, "--gitlab": {"GITLAB_CI": "true"}}[forge.option]
    assert c2c("comment", plan, cwd=plan.parent, env=forge.env | seen).code == 0
    nowhere = c2c("comment", plan, cwd=plan.parent, env=forge.env)
    assert nowhere.code == 1
    assert "--github or --gitlab" in nowhere.err


def test_a_number_names_another_pull_request(forge, plan):
    outcome = comment(forge, plan, "--number", "13")
    assert outcome.code == 1
    assert "no such" in outcome.err


def test_a_workflow_after_another_finds_the_forks_pull_request(github, plan, tmp_path):
    github.option = "--github"
    run = {"event": "pull_request", "head_branch": "b", "head_sha": "abc", "head_repository": {"owner": {"login": "m"}}}
    (tmp_path / "event.json").write_text(json.dumps({"workflow_run": run}), encoding="utf-8")
    assert comment(github, plan).code == 1
    github.pulls = [{"number": 12, "head": {"user": {"login": "m"}, "ref": "b", "sha": "abc"}}]
    assert comment(github, plan).code == 0
    assert len(github.comments) == 1


@pytest.mark.parametrize(
    ("content", "said"), [("{", "not JSON"), ("{}", "not a saved plan"), (None, "No such file")], ids=str
)
def test_a_plan_that_is_none_reaches_nobody(forge, tmp_path, content, said):
    path = tmp_path / "p.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    outcome = comment(forge, path)
    assert outcome.code == 1
    assert said in outcome.err
    assert forge.seen == []


def test_a_plan_that_was_changed_afterwards_reaches_nobody(forge, plan, tmp_path):
    data = json.loads(plan.read_bytes())
    data["changes"] = data["changes"][1:]
    (tmp_path / "p.json").write_text(json.dumps(data), encoding="utf-8")
    assert comment(forge, tmp_path / "p.json").code == 4
    assert forge.seen == []


def test_clear_text_over_a_network_is_warned_of(forge, plan):
    # The served forge plays the proxy too, so that a name of nobody's leads to it.
    address = {"GITHUB_API_URL": "http://forge.test", "CI_API_V4_URL": "http://forge.test/api/v4"}
    outcome = comment(forge, plan, **address, HTTP_PROXY=forge.url)
    assert outcome.code == 0, outcome.err
    assert "warning: http://forge.test is spoken to without TLS" in outcome.err
    assert comment(forge, plan).err == ""
