"""The comments of a pull request on GitHub, or on a GitHub Enterprise Server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from reconciler.errors import AuthorizationError, NotFoundError, RejectedError, UnexpectedAnswerError, UsageError
from reconciler.forge.comment import Comment
from reconciler.forge.exchange import Access, Call
from reconciler.forge.paging import listed
from reconciler.wire.attempts import Effect
from reconciler.wire.secrecy import Secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.forge.exchange import Answer
    from reconciler.forge.http import Http

ROOM = 65_000
"""Characters of a comment, somewhat below the 65,536 at which GitHub says 422 and "body is too long"."""

JOB_LOGIN = "github-actions[bot]"
"""Who comments with the token of a job."""

_FORBIDDEN = (
    "the token needs to write to pull requests: in a workflow `permissions: {pull-requests: write}`; a pull request "
    "from a fork gets a token that only reads, see docs/forks.md"
)
HINTS = {
    401: "GITHUB_TOKEN is not valid here, or no longer; the token of a job ends with its job",
    403: _FORBIDDEN,
    404: f"there is no such pull request, or the token may not see it; {_FORBIDDEN}",
    410: "comments are switched off there",
}
_VIEWER = "query { viewer { login databaseId } }"


def github_access(api: str, token: str) -> Access:
    """Say how to reach GitHub. `api` is such as https://api.github.com or https://ghe.example.com/api/v3."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return Access("GitHub", api.rstrip("/"), headers, Secrets(token), HINTS)


class GitHub:
    """The comments of one pull request of `owner/name`. `api` is the address of the access."""

    room = ROOM

    def __init__(self, http: Http, api: str, repository: str, number: int) -> None:
        self._http = http
        self._api = api
        self._issues = f"/repos/{repository}/issues"
        self._number = number
        self._me: tuple[int | None, str] | None = None

    def comments(self) -> Iterator[Comment]:
        """Give every comment, oldest first."""
        for answer, item in listed(self._http, f"{self._issues}/{self._number}/comments", "per_page=100"):
            yield _comment(answer, item)

    def is_mine(self, comment: Comment) -> bool:
        """Say whether the caller wrote a comment. Numbers of accounts count more than their names."""
        if self._me is None:
            self._me = self._whoami()
        number, login = self._me
        return comment.author == number if number is not None else comment.login == login

    def create(self, body: str) -> Comment:
        """Write a new comment."""
        call = Call("POST", f"{self._issues}/{self._number}/comments", {"body": body}, Effect.ONCE)
        return self._sent(call)

    def update(self, comment: Comment, body: str) -> Comment:
        """Give a comment another text."""
        call = Call("PATCH", f"{self._issues}/comments/{comment.id}", {"body": body}, Effect.REPEATABLE)
        return self._sent(call)

    def delete(self, comment: Comment) -> None:
        """Take a comment away."""
        self._http.send(Call("DELETE", f"{self._issues}/comments/{comment.id}", None, Effect.REPEATABLE))

    def _sent(self, call: Call) -> Comment:
        answer = self._http.send(call)
        return _comment(answer, answer.json())

    def _whoami(self) -> tuple[int | None, str]:
        """Find out whose token it is.

        The token of a job, and of any app, may not ask `/user`; GraphQL tells it who it is. Where that is switched
        off, only the job's own account is left.
        """
        try:
            user = self._http.send(Call("GET", "/user")).json()
        except (AuthorizationError, NotFoundError):
            user = self._viewer()
        if not isinstance(user, dict) or not isinstance(user.get("login"), str):
            return None, JOB_LOGIN
        number = user.get("id", user.get("databaseId"))
        return (number if isinstance(number, int) else None), user["login"]

    def _viewer(self) -> Any:  # noqa: ANN401 - any JSON value
        address = self._api.removesuffix("/v3")
        try:
            asked = Call("POST", "/graphql", {"query": _VIEWER}, Effect.READ)
            answered = self._http.send(asked, api=address).json()
            return answered["data"]["viewer"]
        except (AuthorizationError, NotFoundError, RejectedError, UnexpectedAnswerError, KeyError, TypeError):
            return None


def pull_request_of(http: Http, repository: str, owner: str, branch: str, commit: str) -> int:
    """Find the open pull request whose branch stands at a commit. Raise UsageError when there is not exactly one.

    A fork's commits lead to no pull request by themselves, so it is looked up by its branch.
    """
    query = urlencode({"state": "open", "head": f"{owner}:{branch}", "per_page": 100})
    found = {
        item["number"]
        for _, item in listed(http, f"/repos/{repository}/pulls", query)
        if isinstance(item, dict) and _head(item) == commit and isinstance(item.get("number"), int)
    }
    if len(found) != 1:
        raise UsageError(
            f"{len(found) or 'no'} open pull requests of this branch stand at the commit that was planned",
            hint="it was closed or has moved on since; or name one with --number",
        )
    return int(found.pop())


def _head(pull: dict[str, Any]) -> object:
    head = pull.get("head")
    return head.get("sha") if isinstance(head, dict) else None


def _comment(answer: Answer, item: object) -> Comment:
    if not isinstance(item, dict) or not isinstance(item.get("id"), int):
        raise answer.unexpected("holds something that is no comment")
    user = item.get("user")
    author = user if isinstance(user, dict) else {}
    body, url, number, login = item.get("body"), item.get("html_url"), author.get("id"), author.get("login")
    return Comment(
        id=item["id"],
        body=body if isinstance(body, str) else "",
        url=url if isinstance(url, str) else "",
        author=number if isinstance(number, int) else None,
        login=login if isinstance(login, str) else None,
    )
