from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.errors import UsageError
from reconciler.forge.job import Head, github_job, gitlab_job

GITHUB = {"GITHUB_TOKEN": "ghs_secret", "GITHUB_REPOSITORY": "acme/net.policies"}
GITLAB = {"GITLAB_TOKEN": "glpat-secret", "CI_API_V4_URL": "https://gitlab.test/api/v4", "CI_PROJECT_ID": "5"}
RUN = {
    "event": "pull_request",
    "head_branch": "feature",
    "head_sha": "abc",
    "head_repository": {"owner": {"login": "mallory"}},
    "pull_requests": [],
}


@pytest.fixture
def event(tmp_path):
    def write(content):
        path = tmp_path / "event.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return GITHUB | {"GITHUB_EVENT_PATH": str(path)}

    return write


class TestGitHub:
    @pytest.mark.parametrize(
        "content",
        [{"pull_request": {"number": 12}, "number": 3}, {"issue": {"number": 12, "pull_request": {"url": "x"}}}],
    )
    def test_the_event_names_the_pull_request(self, event, content):
        job = github_job(event(content))
        assert (job.api, job.repository, job.number) == ("https://api.github.com", "acme/net.policies", 12)

    def test_the_ref_does_too(self):
        assert github_job(GITHUB | {"GITHUB_REF": "refs/pull/12/merge"}).number == 12

    def test_a_number_comes_first_and_needs_no_event(self, event):
        assert github_job(event({"pull_request": {"number": 12}}), number=3).number == 3
        assert github_job(GITHUB | {"GITHUB_EVENT_PATH": "/nowhere"}, number=3).number == 3

    def test_a_workflow_after_another_has_the_head_of_the_branch(self, event):
        job = github_job(event({"workflow_run": RUN}))
        assert (job.number, job.head) == (None, Head("mallory", "feature", "abc"))

    @pytest.mark.parametrize(
        "content",
        [
            {},
            [],
            {"pull_request": {"number": "12"}},
            {"pull_request": {"number": True}},
            {"pull_request": {"number": -1}},
            {"pull_request": 12},
            {"issue": {"number": 12}},
            {"workflow_run": RUN | {"event": "push"}},
            {"workflow_run": RUN | {"head_repository": None}},
            {"ref": "refs/heads/main"},
        ],
    )
    def test_an_event_without_one_is_said_to_be_so(self, event, content):
        with pytest.raises(UsageError, match="no pull request"):
            github_job(event(content) | {"GITHUB_REF": "refs/heads/main"})

    @pytest.mark.parametrize("content", ["{", "\x00", "[" * 100_000])
    def test_an_event_file_that_cannot_be_read(self, event, content):
        with pytest.raises(UsageError, match="cannot be read"):
            github_job(event(content))

    @pytest.mark.parametrize("name", ["", "acme", "acme/..", "acme/net/../../x", "acme/n?x", "a b/c", "/net", "acme/"])
    def test_a_repository_that_is_none(self, name):
        with pytest.raises(UsageError, match="GITHUB_REPOSITORY"):
            github_job(GITHUB | {"GITHUB_REPOSITORY": name}, number=1)

    @pytest.mark.parametrize("token", ["", "  ", "a\nb: c", "a b", "ö"])
    def test_a_token_that_is_none(self, token):
        with pytest.raises(UsageError, match="GITHUB_TOKEN"):
            github_job(GITHUB | {"GITHUB_TOKEN": token}, number=1)

    @pytest.mark.parametrize("api", ["ftp://x", "https://user:pw@x", "https://x/?q", "https://", "x"])
    def test_an_address_that_is_none(self, api):
        with pytest.raises(UsageError, match="GITHUB_API_URL") as caught:
            github_job(GITHUB | {"GITHUB_API_URL": api}, number=1)
        assert "pw" not in str(caught.value)


class TestGitLab:
    def test_the_merge_request_of_the_job(self):
        home = "https://gitlab.test/acme/net"
        job = gitlab_job(GITLAB | {"CI_MERGE_REQUEST_IID": "12", "CI_PROJECT_URL": home})
        assert (job.project, job.number, job.page) == (5, 12, f"{home}/-/merge_requests/12")

    def test_a_forks_pipeline_comments_where_the_merge_request_is(self):
        assert gitlab_job(GITLAB | {"CI_MERGE_REQUEST_IID": "12", "CI_MERGE_REQUEST_PROJECT_ID": "3"}).project == 3

    def test_the_authorities_of_the_server_are_trusted(self):
        job = gitlab_job(GITLAB | {"CI_SERVER_TLS_CA_FILE": "/ca.pem"}, number=1)
        assert job.ca_file == Path("/ca.pem")

    @pytest.mark.parametrize("named", ["", "0", "x", "1/../../user"])
    def test_no_merge_request(self, named):
        with pytest.raises(UsageError, match="no pull request"):
            gitlab_job(GITLAB | {"CI_MERGE_REQUEST_IID": named})

    def test_the_token_of_a_job_cannot_write_notes(self):
        environment = {**GITLAB, "GITLAB_TOKEN": "", "CI_JOB_TOKEN": "glcbt-x"}
        with pytest.raises(UsageError, match="GITLAB_TOKEN") as caught:
            gitlab_job(environment, number=1)
        assert "CI_JOB_TOKEN" in caught.value.hint

    @pytest.mark.parametrize(("name", "value"), [("CI_PROJECT_ID", "acme/net"), ("CI_API_V4_URL", "")])
    def test_what_is_missing(self, name, value):
        with pytest.raises(UsageError, match=name):
            gitlab_job(GITLAB | {name: value}, number=1)


@pytest.mark.parametrize("job", [github_job(GITHUB, number=1), gitlab_job(GITLAB, number=1)])
def test_no_job_shows_its_token(job):
    assert "secret" not in repr(job)
