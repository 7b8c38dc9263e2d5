"""The one comment: found by its marker and its author, then written, or left when it says the same already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from reconciler.errors import NotFoundError, PlatformError, UsageError
from reconciler.forge.failures import TooLongError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAME = re.compile(r"[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*", re.ASCII)
_LONGEST_NAME = 100
_SHORTEST_ROOM = 4_000
_COMMAND = re.compile(r"^([^\S\n]*)/", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request. `author` is the number of the account, `login` its name; `url` is for people."""

    id: int
    body: str
    url: str
    author: int | None
    login: str | None


class Action(StrEnum):
    """What became of the comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Published:
    """The comment as it is now, and what was done for it."""

    action: Action
    comment: Comment


class Forge(Protocol):
    """The comments of one pull request, as one caller. `room` is how many characters one may have.

    Every method raises a PlatformError when the forge does not do as asked, TooLongError for a text that is too long
    for it.
    """

    room: int

    def comments(self) -> Iterator[Comment]:
        """Give every comment, oldest first."""

    def is_mine(self, comment: Comment) -> bool:
        """Say whether the caller wrote a comment."""

    def create(self, body: str) -> Comment:
        """Write a new comment."""

    def update(self, comment: Comment, body: str) -> Comment:
        """Give a comment another text."""

    def delete(self, comment: Comment) -> None:
        """Take a comment away."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What tells the comments of several plans apart: a name of letters, digits and single `.`, `_`, `/` or `-`."""

    name: str

    def __post_init__(self) -> None:
        """Raise UsageError for a name that could end the marker early."""
        if len(self.name) > _LONGEST_NAME or not _NAME.fullmatch(self.name):
            raise UsageError(
                "this marker cannot be used",
                hint=f"letters and digits, single . _ / or - between them, {_LONGEST_NAME} characters at most",
            )

    @property
    def line(self) -> str:
        """The first line of the comment. No page shows it."""
        return f"<!-- c2c comment: {self.name} -->"

    def begins(self, body: str) -> bool:
        """Say whether a text begins with this marker. Further down it may be a quotation."""
        return _settled(body).split("\n", 1)[0] == self.line


def publish(forge: Forge, marker: Marker, render: Callable[[int], str]) -> Published:
    """Make the comment with this marker say what `render` gives for so many characters, counted safely in bytes.

    Only comments that the caller wrote count, whatever others say. If two runs at once have made two, the older stays.
    """
    own = _own(forge, marker)
    room = forge.room
    while True:
        body = _composed(marker, render, room)
        try:
            published = _written(forge, marker, own, body)
            break
        except TooLongError:
            room //= 2
            if room < _SHORTEST_ROOM:
                raise
    for other in own[1:]:
        _taken_away(forge, other)
    return published


def _own(forge: Forge, marker: Marker) -> list[Comment]:
    # Whose it is may take a call to find out, so the marker is looked at first.
    found = [comment for comment in forge.comments() if marker.begins(comment.body) and forge.is_mine(comment)]
    return sorted(found, key=lambda comment: comment.id)


def _written(forge: Forge, marker: Marker, own: list[Comment], body: str) -> Published:
    if not own:
        return Published(Action.CREATED, _created(forge, marker, body))
    comment = own[0]
    if _settled(comment.body) == _settled(body):
        return Published(Action.UNCHANGED, comment)
    try:
        return Published(Action.UPDATED, forge.update(comment, body))
    except NotFoundError:
        # Somebody has deleted it since it was listed.
        return Published(Action.CREATED, _created(forge, marker, body))


def _created(forge: Forge, marker: Marker, body: str) -> Comment:
    try:
        return forge.create(body)
    except PlatformError as problem:
        if not problem.outcome_unknown:
            raise
    # Nobody knows whether it is there: look before writing it a second time.
    there = [comment for comment in _own(forge, marker) if _settled(comment.body) == _settled(body)]
    return there[0] if there else forge.create(body)


def _taken_away(forge: Forge, comment: Comment) -> None:
    try:
        forge.delete(comment)
    except NotFoundError:
        return


def _composed(marker: Marker, render: Callable[[int], str], room: int) -> str:
    left = budget = room - len(marker.line) - 1
    text = _without_commands(render(budget))
    while len(text) > left and budget > 0:
        budget //= 2
        text = _without_commands(render(budget))
    return f"{marker.line}\n{text}"


def _without_commands(text: str) -> str:
    """Escape a slash that begins a line: GitLab carries `/merge` and the like out, as the caller."""
    return _COMMAND.sub(r"\1\\/", text)


def _settled(text: str) -> str:
    """Give a text as forges may store it: with one kind of line end, nothing around it."""
    return text.replace("\r\n", "\n").strip()
