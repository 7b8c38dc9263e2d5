"""What `cf network-policies` prints: any number of lists, each of the policies whose source is in one space.

The CLI pads columns with at least three blanks and escapes nothing. A row is read by these blanks, and accepted only if
every cell then begins where its heading does: names with blanks in odd places are refused, never guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import Diagnostic, Span, error, has_errors, warning
from reconciler.manifests.importing.declared import DeclaredPolicy, Reading, read_ports, read_protocol
from reconciler.manifests.parsing.reading import check_text
from reconciler.manifests.text import shown
from reconciler.model.names import AppRef, SpaceRef

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADINGS = ("source", "destination", "protocol", "ports", "destination space", "destination org")
PADDING = 3
"""Blanks between the widest cell of a column and the next column."""

_TITLE = re.compile(r"Listing network policies (in|of app) ")
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_CELL = re.compile("[^ ]+(?: {1,2}[^ ]+)*")
_NOISE = re.compile(" *|OK|[$>%#] .*")
"""What a copied terminal has around the lists: nothing, a verdict, a prompt with the command."""

_WRITE_IT = "declare this one by hand, or take a snapshot: `c2c snapshot` and `c2c export` name every app exactly"


class _Cell(NamedTuple):
    column: int
    text: str


@dataclass(slots=True)
class _List:
    """The list being read: its space, where its columns begin, how wide each is, and how wide its cells are."""

    home: SpaceRef | None
    starts: tuple[int, ...] = ()
    line: int = 0
    widest: list[int] = field(default_factory=list)


def read_cf_table(file: str, content: bytes, home: SpaceRef | None) -> Reading:
    """Read what `cf network-policies` prints. `home` is the space of a list whose first line is missing or unclear."""
    text = check_text(file, _COLOUR.sub(b"", content))
    if isinstance(text, Diagnostic):
        return Reading(diagnostics=(text,))
    reader = _Reader(file, home)
    for number, line in enumerate(text.decode().split("\n"), start=1):
        reader.read(number, line.removesuffix("\r"))
    reader.finish()
    if not reader.policies and not has_errors(reader.diagnostics):
        message = "no network policy is in this list"
        reader.diagnostics.append(warning("nothing-to-import", message, Span(file, 1, 1)))
    return Reading(policies=tuple(reader.policies), diagnostics=tuple(reader.diagnostics))


class _Reader:
    def __init__(self, file: str, home: SpaceRef | None) -> None:
        self._file = file
        self._home = home
        self._list: _List | None = None
        self.policies: list[DeclaredPolicy] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self, number: int, line: str) -> None:
        span = Span(self._file, number, 1)
        if _TITLE.match(line):
            self.finish()
            self._list = _List(self._space_of(line, span))
            return
        cells = [_Cell(_width(line[: found.start()]), found[0]) for found in _CELL.finditer(line)]
        if tuple(cell.text for cell in cells) == HEADINGS:
            self._head(span, cells)
        elif self._list is not None and self._list.starts and line.strip(" ") and not _is_verdict(cells):
            self._row(span, line, cells, self._list)
        elif not _NOISE.fullmatch(line) or (self._awaits_headings and line.strip(" ")):
            hint = f"keep the lists as they are printed, each with its line of headings: {', '.join(HEADINGS)}"
            self.diagnostics.append(error("unreadable-line", "this line is no part of a list", span, hint=hint))
        elif line.strip(" "):
            self.finish()

    @property
    def _awaits_headings(self) -> bool:
        """Whether a list has begun, of which only the first line was read: nothing but its headings can follow."""
        return self._list is not None and not self._list.starts

    def _space_of(self, line: str, span: Span) -> SpaceRef | None:
        """Read the space from a list's first line, if that can be read in one way only."""
        if self._home is not None and f" in org {self._home.org} / space {self._home.space} as " in line:
            return self._home
        _, *orgs = line.split(" in org ")
        names = orgs[0].removesuffix("...").split(" / space ") if len(orgs) == 1 else []
        users = names[1].split(" as ") if len(names) == len(SpaceRef._fields) else []
        if len(users) == 2 and names[0] and users[0]:  # noqa: PLR2004 - the space and the user
            return SpaceRef(names[0], users[0])
        message = "the names in this line can be read in more than one way"
        hint = "import this list alone, and name its space with --space ORG/SPACE"
        self.diagnostics.append(error("ambiguous-row", message, span, hint=hint))
        return None

    def _head(self, span: Span, cells: Sequence[_Cell]) -> None:
        if self._list is None or not self._awaits_headings:
            self.finish()
            self._list = _List(self._home)
            if self._home is None:
                hint = "keep the line `Listing network policies in org ... / space ...`, or give --space ORG/SPACE"
                message = "this list does not say of which space it is"
                self.diagnostics.append(error("no-space", message, span, hint=hint))
        self._list.starts = tuple(cell.column for cell in cells)
        self._list.line = span.line
        self._list.widest = [_width(heading) for heading in HEADINGS]

    def _row(self, span: Span, line: str, cells: Sequence[_Cell], table: _List) -> None:
        if tuple(cell.column for cell in cells) != table.starts or line.endswith(" "):
            message = f"this row cannot be read in one way: {shown(line)}"
            self.diagnostics.append(error("ambiguous-row", message, span, hint=_WRITE_IT))
            return
        table.widest = [max(old, _width(cell.text)) for old, cell in zip(table.widest, cells, strict=True)]
        source, destination, protocol, ports, space, org = (cell.text for cell in cells)
        read = (
            read_protocol(protocol, span._replace(column=table.starts[2] + 1)),
            read_ports(ports, span._replace(column=table.starts[3] + 1)),
        )
        self.diagnostics += [item for item in read if isinstance(item, Diagnostic)]
        if isinstance(read[0], Diagnostic) or isinstance(read[1], Diagnostic) or table.home is None:
            return
        ends = AppRef(*table.home, source), AppRef(org, space, destination)
        self.policies.append(DeclaredPolicy(span, *ends, read[0], read[1]))

    def finish(self) -> None:
        """End the list that is being read. Its columns should be exactly as wide as the CLI makes them."""
        table, self._list = self._list, None
        if table is None or not table.starts:
            return
        for heading, start, following, widest in zip(
            HEADINGS, table.starts, table.starts[1:], table.widest, strict=False
        ):
            if following - start != widest + PADDING:
                message = (
                    f"the column `{heading}` is wider than its names: rows are missing, or a name ends with a blank"
                )
                span = Span(self._file, table.line, start + 1)
                hint = "blanks at the end of a name cannot be seen in this list; check the names"
                self.diagnostics.append(warning("wide-column", message, span, hint=hint))


def _is_verdict(cells: Sequence[_Cell]) -> bool:
    """Say whether a line below a list is the terminal's again: a prompt and a command, or nothing but `OK`."""
    return len(cells) == 1 and _NOISE.fullmatch(cells[0].text) is not None


def _width(text: str) -> int:
    """Count terminal columns as the CLI does: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Mn", "Me"}
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
