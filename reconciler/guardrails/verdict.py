"""Everything that is said of a network: by guardrails, by the built-in checks, and what waivers hold back of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.guardrails.findings import findings_of, unused_waivers
from reconciler.guardrails.judging import judge
from reconciler.guardrails.rules.rule import RuleInput
from reconciler.guardrails.rules.run import run_rules
from reconciler.model.finding import WaiverUse
from reconciler.model.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.guardrails.judging import Judgement
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.finding import Finding
    from reconciler.model.guardrail import Waiver
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network

_RULE_CODES = frozenset(rule.code for rule in RULES)


class Verdict(NamedTuple):
    """`judgement` is that of the guardrails, `by_rules` are the findings of the built-in checks.

    `uses` are the waivers that hold back something of either, `waived` is how much. `unused` are findings about waivers
    that hold back nothing of a built-in check.
    """

    judgement: Judgement
    by_rules: tuple[Finding, ...]
    uses: tuple[WaiverUse, ...]
    unused: tuple[Finding, ...]
    waived: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give everything that was found: guardrails first, then the built-in checks."""
        return (*findings_of(self.judgement), *self.by_rules, *self.unused)


def pass_verdict(
    bundle: Bundle,
    after: Network,
    before: Network | None = None,
    *,
    today: date,
    judged: frozenset[AppRef] | None = None,
    sees_every_policy: bool = True,
) -> Verdict:
    """Judge a network by the guardrails of the manifests and by the built-in checks.

    `judged` and `sees_every_policy` are as for `RuleInput`; guardrails judge every policy there is. Where policies may
    be hidden no waiver is called unused: what it is for may be among them.
    """
    about_rules = tuple(waiver for waiver in bundle.waivers if waiver.guardrail in _RULE_CODES)
    about_guardrails = tuple(waiver for waiver in bundle.waivers if waiver.guardrail not in _RULE_CODES)
    judgement = judge(bundle.guardrails, about_guardrails, after, before, today=today)
    if not sees_every_policy:
        judgement = judgement._replace(unused=())
    report = run_rules(RuleInput(after, today, judgement.traffic, bundle, judged, sees_every_policy))
    held = [waiver for waiver in about_rules if today <= waiver.until]
    return Verdict(
        judgement,
        report.findings,
        (*judgement.uses, *_uses(held, report.waived)),
        unused_waivers(waiver for waiver in held if sees_every_policy and not report.waived.get(waiver.name)),
        judgement.waived + sum(report.waived.values()),
    )


def _uses(waivers: list[Waiver], counts: Mapping[str, int]) -> tuple[WaiverUse, ...]:
    return tuple(
        WaiverUse(item.name, item.guardrail, counts[item.name], item.until, item.why, item.origin)
        for item in sorted(waivers, key=lambda item: item.name)
        if counts.get(item.name)
    )
