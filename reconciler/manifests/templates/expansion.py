"""Expansion: a Space whose app entries use templates becomes one that holds what the templates give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.loaded import SpaceDocument, Use
from reconciler.manifests.parsing import marks
from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.schemas.checks import check_document
from reconciler.manifests.schemas.verdict import MAX_PROBLEMS, is_valid
from reconciler.manifests.space import read_space
from reconciler.manifests.templates.arguments import read_arguments
from reconciler.manifests.templates.entry import TemplatedEntry
from reconciler.manifests.templates.parameters import size_of
from reconciler.manifests.templates.places import point_to_templates
from reconciler.manifests.text import Speller, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.diagnostics import Span
    from reconciler.manifests.templates.reading import ReadTemplate

MAX_EXPANDED_VALUES = 2_000_000
"""How many values templates may add to one set of manifests: a small template, used often, could stand for billions."""

_SINGLE = ("trust",)
"""The keys of an app entry that hold one value; all others hold lists."""

_KEPT = ("name", "match", "routes")
"""What is still looked at in an entry whose template cannot be used. Of its ports and callers half would be missing."""


class Expander:
    """Expands one document after the other. `problems` are what was wrong with the uses.

    With `complete` false some templates could not be read, so that an unknown one may be among those.
    """

    def __init__(self, templates: Mapping[str, ReadTemplate | None], *, complete: bool) -> None:
        self.problems: list[Diagnostic] = []
        self._templates = templates
        self._listed = ", ".join(map(shown, sorted(templates)[:10]))
        self._complete = complete
        self._speller = Speller()
        self._left = MAX_EXPANDED_VALUES

    def read(self, document: Document) -> SpaceDocument:
        """Read a Space that fits its schema. An entry that cannot be expanded keeps only what is its own."""
        apps = document.data["apps"]
        position, children = document.mark
        key_position, (list_position, own_marks) = children["apps"]
        uses: dict[Span, Use] = {}
        entries, entry_marks = [], []
        for number, (data, mark) in enumerate(zip(apps, own_marks, strict=True)):
            entry = TemplatedEntry(document, number, data, mark)
            whole, whole_mark = self._expanded(entry, uses) if "template" in data else (data, mark)
            entries.append(whole)
            entry_marks.append(whole_mark)
        marked = (position, {**children, "apps": (key_position, (list_position, entry_marks))})
        expanded = Document(document.file, {**document.data, "apps": entries}, mark=marked)
        return SpaceDocument(expanded, read_space(expanded.data), uses)

    def _expanded(self, entry: TemplatedEntry, uses: dict[Span, Use]) -> tuple[dict[str, Any], marks.Mark]:
        found = self._filled(entry, uses)
        if found is not None and is_valid("Space", found[0], "#/$defs/app"):
            return found
        if found is not None and len(self.problems) <= MAX_PROBLEMS:
            place = entry.document.key_span(*entry.path)
            self.problems += _explained(entry, *found, {place: uses[place]})
        return {key: entry.data[key] for key in _KEPT if key in entry.data}, entry.mark

    def _filled(self, entry: TemplatedEntry, uses: dict[Span, Use]) -> tuple[dict[str, Any], marks.Mark] | None:
        template = self._template(entry)
        if template is None or not self._within_bounds(entry, size_of(entry.given)):
            return None
        arguments, problems = read_arguments(entry, template, self._speller)
        self.problems += problems
        if problems or not self._within_bounds(entry, template.body.size(arguments)):
            return None
        uses[entry.document.key_span(*entry.path)] = Use(template.item.document, entry.given_marks)
        return _merged(entry, *template.body.fill(arguments, entry.place))

    def _template(self, entry: TemplatedEntry) -> ReadTemplate | None:
        name = entry.data["template"]["name"]
        if name not in self._templates and self._complete:
            known = f"the templates are {self._listed}" if self._listed else "no document of kind Template was loaded"
            hint = self._speller.did_you_mean(name, self._templates) or known
            span = entry.document.span(*entry.path, "name")
            self.problems.append(error("unknown-template", f"there is no template {shown(name)}", span, hint=hint))
        return self._templates.get(name)

    def _within_bounds(self, entry: TemplatedEntry, more: int) -> bool:
        if self._left >= 0 > self._left - more:
            message = f"up to here templates give more than {MAX_EXPANDED_VALUES:,} values to the apps that use them"
            span = entry.document.key_span(*entry.path)
            hint = "use templates that give less, or load fewer spaces at once"
            self.problems.append(error("too-many-templated-values", message, span, hint=hint))
        self._left -= more
        return self._left >= 0


def _merged(
    entry: TemplatedEntry, filled: dict[str, Any], filled_marks: dict[str, marks.Mark]
) -> tuple[dict[str, Any], marks.Mark]:
    """Add an entry's own keys to what the template gives: lists are joined, a single value of the entry stands."""
    position, children = entry.mark
    data, merged = dict(entry.data), dict(children)
    for key, value in filled.items():
        mark, own = filled_marks[key], entry.data.get(key)
        if own is None or not (isinstance(value, list) or key in _SINGLE):
            # Also where it should be a list and is none: the schema says so, once the entry is held against it.
            data[key], merged[key] = value, (entry.place, mark)
        elif isinstance(value, list):
            key_position, own_mark = children[key]
            joined = [*_items(mark, len(value)), *_items(own_mark, len(own))]
            data[key], merged[key] = [*value, *own], (key_position, (marks.position(own_mark), joined))
    return data, (position, merged)


def _items(mark: marks.Mark, count: int) -> list[marks.Mark]:
    """Give a mark for every item of a list; all are the same where the list stands at one place as a whole."""
    return [mark] * count if isinstance(mark, int) else mark[1]


def _explained(
    entry: TemplatedEntry, data: dict[str, Any], mark: marks.Mark, uses: Mapping[Span, Use]
) -> list[Diagnostic]:
    """Say what is wrong with an expanded entry, as if it were the only one of its space."""
    position, children = entry.document.mark
    only = {**entry.document.data, "apps": [data]}
    alone = Document(entry.document.file, only, mark=(position, {**children, "apps": (0, (0, [mark]))}))
    return point_to_templates(check_document("Space", alone), uses)
