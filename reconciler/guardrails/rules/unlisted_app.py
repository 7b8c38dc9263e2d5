"""Apps in managed spaces that may be called and that no manifest governs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Remark, some_of
from reconciler.manifests.documents import Manages
from reconciler.model.names import SpaceRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.diagnostics import Span
    from reconciler.guardrails.rules.rule import RuleInput


def check(given: RuleInput) -> Iterator[Remark]:
    """Find apps with inbound policies that no entry lists, in spaces of which other apps are listed and governed.

    A document that lists none only says what the space is.
    """
    partly: dict[SpaceRef, Span] = {}
    for item in given.bundle.spaces if given.bundle else ():
        if item.value.manages is Manages.APPS and item.value.apps:
            partly.setdefault(SpaceRef(item.value.org, item.value.space).folded, item.document.span("space"))
    for app in given.ends_with(lambda facts: facts.origin is None) if partly else ():
        place = partly.get(app.space_ref.folded)
        policies = given.incoming.get(app, ())
        if policies and place is not None:
            yield Remark(
                f"{app} may be called, but no manifest governs it: {some_of({policy.source for policy in policies})}",
                "list it under `apps`, or write `manages: space` to govern every app of the space",
                place,
                destination=app,
            )
