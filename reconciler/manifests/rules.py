"""Guardrails, waivers and expectations as values of the model, each with its place. To be made of what has no error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.selectors import parse_selector
from reconciler.model.expectation import Expectation, OnlyFrom, Reach
from reconciler.model.guardrail import RESERVED_PREFIX, Enforcement, Expression, Guardrail, Limits, Match, Waiver
from reconciler.model.selection import EVERY_APP, AppSelection

if TYPE_CHECKING:
    from reconciler.diagnostics import Span
    from reconciler.manifests.documents import AppsWritten, Clause, LimitsWritten, MatchWritten
    from reconciler.manifests.loaded import (
        Documents,
        ExpectationDocument,
        GuardrailDocument,
        TemplateDocument,
        WaiverDocument,
    )
    from reconciler.manifests.parsed import Document


def guardrails_of(documents: Documents) -> tuple[Guardrail, ...]:
    """Give the guardrails, and after them those that the limits of templates are."""
    limited = [item for item in documents.templates if item.value.limits is not None]
    return (*map(_guardrail, documents.guardrails), *map(_template_guardrail, limited))


def expressions_of(documents: Documents) -> tuple[Expression, ...]:
    """Give what `guardrails_of` gives as expressions, also where something else is wrong."""
    written = [(item.value.name, item.value.limits, item.document) for item in documents.guardrails]
    limited = [(RESERVED_PREFIX + item.value.name, item.value.limits, item.document) for item in documents.templates]
    return tuple(
        Expression(name, limits.expression, document.span("limits", "expression"))
        for name, limits, document in (*written, *limited)
        if limits is not None and limits.expression is not None
    )


def waivers_of(documents: Documents) -> tuple[Waiver, ...]:
    """Give the waivers, ended ones too: the day of a judgement decides."""
    return tuple(map(_waiver, documents.waivers))


def expectations_of(documents: Documents) -> tuple[Expectation, ...]:
    """Give the expectations."""
    return tuple(map(_expectation, documents.expectations))


def _guardrail(item: GuardrailDocument) -> Guardrail:
    written = item.value
    return Guardrail(
        name=written.name,
        enforcement=written.enforcement,
        match=_match(written.match),
        limits=_limits(written.limits),
        origin=item.document.span("name"),
        description=written.description,
        introduced=written.baseline is not None,
        places=_places(item.document),
    )


def _template_guardrail(item: TemplateDocument) -> Guardrail:
    """Make the guardrail that binds what uses a template: it denies, and covers old and new alike."""
    written = item.value
    limits = Limits() if written.limits is None else _limits(written.limits)
    return Guardrail(
        name=RESERVED_PREFIX + written.name,
        enforcement=Enforcement.DENY,
        match=Match(destination=AppSelection(template=(written.name,))),
        limits=limits,
        origin=item.document.key_span("limits"),
        description=written.description,
        places=_places(item.document),
    )


def _places(document: Document) -> dict[str, Span]:
    return {key: document.span("limits", key) for key in document.data["limits"]}


def _limits(written: LimitsWritten) -> Limits:
    return Limits(*(getattr(written, name) for name in Limits._fields))


def _match(written: MatchWritten) -> Match:
    return Match(_selection(written.source), _selection(written.destination))


def _waiver(item: WaiverDocument) -> Waiver:
    written = item.value
    return Waiver(
        name=written.name,
        guardrail=written.guardrail,
        match=_match(written.match),
        why=written.why,
        until=written.until,
        origin=item.document.span("name"),
        owner=written.owner,
    )


def _expectation(item: ExpectationDocument) -> Expectation:
    expect = tuple(
        _clause(clause, item.document.span("expect", number)) for number, clause in enumerate(item.value.expect)
    )
    return Expectation(item.value.name, expect, item.document.span("name"), item.value.description)


def _clause(written: Clause, origin: Span) -> Reach | OnlyFrom:
    destinations, through = _selection(written.to), written.via == "any"
    if written.only_from is not None:
        sources = tuple(map(_apps, written.only_from))
        return OnlyFrom(destinations, sources, origin, written.port, written.protocol, through)
    allowed = written.allowed is True
    return Reach(_selection(written.sources), destinations, allowed, origin, written.port, written.protocol, through)


def _selection(written: tuple[AppsWritten, ...] | None) -> AppSelection:
    if written is None:
        return EVERY_APP
    first, *others = map(_apps, written)
    return first._replace(others=tuple(others))


def _apps(written: AppsWritten) -> AppSelection:
    labels = tuple(map(parse_selector, written.labels))
    return AppSelection(written.org, written.space, written.app, written.zone, labels)
