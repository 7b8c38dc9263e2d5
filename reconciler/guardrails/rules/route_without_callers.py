"""Internal routes that lead to apps which nobody may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Remark, some_of
from reconciler.model.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.diagnostics import Span
    from reconciler.guardrails.rules.rule import RuleInput


def check(given: RuleInput) -> Iterator[Remark]:
    """Find internal routes without a policy to any of their apps, unless a manifest names callers yet to come."""
    if not given.sees_every_policy:
        return
    called = given.incoming.keys()
    lonely = [
        (route, apps)
        for route, apps in given.network.routes.items()
        if apps and called.isdisjoint(apps) and all(map(given.judges, apps))
    ]
    declared = _declared(given) if lonely else {}
    for route, apps in lonely:
        origin, has_callers = declared.get(str(route), (None, False))
        if not has_callers:
            yield Remark(
                f"the internal route {route} leads to apps that nobody may call: {some_of(apps)}",
                "name the callers under `ingress`, or take the route away",
                origin,
                destination=min(apps),
            )


def _declared(given: RuleInput) -> dict[str, tuple[Span, bool]]:
    """Give each declared route with its first place, and whether any of the entries that declare it names callers."""
    found: dict[str, tuple[Span, bool]] = {}
    for item in given.bundle.spaces if given.bundle else ():
        for number, app in enumerate(item.value.apps):
            for position, route in enumerate(app.routes):
                here = (item.document.span("apps", number, "routes", position), bool(app.ingress))
                origin, has_callers = found.get(fold(route), here)
                found[fold(route)] = (origin, has_callers or here[1])
    return found
