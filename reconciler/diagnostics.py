"""What is wrong with the input, as values: collected, sorted and reported all at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Protocol, Self


class Severity(StrEnum):
    """How much a diagnostic weighs: an error refuses the input, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Span(NamedTuple):
    """A place in a file. Lines and columns count from 1; columns count characters, not bytes."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Give the form that terminals and editors turn into a link."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def span(self) -> Self:
        """The place itself, as for every `Place`."""
        return self

    def moved(self, old: str, new: str) -> Self:
        """Give the place where the file goes by another name: what it begins with, `old`, is called `new`."""
        return self._replace(file=new + self.file.removeprefix(old).lstrip("/")) if self.file.startswith(old) else self


class Place(Protocol):
    """A place in a file that is worked out when somebody asks: of hundreds of thousands, few are ever shown."""

    @property
    def span(self) -> Span:
        """The place."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in the input.

    `code` is stable, lower-case with hyphens, and what people search for. `message` says what is wrong,
    `hint` what to write instead. `related` are other places that take part, such as the first of two
    conflicting claims. Text may carry whatever the input held: escape it where it is shown.
    """

    severity: Severity
    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    related: tuple[Span, ...] = ()

    @property
    def sort_key(self) -> tuple[Span, str, str]:
        """Order by position, then code and message, so that reports are the same on every run."""
        return (self.span or Span("", 0, 0), self.code, self.message)

    def moved(self, old: str, new: str) -> Self:
        """Give the problem with all its places moved."""
        span = None if self.span is None else self.span.moved(old, new)
        return replace(self, span=span, related=tuple(one.moved(old, new) for one in self.related))


def error(
    code: str, message: str, span: Span | None = None, *, hint: str | None = None, related: tuple[Span, ...] = ()
) -> Diagnostic:
    """Make a diagnostic that refuses the input."""
    return Diagnostic(Severity.ERROR, code, message, span, hint, related)


def warning(
    code: str, message: str, span: Span | None = None, *, hint: str | None = None, related: tuple[Span, ...] = ()
) -> Diagnostic:
    """Make a diagnostic that is shown and refuses nothing."""
    return Diagnostic(Severity.WARNING, code, message, span, hint, related)


def has_errors(diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> bool:
    """Say whether any of the diagnostics refuses the input."""
    return any(item.severity is Severity.ERROR for item in diagnostics)
