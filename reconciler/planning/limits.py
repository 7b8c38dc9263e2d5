"""How many policies one plan may remove before somebody has to say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.finding import Finding, Severity
from reconciler.planning.changes import Change, Create, Delete, PolicyRule

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_PERCENT = 30
DEFAULT_PERCENT_FROM = 10
"""Below this many managed policies a percentage says little; the default one starts here."""

_EVERYTHING = 100
"""The percentage that allows the last policy to go, too."""


@dataclass(frozen=True, slots=True)
class RemovalLimits:
    """The largest removal that passes unasked.

    `max_revokes` and `max_revoke_percent` come from the manifests; None means not given. `allowed` is what the
    command line says with `--max-revokes`, and then the only limit there is.
    """

    max_revokes: int | None = None
    max_revoke_percent: float | None = None
    allowed: int | None = None


def check_removals(changes: Sequence[Change], *, managed: int, limits: RemovalLimits) -> tuple[Finding, ...]:
    """Refuse a plan that revokes more than the limits allow.

    `managed` counts the live policies in scope. An edit is not a removal: the pair of apps keeps a policy.
    """
    revokes = sum(isinstance(change, Delete) and isinstance(change.before, PolicyRule) for change in changes)
    grants = sum(isinstance(change, Create) and isinstance(change.after, PolicyRule) for change in changes)
    if revokes == 0:
        return ()
    reasons = _exceeded(revokes, managed, managed - revokes + grants, limits)
    if not reasons:
        return ()
    message = f"the plan revokes {revokes} of {managed} managed policies; " + "; ".join(reasons)
    hint = f"if that is meant, add --max-revokes {revokes}"
    return (Finding(Severity.DENY, "max-revokes", message, hint=hint),)


def _exceeded(revokes: int, managed: int, left: int, limits: RemovalLimits) -> list[str]:
    if limits.allowed is not None:
        return [f"--max-revokes allows {limits.allowed}"] if revokes > limits.allowed else []
    reasons = []
    if limits.max_revokes is not None and revokes > limits.max_revokes:
        reasons.append(f"limits.max_revokes allows {limits.max_revokes}")
    given = limits.max_revoke_percent is not None
    unlimited = limits.max_revokes is not None and not given
    percent = DEFAULT_PERCENT if limits.max_revoke_percent is None else limits.max_revoke_percent
    if not unlimited and (given or managed >= DEFAULT_PERCENT_FROM) and revokes * 100 > managed * percent:
        source = "limits.max_revoke_percent" if given else "the default limit"
        reasons.append(f"{source} allows {percent:g} % of them")
    if left == 0 and limits.max_revoke_percent != _EVERYTHING:
        reasons.append("none would be left")
    return reasons
