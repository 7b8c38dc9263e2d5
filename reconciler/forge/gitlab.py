"""The notes of a merge request on GitLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.forge.comment import Comment
from reconciler.forge.exchange import Access, Call
from reconciler.forge.paging import listed
from reconciler.wire.attempts import Effect
from reconciler.wire.secrecy import Secrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.forge.exchange import Answer
    from reconciler.forge.http import Http

ROOM = 1_000_000
"""Characters of a note. Source: gitlab `app/models/note.rb`."""

WHO_MAY_WRITE = (
    "make a project access token with the scope `api` and the role Reporter or higher, and give it to the job as the "
    "masked variable GITLAB_TOKEN; the job's own CI_JOB_TOKEN may read notes but not write them"
)
HINTS = {
    401: f"GITLAB_TOKEN is not valid here, or no longer; {WHO_MAY_WRITE}",
    403: f"the token may not comment there; {WHO_MAY_WRITE}",
    404: f"there is no such merge request, or the token may not see it; {WHO_MAY_WRITE}",
}


def gitlab_access(api: str, token: str, *, ca_file: Path | None = None) -> Access:
    """Say how to reach GitLab. `api` is such as https://gitlab.com/api/v4."""
    return Access("GitLab", api.rstrip("/"), {"PRIVATE-TOKEN": token}, Secrets(token), HINTS, ca_file)


class GitLab:
    """The notes of one merge request. `page` is its address for people."""

    room = ROOM

    def __init__(self, http: Http, project: int, number: int, page: str | None = None) -> None:
        self._http = http
        self._notes = f"/projects/{project}/merge_requests/{number}/notes"
        self._page = page
        self._me: int | None = None

    def comments(self) -> Iterator[Comment]:
        """Give every note that a person or a token wrote, oldest first."""
        query = "per_page=50&sort=asc&order_by=created_at&activity_filter=only_comments"
        for answer, item in listed(self._http, self._notes, query):
            if not (isinstance(item, dict) and item.get("system") is True):
                yield self._comment(answer, item)

    def is_mine(self, comment: Comment) -> bool:
        """Say whether the caller wrote a note."""
        if self._me is None:
            answer = self._http.send(Call("GET", "/user"))
            found = answer.json()
            if not isinstance(found, dict) or not isinstance(found.get("id"), int):
                raise answer.unexpected("does not say who the caller is")
            self._me = int(found["id"])
        return comment.author == self._me

    def create(self, body: str) -> Comment:
        """Write a new note."""
        return self._sent(Call("POST", self._notes, {"body": body}, Effect.ONCE))

    def update(self, comment: Comment, body: str) -> Comment:
        """Give a note another text."""
        return self._sent(Call("PUT", f"{self._notes}/{comment.id}", {"body": body}, Effect.REPEATABLE))

    def delete(self, comment: Comment) -> None:
        """Take a note away."""
        self._http.send(Call("DELETE", f"{self._notes}/{comment.id}", None, Effect.REPEATABLE))

    def _sent(self, call: Call) -> Comment:
        answer = self._http.send(call)
        return self._comment(answer, answer.json())

    def _comment(self, answer: Answer, item: object) -> Comment:
        if not isinstance(item, dict) or not isinstance(item.get("id"), int):
            raise answer.unexpected("holds something that is no note")
        author = item.get("author")
        person = author if isinstance(author, dict) else {}
        number, login, body = person.get("id"), person.get("username"), item.get("body")
        return Comment(
            id=item["id"],
            body=body if isinstance(body, str) else "",
            url=f"{self._page}#note_{item['id']}" if self._page else "",
            author=number if isinstance(number, int) else None,
            login=login if isinstance(login, str) else None,
        )
