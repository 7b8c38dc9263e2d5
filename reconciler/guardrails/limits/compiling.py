"""From what a guardrail says to limits that are ready to judge by: the list of all limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.limits.callees import Routes, Template
from reconciler.guardrails.limits.callers import DenySources, Sources
from reconciler.guardrails.limits.counts import MaxDestinations, MaxSources
from reconciler.guardrails.limits.expression import Expression
from reconciler.guardrails.limits.grants import MaxDays, Require
from reconciler.guardrails.limits.openings import MaxPortSpan, Ports, Protocols
from reconciler.guardrails.limits.places import SameOrg, SameSpace, SameZone
from reconciler.guardrails.limits.tls import Tls
from reconciler.model.port_set import port_set

if TYPE_CHECKING:
    from datetime import date

    from reconciler.guardrails.limits.kinds import Limit
    from reconciler.model.guardrail import Limits


def compile_limits(limits: Limits, today: date) -> tuple[Limit, ...]:
    """Make what is said ready to judge by, in the order of the language page."""
    made = (
        None if limits.tls is None else Tls(limits.tls),
        None if limits.protocols is None else Protocols(limits.protocols),
        None if limits.ports is None else Ports(port_set(limits.ports)),
        None if limits.max_port_span is None else MaxPortSpan(limits.max_port_span),
        None if limits.same_space is None else SameSpace(limits.same_space),
        None if limits.same_org is None else SameOrg(limits.same_org),
        None if limits.same_zone is None else SameZone(limits.same_zone),
        None if limits.sources is None else Sources(limits.sources),
        None if limits.deny_sources is None else DenySources(limits.deny_sources),
        None if limits.max_sources is None else MaxSources(limits.max_sources),
        None if limits.max_destinations is None else MaxDestinations(limits.max_destinations),
        None if limits.require is None else Require(limits.require),
        None if limits.max_days is None else MaxDays(limits.max_days, today),
        None if limits.template is None else Template(limits.template),
        None if limits.routes is None else Routes(limits.routes),
        None if limits.expression is None else Expression(limits.expression),
    )
    return tuple(limit for limit in made if limit is not None)
