"""What a CI job's environment says about its pull request. Nothing here comes from the plan: that may be anybody's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.errors import UsageError
from reconciler.forge.gitlab import WHO_MAY_WRITE
from reconciler.wire.files import read_regular
from reconciler.wire.urls import origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping

GITHUB_API = "https://api.github.com"
_EVENT_LIMIT = 64 * 2**20
_REPOSITORY = re.compile(r"(?!.*/\.{1,2}$)[A-Za-z0-9_-]+/[A-Za-z0-9._-]+", re.ASCII)
_PULL_REF = re.compile(r"refs/pull/([0-9]{1,12})/(?:merge|head)", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)
_NO_PULL_REQUEST = "this job is for no pull request, so there is none to comment on"
_NAME_ONE = "run it for pull requests only, or name one with --number"


class Head(NamedTuple):
    """Where a pull request's branch stands: whose it is, its name, its commit."""

    owner: str
    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class GitHubJob:
    """A job of GitHub Actions. Either `number` is known, or `head` leads to it."""

    api: str
    token: str = field(repr=False)
    repository: str
    number: int | None
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class GitLabJob:
    """A job of GitLab CI. `page` is the merge request's address for people."""

    api: str
    token: str = field(repr=False)
    project: int
    number: int
    page: str | None
    ca_file: Path | None


def github_job(environment: Mapping[str, str], *, number: int | None = None) -> GitHubJob:
    """Read the environment of a job of GitHub Actions. Raise UsageError for what is missing or not usable."""
    head = None
    api = _address(environment.get("GITHUB_API_URL") or GITHUB_API, "GITHUB_API_URL")
    token = _token(environment, "GITHUB_TOKEN", "in a workflow: `env: {GITHUB_TOKEN: ${{ github.token }}}`")
    repository = environment.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError("GITHUB_REPOSITORY does not name a repository", hint="it is OWNER/NAME")
    if number is None:
        event = _event(environment.get("GITHUB_EVENT_PATH"))
        number, head = _number_in(event), _head_in(event)
        found = _PULL_REF.fullmatch(environment.get("GITHUB_REF", ""))
        if number is None and found is not None:
            number = int(found[1])
    if number is None and head is None:
        raise UsageError(_NO_PULL_REQUEST, hint=_NAME_ONE)
    return GitHubJob(api, token, repository, number, head)


def gitlab_job(environment: Mapping[str, str], *, number: int | None = None) -> GitLabJob:
    """Read the environment of a job of GitLab CI. Raise UsageError for what is missing or not usable."""
    if not environment.get("CI_API_V4_URL"):
        raise UsageError("CI_API_V4_URL is not set", hint="it is the address of GitLab's API: https://HOST/api/v4")
    api = _address(environment["CI_API_V4_URL"], "CI_API_V4_URL")
    token = _token(environment, "GITLAB_TOKEN", WHO_MAY_WRITE)
    # A fork's pipeline runs in the fork; the merge request is in the project that it goes to.
    project = environment.get("CI_MERGE_REQUEST_PROJECT_ID") or environment.get("CI_PROJECT_ID", "")
    if not _NUMBER.fullmatch(project):
        raise UsageError("CI_PROJECT_ID does not name a project", hint="it is the project's number")
    named = str(number) if number is not None else environment.get("CI_MERGE_REQUEST_IID", "")
    if not _NUMBER.fullmatch(named):
        raise UsageError(_NO_PULL_REQUEST, hint=_NAME_ONE)
    home = environment.get("CI_MERGE_REQUEST_PROJECT_URL") or environment.get("CI_PROJECT_URL")
    page = f"{home}/-/merge_requests/{named}" if home else None
    authorities = environment.get("CI_SERVER_TLS_CA_FILE")
    return GitLabJob(api, token, int(project), int(named), page, Path(authorities) if authorities else None)


def _address(written: str, name: str) -> str:
    try:
        origin_of(written)
    except ValueError as problem:
        raise UsageError(f"{name} is not usable: {problem}") from None
    if "?" in written or "#" in written:
        raise UsageError(f"{name} is not usable: it has a query or a fragment")
    return written.rstrip("/")


def _token(environment: Mapping[str, str], name: str, hint: str) -> str:
    token = environment.get(name, "").strip()
    if not token:
        raise UsageError(f"{name} is not set", hint=hint)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(f"{name} is no token: it holds characters that none has", hint=hint)
    return token


def _event(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        found = json.loads(read_regular(Path(path), _EVENT_LIMIT))
    except (OSError, ValueError, RecursionError):
        raise UsageError(f"the event file {path} cannot be read as JSON", hint="GITHUB_EVENT_PATH names it") from None
    return found if isinstance(found, dict) else {}


def _number_in(event: dict[str, Any]) -> int | None:
    pull, issue = event.get("pull_request"), event.get("issue")
    if isinstance(pull, dict):
        return _whole(pull.get("number"))
    if isinstance(issue, dict) and isinstance(issue.get("pull_request"), dict):
        return _whole(issue.get("number"))
    return None


def _head_in(event: dict[str, Any]) -> Head | None:
    """Read where the branch stands from the event of a workflow that another one's end has started."""
    run = event.get("workflow_run")
    if not isinstance(run, dict) or run.get("event") not in {"pull_request", "pull_request_target"}:
        return None
    repository = run.get("head_repository")
    owner = repository.get("owner") if isinstance(repository, dict) else None
    login = owner.get("login") if isinstance(owner, dict) else None
    branch, commit = run.get("head_branch"), run.get("head_sha")
    if isinstance(login, str) and isinstance(branch, str) and isinstance(commit, str):
        return Head(login, branch, commit)
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
