"""Apps that may be called but have no name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Remark, some_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput
    from reconciler.model.names import AppRef


def check(given: RuleInput) -> Iterator[Remark]:
    """Find apps that other apps may call and that no internal route leads to.

    With platform TLS among the policies it is `auto-tls-without-route`, which weighs more.
    """
    named = frozenset(app for apps in given.network.routes.values() for app in apps)
    callers: dict[AppRef, set[AppRef]] = {}
    over_tls = set()
    for policy in given.policies():
        if policy.destination in named or policy.source == policy.destination:
            continue
        callers.setdefault(policy.destination, set()).add(policy.source)
        if policy.is_platform_tls:
            over_tls.add(policy.destination)
    for app, sources in callers.items():
        if app not in over_tls:
            yield Remark(
                f"{app} may be called but has no internal route, so that its callers have no name for it: "
                f"{some_of(sources)}",
                "map an internal route to the app, or drop the policies if nobody calls it",
                given.network.facts(app).origin,
                destination=app,
            )
