"""Naming apps by what they are: the word for sources and destinations in guardrails, waivers and expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.names import matches

if TYPE_CHECKING:
    from reconciler.model.labels import LabelSelector
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts


class AppSelection(NamedTuple):
    """Apps by address, zone and labels. All that is given must hold; of several words, any one.

    Names may hold `*`. An app without a zone is in none of those listed. With nothing given, every app is meant.
    `template` picks the apps whose entries use one of these; it serves the limits that templates bring along.
    An app that one of the `others` means is meant as well, whatever the rest says.
    """

    org: tuple[str, ...] = ()
    space: tuple[str, ...] = ()
    app: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    labels: tuple[LabelSelector, ...] = ()
    template: tuple[str, ...] = ()
    others: tuple[AppSelection, ...] = ()

    def matches(self, app: AppRef, facts: AppFacts) -> bool:
        """Say whether the app is one of those meant."""
        return self._means(app, facts) or any(other.matches(app, facts) for other in self.others)

    def _means(self, app: AppRef, facts: AppFacts) -> bool:
        return (
            fits(self.org, app.org)
            and fits(self.space, app.space)
            and fits(self.app, app.app)
            and (not self.zone or (facts.zone is not None and fits(self.zone, facts.zone)))
            and (not self.labels or any(selector.matches(facts.labels) for selector in self.labels))
            and (not self.template or facts.template in self.template)
        )


EVERY_APP = AppSelection()
"""The selection that leaves nothing out."""


def fits(patterns: tuple[str, ...], name: str) -> bool:
    """Say whether a name matches any of the patterns; where there are none, every name does."""
    return not patterns or any(matches(pattern, name) for pattern in patterns)
