"""Guardrails, waivers and expectations: the selectors, ranges and names in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import Diagnostic, error, warning
from reconciler.manifests.selectors import parse_selector
from reconciler.manifests.text import Speller, shown
from reconciler.model.guardrail import RESERVED_PREFIX
from reconciler.model.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.diagnostics import Span
    from reconciler.manifests.documents import AppsWritten, LimitsWritten
    from reconciler.manifests.loaded import Documents
    from reconciler.manifests.parsing.parsed import Document
    from reconciler.model.ports import PortRange

    Path = tuple[str | int, ...]

_MAX_LISTED = 10
_BUILT_IN = frozenset(rule.code for rule in RULES)


def bad_guardrail_selectors(documents: Documents) -> Iterator[Diagnostic]:
    """Find label selectors that Cloud Controller would not take."""
    for document, apps, path in _selections(documents):
        written = _at(document.data, path)
        labels = written["labels"] if isinstance(written, dict) and apps.labels else ()
        for number, text in enumerate(apps.labels):
            try:
                parse_selector(text)
            except ValueError as problem:
                place = (*path, "labels", number) if isinstance(labels, list) else (*path, "labels")
                hint = "write for example tier=web,!legacy or `env in (prod,stage)`"
                yield error("bad-selector", str(problem), document.span(*place), hint=hint)


def _selections(documents: Documents) -> Iterator[tuple[Document, AppsWritten, Path]]:
    """Give every naming of apps, with the path at which it stands."""
    matches = [(item.document, item.value.match) for item in documents.guardrails]
    matches += [(item.document, item.value.match) for item in documents.waivers]
    for document, match in matches:
        yield from _each(document, match.source, ("match", "source"))
        yield from _each(document, match.destination, ("match", "destination"))
    for expectation in documents.expectations:
        for number, clause in enumerate(expectation.value.expect):
            for key, apps in (("from", clause.sources), ("to", clause.to), ("only_from", clause.only_from)):
                yield from _each(expectation.document, apps, ("expect", number, key))


def _each(
    document: Document, apps: tuple[AppsWritten, ...] | None, path: Path
) -> Iterator[tuple[Document, AppsWritten, Path]]:
    for number, one in enumerate(apps or ()):
        yield document, one, (*path, number) if isinstance(_at(document.data, path), list) else path


def _at(data: Any, path: Path) -> Any:  # noqa: ANN401 - any data
    for step in path:
        data = data[step]
    return data


def backwards_ranges(documents: Documents) -> Iterator[Diagnostic]:
    """Find ranges whose end comes before their start."""
    for document, limits in _limits(documents):
        for number, ports in enumerate(limits.ports or ()):
            yield from _backwards(ports, document.span("limits", "ports", number))
    for item in documents.expectations:
        for number, clause in enumerate(item.value.expect):
            if clause.port is not None:
                yield from _backwards(clause.port, item.document.span("expect", number, "port"))


def _backwards(ports: PortRange, span: Span) -> Iterator[Diagnostic]:
    start, end = ports
    if start > end:
        yield error("backwards-range", f"the range {start}-{end} runs backwards", span, hint=f"write {end}-{start}")


def _limits(documents: Documents) -> Iterator[tuple[Document, LimitsWritten]]:
    for guardrail in documents.guardrails:
        yield guardrail.document, guardrail.value.limits
    for template in documents.templates:
        if template.value.limits is not None:
            yield template.document, template.value.limits


def unknown_guardrails(documents: Documents) -> Iterator[Diagnostic]:
    """Find waivers for guardrails that do not exist. The limits of a template are a guardrail too."""
    known = {item.value.name for item in documents.guardrails}
    known |= {RESERVED_PREFIX + item.value.name for item in documents.templates if item.value.limits is not None}
    listed = f"the guardrails are {_listed(known)}" if known else "no document of kind Guardrail was loaded"
    speller = Speller()
    for item in documents.waivers:
        name = item.value.guardrail
        if name not in known and name not in _BUILT_IN:
            hint = speller.did_you_mean(name, known | _BUILT_IN) or listed
            yield error(
                "unknown-guardrail", f"there is no guardrail {shown(name)}", item.document.span("guardrail"), hint=hint
            )


def waivers_beside_spaces(documents: Documents) -> Iterator[Diagnostic]:
    """Find waivers in files that also hold a Space: who may change the grants there may let them pass as well."""
    shared = {item.document.file for item in documents.spaces}
    for item in documents.waivers:
        if item.document.file in shared:
            yield warning(
                "waiver-beside-space",
                "this waiver stands in the file of a Space: "
                "whoever may change the grants there may waive what they break",
                item.document.span(),
                hint="keep waivers in files that the owners of the guardrails review",
            )


def unknown_templates(documents: Documents) -> Iterator[Diagnostic]:
    """Find limits that ask for templates that do not exist: nothing could ever keep to them."""
    known = {item.value.name for item in documents.templates}
    listed = f"the templates are {_listed(known)}" if known else "no document of kind Template was loaded"
    speller = Speller()
    for document, limits in _limits(documents):
        for number, name in enumerate(limits.template or ()):
            if name not in known:
                hint = speller.did_you_mean(name, known) or listed
                span = document.span("limits", "template", number)
                yield error("unknown-template", f"there is no template {shown(name)}", span, hint=hint)


def _listed(names: set[str]) -> str:
    return ", ".join(map(shown, sorted(names)[:_MAX_LISTED]))
