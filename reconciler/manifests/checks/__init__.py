"""What a schema cannot say. Every check is a function from the documents to diagnostics; this is the whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.checks.claims import (
    apps_claimed_twice,
    conflicting_zones,
    duplicate_apps,
    spaces_claimed_twice,
)
from reconciler.manifests.checks.dates import ended_grants, ended_plaintext, ended_waivers
from reconciler.manifests.checks.grants import bad_selectors, unknown_ports
from reconciler.manifests.checks.guardrails import (
    backwards_ranges,
    bad_guardrail_selectors,
    unknown_guardrails,
    unknown_templates,
    waivers_beside_spaces,
)
from reconciler.manifests.checks.names import duplicate_names
from reconciler.manifests.checks.ports import automatic_without_route, port_problems
from reconciler.manifests.checks.references import misspelt_sources
from reconciler.manifests.checks.routes import duplicate_routes, unknown_domains
from reconciler.manifests.checks.scope import foreign_spaces, several_foundations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from datetime import date

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Documents, SpaceDocument

_PER_TEMPLATE = (bad_selectors, port_problems)
_PER_SPACE = (unknown_ports, automatic_without_route, *_PER_TEMPLATE)
_ACROSS_SPACES = (duplicate_apps, apps_claimed_twice, spaces_claimed_twice, conflicting_zones, duplicate_routes)
_AGAINST_FOUNDATION = (unknown_domains, foreign_spaces)
_BY_DATE = (ended_grants, ended_plaintext)
_ACROSS_KINDS = (duplicate_names, bad_guardrail_selectors, backwards_ranges, waivers_beside_spaces)


def run_checks(documents: Documents, *, today: date, unread: AbstractSet[str]) -> list[Diagnostic]:
    """Run every check. Documents of the kinds in `unread` could not all be read: nothing is concluded from absence."""
    problems: list[Diagnostic] = []
    spaces, foundations = documents.spaces, documents.foundations
    for item in spaces:
        for check in _PER_SPACE:
            problems += check(item)
        for dated in _BY_DATE:
            problems += dated(item, today)
    for across in _ACROSS_SPACES:
        problems += across(spaces)
    problems += several_foundations(foundations)
    for foundation in foundations[:1]:
        for against in _AGAINST_FOUNDATION:
            problems += against(spaces, foundation)
    for across_kinds in _ACROSS_KINDS:
        problems += across_kinds(documents)
    problems += ended_waivers(documents.waivers, today)
    problems += _missing(documents, unread)
    return problems


def _missing(documents: Documents, unread: AbstractSet[str]) -> Iterator[Diagnostic]:
    """Run the checks that conclude something from absence, as far as every document of the kind is known."""
    if "Space" not in unread:
        yield from misspelt_sources(documents.spaces)
    if not unread & {"Guardrail", "Template"}:
        yield from unknown_guardrails(documents)
    if "Template" not in unread:
        yield from unknown_templates(documents)


def run_template_checks(item: SpaceDocument, today: date) -> list[Diagnostic]:
    """Check what a template says for itself, given as an entry of a space. The rest shows where it is used."""
    problems: list[Diagnostic] = []
    for check in _PER_TEMPLATE:
        problems += check(item)
    for dated in _BY_DATE:
        problems += dated(item, today)
    return problems
