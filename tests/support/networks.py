"""Policies written in a line, `a -> b tcp/8080`, networks of them, and strategies for small ones."""

from __future__ import annotations

from hypothesis import strategies as st

from reconciler.diagnostics import Span
from reconciler.model.desired import Term
from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import TlsMode, parse_port_range
from reconciler.model.selection import AppSelection


def ref(address: str) -> AppRef:
    """Read `app`, `space/app` or `org/space/app`; what is left out is acme and web."""
    names = address.split("/")
    return AppRef(*["acme", "web"][: 3 - len(names)], *names)


def policy(text: str) -> NetworkPolicy:
    """Read `a -> b tcp/8080`."""
    source, _, rest = text.partition(" -> ")
    destination, ports = rest.split(" ")
    protocol, numbers = ports.split("/")
    return NetworkPolicy(ref(source), ref(destination), protocol, *parse_port_range(numbers))


def term(line: int, tls: TlsMode = TlsMode.NONE) -> Term:
    return Term(Span("web.yml", line, 1), tls)


def network(*policies: str, facts: dict[str, AppFacts] | None = None, **terms: Term) -> Network:
    """Make a network. A policy may end in ` @name`, a term; apps are those at its ends and those with facts."""
    found = {}
    for text in policies:
        address, _, name = text.partition(" @")
        found[policy(address)] = (terms[name],) if name else ()
    apps = {end: AppFacts() for one in found for end in (one.source, one.destination)}
    return Network(PolicyMap.of(found), apps | {ref(app): known for app, known in (facts or {}).items()})


def only(*apps: str) -> AppSelection:
    """Select apps by name."""
    return AppSelection(app=apps)


NAMES = ("a", "b", "c", "d")
RANGES = ("tcp/1", "tcp/1-3", "tcp/2", "tcp/3", "udp/2", "udp/1-2")
POLICIES = st.builds("{} -> {} {}".format, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(RANGES))
SMALL = st.sets(POLICIES, max_size=12)
