"""All checks, one after the other. What a failed check was needed for is unknown, and says why."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from reconciler.cf.checkup import entry, policies, spaces
from reconciler.cf.checkup.contact import Contact
from reconciler.cf.checkup.examination import Examination
from reconciler.cf.foundation import FoundationSettings
from reconciler.cf.http import HttpSettings
from reconciler.errors import C2CError, PlatformError
from reconciler.model.checkup import Check, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.cf.checkup.aim import Aim
    from reconciler.model.checkup import Concern

ATTEMPTS = 2
"""How often a call is made before it has failed: whoever looks wants to hear of trouble, not to sit it out."""

_AGAIN = "try again; if it stays so, ask the operators of the foundation, and give them this line"


class Step(NamedTuple):
    """A check, the checks that have to pass before, and how it is made."""

    name: str
    needs: tuple[str, ...]
    ask: Callable[[Examination], Iterator[Check]]


STEPS = (
    Step("reach", ("target",), entry.reach),
    Step("api-version", ("reach",), entry.version),
    Step("sign-in", ("credentials", "reach"), entry.sign_in),
    Step("scopes", ("sign-in",), entry.scopes),
    Step("cloud-controller", ("scopes",), entry.acceptance),
    Step("policy-server", ("sign-in",), policies.presence),
    Step("roles", ("cloud-controller",), spaces.roles),
    Step("internal-domains", ("cloud-controller",), spaces.internal_domains),
    Step("quota", ("policy-server", "cloud-controller"), policies.quota),
    Step("tags", ("policy-server",), policies.tags),
)
"""In the order in which trouble is best mended."""

UNCHECKED = (
    "whether changes succeed: nothing was written",
    "the limit of policies for each source that is in force: the policy server does not tell it",
    "whether the cells enforce policies and resolve the internal domains: only operators can see that",
)
"""What nobody can find out from here."""


def checks(
    aim: Aim,
    concern: Concern,
    settings: FoundationSettings | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Check]:
    """Look at everything. Never raises for what the foundation does: trouble is a failed check."""
    yield from aim.checks
    causes = {check.name: check.name for check in aim.checks if check.status is Status.FAILED}
    chosen = settings or FoundationSettings(HttpSettings(attempts=ATTEMPTS, retry_seconds=10.0))
    if aim.target is None:
        yield from _walk(None, causes)
    else:
        try:
            contact = Contact(aim.target, chosen)
        except C2CError as problem:
            yield _failed("reach", problem)
            yield from _walk(None, {**causes, "reach": "reach"})
        else:
            with contact:
                yield from _walk(Examination(aim.target, contact, concern, chosen.http.now, clock), causes)
    yield from (Check("not-checked", Status.UNKNOWN, item) for item in UNCHECKED)


def _walk(look: Examination | None, causes: dict[str, str]) -> Iterator[Check]:
    """Make the checks; `causes` names for each that did not pass the one that failed first."""
    blamed = dict(causes)
    for step in STEPS:
        if step.name in blamed:
            continue
        cause = next((blamed[name] for name in step.needs if name in blamed), None)
        if look is None or cause is not None:
            blamed[step.name] = cause or step.name
            yield Check(step.name, Status.UNKNOWN, f"not asked, because {blamed[step.name]} failed")
            continue
        for check in _answered(step, look):
            if check.status is Status.FAILED:
                blamed[step.name] = step.name
            yield check


def _answered(step: Step, look: Examination) -> Iterator[Check]:
    try:
        yield from step.ask(look)
    except C2CError as problem:
        yield _failed(step.name, problem)


def _failed(name: str, problem: C2CError) -> Check:
    request = problem.request_line if isinstance(problem, PlatformError) else None
    message = f"{problem.summary} [{request}]" if request else problem.summary
    return Check(name, Status.FAILED, message, problem.hint or _AGAIN)
