"""Apps in managed spaces that may be called and that no manifest governs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice, some_of
from reconciler.manifests.parsing.parsed import DocumentPlace
from reconciler.manifests.space import Manages
from reconciler.model.names import SpaceRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.diagnostics import Place
    from reconciler.guardrails.rules.rule import RuleInput


def check(given: RuleInput) -> Iterator[Notice]:
    """Find apps with inbound policies that no entry lists, in spaces of which other apps are listed and governed.

    A document that lists none only says what the space is.
    """
    partly: dict[SpaceRef, Place] = {}
    for item in given.bundle.spaces:
        if item.value.manages is Manages.APPS and item.value.apps:
            space = SpaceRef(item.value.org, item.value.space)
            partly.setdefault(space.folded, DocumentPlace(item.document, ("space",)))
    for app in given.ends_with(lambda facts: facts.place is None) if partly else ():
        place = partly.get(app.space_ref.folded)
        policies = given.policies_to(app)
        if policies and place is not None:
            yield Notice(
                f"{app} may be called, but no manifest governs it: {some_of({policy.source for policy in policies})}",
                "list it under `apps`, or write `manages: space` to govern every app of the space",
                place.span,
                destination=app,
            )
