"""What keeps a call from working, each gap with the manifest lines or the command that closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.analysis.manifest_lines import app_lines, entry_lines, route_lines, route_name, trust_lines
from reconciler.model.explanation import Condition, Gap, Missing, Standing
from reconciler.model.ports import (
    PLATFORM_TLS_APP_PORT,
    PLATFORM_TLS_PORT,
    RESERVED_PORTS,
    PortRange,
    Protocol,
    TlsMode,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.analysis.evidence import Call, Evidence
    from reconciler.diagnostics import Span
    from reconciler.model.explanation import Explanation

_APPLY = "`c2c apply` makes it"
_KEPT = (Standing.IN_PLACE, Standing.DECLARED, Standing.TO_CREATE, Standing.PENDING)


def missing(call: Call, answer: Explanation, evidence: Evidence) -> Iterator[Missing]:
    """List what is missing, what has to come first first."""
    yield from _useless_ports(call)
    yield from _apps(call, evidence)
    yield from _policy(call, answer, evidence)
    yield from _route(call, answer, evidence)


def conditions(call: Call, answer: Explanation, evidence: Evidence) -> Iterator[Condition]:
    """List what has to hold as well and cannot be seen in policies and routes."""
    modes = {item.tls for item in answer.policies if item.standing is not Standing.TO_REVOKE}
    caller, name = call.source.app, call.destination.app
    if TlsMode.AUTO in modes:
        yield Condition(
            f"{name} listens on port {PLATFORM_TLS_APP_PORT}, on all addresses, and has it among its app ports: the "
            f"platform's proxy leads there from {PLATFORM_TLS_PORT}"
        )
        yield from _trust(call, evidence)
    if TlsMode.MANUAL in modes:
        yield Condition(f"{name} ends TLS itself, with a certificate that {caller} trusts")
    if modes & {TlsMode.NONE, None}:
        yield Condition(f"{name} listens there, on all addresses")


def _trust(call: Call, evidence: Evidence) -> Iterator[Condition]:
    if evidence.after.facts(call.source).trusts_platform:
        return
    message = f"{call.source.app} trusts the CA of the platform's certificates"
    entry = evidence.entries.get(call.source)
    if entry is None or entry.app.trust:
        yield Condition(message)
    else:
        yield Condition(f"{message}; where its runtime brings CAs of its own, add", trust_lines(entry))


def _useless_ports(call: Call) -> Iterator[Missing]:
    asked = call.asked
    for port, why in RESERVED_PORTS.items():
        if asked.ports is not None and asked.ports.contains(port) and asked.protocol != Protocol.UDP:
            yield Missing(Gap.PORT, f"port {port} is of no use to other apps: {why}")


def _apps(call: Call, evidence: Evidence) -> Iterator[Missing]:
    for app in dict.fromkeys((call.source, call.destination)):
        if app in evidence.existing:
            continue
        if evidence.may_be_hidden(app):
            yield Missing(
                Gap.APP,
                f"{app} cannot be seen by this caller: it may run, or not",
                hint=f"ask somebody who may look into {app.space_ref}, or sign in as one who may",
            )
        else:
            yield Missing(
                Gap.APP,
                f"{app} does not exist yet: what the manifests grant it waits",
                hint="push it, then run `c2c apply`",
            )


def _policy(call: Call, answer: Explanation, evidence: Evidence) -> Iterator[Missing]:
    asked = call.asked
    if asked.satisfied_by(item.policy for item in answer.policies if item.standing in _KEPT):
        if any(item.standing is Standing.TO_CREATE for item in answer.policies) and not answer.allowed:
            yield Missing(Gap.POLICY, "the policy is declared and not made yet", hint=_APPLY)
    elif any(item.standing is Standing.BLOCKED for item in answer.policies):
        hint = "`c2c plan` says under Blocked why, and who can make it"
        yield Missing(Gap.POLICY, "the policy is declared, and out of this caller's reach", hint=hint)
    elif not (answer.allowed and answer.allowed_after_plan):  # else by a policy that is no business of these manifests
        yield _undeclared(call, answer, evidence)


def _undeclared(call: Call, answer: Explanation, evidence: Evidence) -> Missing:
    gap = Gap.DECLARATION if answer.allowed else Gap.POLICY
    lost = "; the next apply takes it away" if answer.allowed else ""
    ended = sorted(set(_ended(call, evidence)))
    if ended:
        lines = ", ".join(f"{line.file}:{line.line}" for line in ended)
        return Missing(gap, f"the grant has ended: {lines}{lost}", hint="set a later `until` there")
    message = f"no manifest asks for it{lost}" if answer.allowed else _refusal(call, evidence)
    if (port := _never_by_number(call)) is not None:
        hint = f"no manifest may open port {port} by number: ask for the ports that the app itself listens on"
        return Missing(gap, message, hint=hint)
    document = evidence.documents.get(call.destination.space_ref.folded)
    entry = evidence.entries.get(call.destination)
    if entry is not None:
        addition = entry_lines(call, entry)
    else:
        others = evidence.routes_of_others(call.destination)
        routes = [str(route) for route in evidence.routes_to(call.destination) if route not in others]
        addition = app_lines(call, routes or [route_name(call.destination, evidence.domain)], document, others)
    return Missing(gap, message, addition, _advice(call, evidence))


def _never_by_number(call: Call) -> int | None:
    """Give a port among those asked for that loading refuses in manifests. Platform TLS alone has a word of its own."""
    ports = call.asked.ports
    tls_alone = ports == PortRange(PLATFORM_TLS_PORT, PLATFORM_TLS_PORT) and call.asked.protocol != Protocol.UDP
    if ports is None or tls_alone:
        return None
    return next((port for port in (*RESERVED_PORTS, PLATFORM_TLS_PORT) if ports.contains(port)), None)


def _advice(call: Call, evidence: Evidence) -> str | None:
    """Say what is better than the lines: to call the TLS port where it is open, or to ask those who may write them."""
    if evidence.is_out_of_bounds(call.destination):
        space = call.destination.space_ref
        return f"the Foundation document keeps these manifests out of {space}: the lines are for those who govern it"
    asked = call.asked
    behind = asked.ports is not None and asked.ports.contains(PLATFORM_TLS_APP_PORT) and asked.protocol != Protocol.UDP
    if behind and any(
        policy.is_platform_tls for policy in evidence.after.policies.between(call.source, call.destination)
    ):
        return f"port {PLATFORM_TLS_PORT} is open: call that one with https, and the platform's proxy leads to 8080"
    return None


def _ended(call: Call, evidence: Evidence) -> Iterator[Span]:
    for policy in evidence.ended.between(call.source, call.destination):
        if call.asked.touches(policy):
            yield from evidence.ended[policy].origins


def _refusal(call: Call, evidence: Evidence) -> str:
    opened = sorted(
        f"{policy.protocol}/{policy.ports}" for policy in evidence.after.policies.between(call.source, call.destination)
    )
    instead = f"; allowed is {', '.join(opened[:5])}" if opened else ""
    return f"no policy allows it, so the connection is refused at the cell of {call.destination.app}{instead}"


def _route(call: Call, answer: Explanation, evidence: Evidence) -> Iterator[Missing]:
    routes = evidence.routes_to(call.destination)
    if call.source == call.destination or (not routes and not evidence.routes_are_known(call.destination)):
        return
    if routes:
        if not any(call.destination in evidence.before.routes.get(route, ()) for route in routes) and not (
            answer.offline or evidence.is_waiting(call)
        ):
            yield Missing(Gap.ROUTE, f"the route {routes[0]} is declared and does not lead there yet", hint=_APPLY)
        return
    message = f"{call.destination.app} has no internal route: no name leads to it, and no certificate can be verified"
    entry = evidence.entries.get(call.destination)
    if entry is None:
        yield Missing(Gap.ROUTE, message, hint="add `routes` to the entry that lists it")
    elif not entry.app.routes:
        yield Missing(Gap.ROUTE, message, route_lines(call.destination, evidence.domain, entry))
