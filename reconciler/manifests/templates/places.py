"""The second place of a problem in what a template gave: the line of the template."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.manifests.parsing import marks
from reconciler.manifests.templates.body import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.diagnostics import Diagnostic, Span
    from reconciler.manifests.loaded import Use
    from reconciler.manifests.parsing.parsed import Document


def point_to_templates(problems: Iterable[Diagnostic], uses: Mapping[Span, Use]) -> list[Diagnostic]:
    """Add the template's line to every problem that lies where a template is used."""
    found = list(problems)
    if not found or not uses:
        return found
    lines = _lines(uses, {place.file for problem in found for place in _places(problem)})
    return [_pointed(problem, lines) for problem in found]


def _places(problem: Diagnostic) -> tuple[Span, ...]:
    return (problem.span, *problem.related) if problem.span else problem.related


def _pointed(problem: Diagnostic, lines: Mapping[Span, Span]) -> Diagnostic:
    more = dict.fromkeys(lines[place] for place in _places(problem) if place in lines)
    return replace(problem, related=(*problem.related, *more)) if more else problem


def _lines(uses: Mapping[Span, Use], files: set[str]) -> dict[Span, Span]:
    """Give the template's line for every place at which one is used, and for the values given there."""
    lines: dict[Span, Span] = {}
    told: dict[int, dict[str, Span]] = {}
    for place, use in uses.items():
        if place.file in files:
            lines[place] = use.template.key_span("app")
            spots = told.setdefault(id(use.template), {})
            if not spots:
                spots.update(_spots(use.template))
            for name, mark in use.values.items():
                for position in marks.below(mark):
                    lines.setdefault(marks.unpack(place.file, position), spots.get(name, lines[place]))
    return lines


def _spots(template: Document) -> Iterator[tuple[str, Span]]:
    """Give the place where each parameter is used; the first one if there are several."""
    for path, name in reversed(list(references(template.data["app"]))):
        yield name, template.span("app", *path)
