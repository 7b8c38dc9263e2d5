"""Apps that take part in policies, but of which no zone says what they are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice, some_of
from reconciler.model.names import SpaceRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput
    from reconciler.model.names import AppRef


def check(given: RuleInput) -> Iterator[Notice]:
    """Find spaces without a zone whose apps call or are called, once any space has one.

    One notice a space: a zone is a word of its Space document.
    """
    if not any(facts.zone for facts in given.network.apps.values()):
        return
    apps: dict[SpaceRef, list[AppRef]] = {}
    for app in _unclassified(given):
        apps.setdefault(app.space_ref, []).append(app)
    documents = {SpaceRef(item.value.org, item.value.space).folded: item for item in given.bundle.spaces}
    for space, unclassified in apps.items():
        document = documents.get(space.folded)
        yield Notice(
            f"the space {space} is in no zone, but its apps take part in policies: {some_of(unclassified)}",
            "give its Space document a `zone`; guardrails by zone pass over these apps until then",
            document.document.span("space") if document else None,
        )


def _unclassified(given: RuleInput) -> Iterator[AppRef]:
    """Give the apps without a zone that are ends of a policy to an app that is judged."""
    apps = tuple(given.ends_with(lambda facts: facts.zone is None))
    others = given.not_judged if apps else ()
    elsewhere = Counter(policy.source for app in others for policy in given.policies_to(app))
    for app in apps:
        if (app in given.called and given.judges(app)) or given.traffic.outgoing.get(app, 0) > elsewhere[app]:
            yield app
