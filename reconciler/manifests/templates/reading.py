"""Templates that can be used, and what is wrong with those that cannot, as far as it shows without a use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import Diagnostic, error, has_errors, warning
from reconciler.manifests.checks import run_template_checks
from reconciler.manifests.loaded import SpaceDocument
from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.schemas.checks import check_document
from reconciler.manifests.space import read_space
from reconciler.manifests.templates.body import Argument, Body
from reconciler.manifests.templates.parameters import read_parameters
from reconciler.manifests.text import Speller, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from reconciler.manifests.loaded import TemplateDocument
    from reconciler.manifests.templates.parameters import Validators


@dataclass(frozen=True, slots=True)
class ReadTemplate:
    """A template, ready for use: its body, and a validator for each parameter."""

    item: TemplateDocument
    body: Body
    validators: Validators


def read_templates(
    items: Sequence[TemplateDocument], today: date
) -> tuple[dict[str, ReadTemplate | None], list[Diagnostic]]:
    """Make the templates ready, by name; None stands for one with errors, which the diagnostics tell."""
    found: dict[str, ReadTemplate | None] = {}
    problems: list[Diagnostic] = []
    for item in items:
        template, said = _read(item, today)
        problems += said
        found.setdefault(item.value.name, template)
    return found, problems


def _read(item: TemplateDocument, today: date) -> tuple[ReadTemplate | None, list[Diagnostic]]:
    body = Body(item.value.app)
    validators, problems = read_parameters(item.document, item.value.parameters)
    problems += [*_unknown_references(item, body), *_unused_parameters(item, body)]
    if not has_errors(problems):
        problems += _check_body(item, body, today)
    return None if has_errors(problems) else ReadTemplate(item, body, validators), problems


def _unknown_references(item: TemplateDocument, body: Body) -> Iterator[Diagnostic]:
    speller = Speller()
    known = item.value.parameters
    for path, name in body.references:
        if name not in known:
            span = item.document.span("app", *path, "parameter")
            hint = speller.did_you_mean(name, known) or "declare it under `parameters:`"
            message = f"template {shown(item.value.name)} has no parameter {shown(name)}"
            yield error("unknown-parameter", message, span, hint=hint)


def _unused_parameters(item: TemplateDocument, body: Body) -> Iterator[Diagnostic]:
    used = {name for _, name in body.references}
    for name in item.value.parameters:
        if name not in used:
            message = f"nothing in the template stands for the parameter {shown(name)}"
            hint = f"write {{parameter: {name}}} where its value belongs, or remove it"
            yield warning("unused-parameter", message, item.document.key_span("parameters", name), hint=hint)


def _check_body(item: TemplateDocument, body: Body, today: date) -> list[Diagnostic]:
    """Judge what the template says without a use, defaults included, as an app entry of a space."""
    document = item.document
    key_position, mark = document.mark[1]["app"]
    defaults = {
        name: Argument(schema["default"], document.mark[1]["parameters"][1][1][name][1][1]["default"][1], 0)
        for name, schema in item.value.parameters.items()
        if "default" in schema
    }
    app, (position, children) = body.fill_where_possible(defaults, mark)
    entry = {"name": item.value.name, **app}
    data: dict[str, Any] = {"apiVersion": "c2c/v1", "kind": "Space", "org": "-", "space": "-", "apps": [entry]}
    marked = (position, {"apps": (key_position, (position, [(position, children)]))})
    space = Document(document.file, data, mark=marked)
    problems = check_document("Space", space)
    return problems or run_template_checks(SpaceDocument(space, read_space(data)), today)
