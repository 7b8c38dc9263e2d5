"""The arguments of a use: what each parameter stands for, or what is wrong with the values given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.templates.body import Argument
from reconciler.manifests.templates.parameters import misfits, size_of
from reconciler.manifests.text import Speller, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.templates.entry import TemplatedEntry
    from reconciler.manifests.templates.reading import ReadTemplate


def read_arguments(
    entry: TemplatedEntry, template: ReadTemplate, speller: Speller
) -> tuple[dict[str, Argument], list[Diagnostic]]:
    """Give what each parameter stands for. With problems, some are missing or do not fit."""
    given, given_marks = entry.given, entry.given_marks
    problems, meant = _unknown(entry, template, speller)
    arguments: dict[str, Argument] = {}
    for name, schema in template.item.value.parameters.items():
        if name in given:
            problems += _misfitting(entry, template, name)
            arguments[name] = Argument(given[name], given_marks[name], size_of(given[name]))
        elif "default" in schema:
            arguments[name] = Argument(schema["default"], entry.place, size_of(schema["default"]))
        elif name not in meant:
            problems.append(_missing(entry, template, name))
    return arguments, problems


def _unknown(entry: TemplatedEntry, template: ReadTemplate, speller: Speller) -> tuple[list[Diagnostic], set[str]]:
    """Find values for parameters that there are not. Give also the parameters that were probably meant."""
    problems, meant = [], set()
    known = template.item.value.parameters
    listed = f"its parameters are {', '.join(map(shown, sorted(known)[:10]))}" if known else "it has no parameters"
    for name in entry.given:
        if name not in known:
            message = f"template {shown(template.item.value.name)} has no parameter {shown(name)}"
            suggested = speller.suggest(name, known.keys() - entry.given.keys())
            meant |= {suggested} if suggested is not None else set()
            hint = f"did you mean {shown(suggested)}?" if suggested is not None else listed
            span = entry.document.key_span(*entry.path, "with", name)
            related = (template.item.document.key_span("parameters" if known else "name"),)
            problems.append(error("unknown-parameter", message, span, hint=hint, related=related))
    return problems, meant


def _missing(entry: TemplatedEntry, template: ReadTemplate, name: str) -> Diagnostic:
    message = f"template {shown(template.item.value.name)} needs a value for its parameter {shown(name)}"
    span = entry.document.key_span(*entry.path, "with")
    related = (template.item.document.key_span("parameters", name),)
    hint = f"write `{name}:` and its value under `with:`"
    return error("missing-parameter", message, span, hint=hint, related=related)


def _misfitting(entry: TemplatedEntry, template: ReadTemplate, name: str) -> Iterator[Diagnostic]:
    schema = template.item.value.parameters[name]
    related = (template.item.document.key_span("parameters", name),)
    for path, said, hint in misfits(template.validators[name], name, schema, entry.given[name]):
        span = entry.document.span(*entry.path, "with", name, *path)
        yield error("bad-parameter", said, span, hint=hint, related=related)
