"""Internal routes that lead to apps which nobody may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice, some_of
from reconciler.manifests.parsing.parsed import DocumentPlace
from reconciler.model.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.diagnostics import Place
    from reconciler.guardrails.rules.rule import RuleInput


def check(given: RuleInput) -> Iterator[Notice]:
    """Find internal routes without a policy to any of their apps, unless a manifest names callers yet to come."""
    if not given.sees_every_policy:
        return
    called = given.called
    lonely = [
        (route, apps)
        for route, apps in given.network.routes.items()
        if apps and called.isdisjoint(apps) and all(map(given.judges, apps))
    ]
    declared = _declared(given) if lonely else {}
    for route, apps in lonely:
        place, has_callers = declared.get(str(route), (None, False))
        if not has_callers:
            yield Notice(
                f"the internal route {route} leads to apps that nobody may call: {some_of(apps)}",
                "name the callers under `ingress`, or take the route away",
                None if place is None else place.span,
                destination=min(apps),
            )


def _declared(given: RuleInput) -> dict[str, tuple[Place, bool]]:
    """Give each declared route with its first place, and whether any of the entries that declare it names callers."""
    found: dict[str, tuple[Place, bool]] = {}
    for item in given.bundle.spaces:
        for number, app in enumerate(item.value.apps):
            for position, route in enumerate(app.routes):
                here = DocumentPlace(item.document, ("apps", number, "routes", position))
                place, has_callers = found.get(fold(route), (here, False))
                found[fold(route)] = (place, has_callers or bool(app.ingress))
    return found
