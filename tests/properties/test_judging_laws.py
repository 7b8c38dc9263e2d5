"""The engine, which asks each limit once per distinct thing, says what asking every limit of every policy says."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from support.guarded import RULE, TODAY, WAIVER

from reconciler.diagnostics import Span
from reconciler.guardrails.idle import idle_guardrails
from reconciler.guardrails.judging import judge
from reconciler.guardrails.subjects import Crowd
from reconciler.model.desired import Term
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Guardrail, Limits, Match, Required, Waiver
from reconciler.model.labels import LabelSelector, Operator, Requirement
from reconciler.model.names import AppRef, fold, matches
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import PortRange, Protocol, TlsMode
from reconciler.model.route import InternalRoute
from reconciler.model.scope import AppPattern
from reconciler.model.selection import AppSelection

APPS = [AppRef(org, space, app) for org in ("acme", "globex") for space in ("web", "db") for app in ("a", "b")]
OPENINGS = [("tcp", 61443, 61443), ("tcp", 8080, 8080), ("udp", 10, 12)]
ROUTES = [InternalRoute("a", "apps.internal"), InternalRoute("a", "x.internal")]


def some(*values):
    return st.none() | st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


def words(*values):
    return st.lists(st.sampled_from(values), unique=True, max_size=1).map(tuple)


TERMS = st.lists(
    st.builds(
        Term,
        st.builds(Span, st.just("web.yml"), st.integers(1, 9), st.just(1)),
        st.sampled_from(TlsMode),
        st.sampled_from([None, "NET-1"]),
        st.sampled_from([None, TODAY, date(2027, 1, 31)]),
    ),
    max_size=2,
).map(tuple)
FACTS = st.builds(
    AppFacts,
    labels=st.sampled_from([{}, {"tier": "web"}]),
    zone=st.sampled_from([None, "cde", "CDE", "web"]),
    owner=st.sampled_from([None, "us"]),
    template=st.sampled_from([None, "api"]),
)
POLICIES = st.dictionaries(
    st.builds(lambda s, d, o: NetworkPolicy(s, d, *o), *[st.sampled_from(APPS)] * 2, st.sampled_from(OPENINGS)), TERMS
)
NETWORKS = st.builds(
    Network,
    POLICIES.map(PolicyMap.of),
    st.dictionaries(st.sampled_from(APPS), FACTS),
    st.dictionaries(st.sampled_from(ROUTES), st.frozensets(st.sampled_from(APPS), max_size=3)),
)
TIER = LabelSelector((Requirement("tier", Operator.IN, frozenset({"web"})),))
PLAIN = [words("ACME", "g*", "*"), words("w*"), words("a", "*b", "*"), words("cde", "*"), words(TIER), words("api")]
SELECTIONS = st.builds(AppSelection, *PLAIN, st.lists(st.builds(AppSelection, *PLAIN), max_size=2).map(tuple))
MATCHES = st.builds(Match, st.just(AppSelection()) | SELECTIONS, st.just(AppSelection()) | SELECTIONS)
PATTERNS = (AppPattern("acme", "*", "a"), AppPattern("*", "db", "*"))
ONE_LIMIT = {
    "tls": some(*TlsMode),
    "protocols": some(*Protocol),
    "ports": some(PortRange(1, 11), PortRange(12, 8080), PortRange(61443, 61443)),
    "max_port_span": st.sampled_from([None, 1, 3]),
    "same_space": st.sampled_from([None, True, False]),
    "same_org": st.sampled_from([None, True, False]),
    "same_zone": st.sampled_from([None, True, False]),
    "sources": some(*PATTERNS),
    "deny_sources": some(*PATTERNS),
    "max_sources": st.none() | st.integers(0, 3),
    "max_destinations": st.none() | st.integers(0, 3),
    "require": some(*Required),
    "max_days": st.sampled_from([None, 0, 30, 72]),
    "template": some("api"),
    "routes": some("*.apps.internal"),
    "expression": st.sampled_from([None, "source.zone == destination.zone", "grant.why != '' || policy.tls == 'auto'"]),
}
LIMITS = st.builds(Limits, **ONE_LIMIT)
GUARDRAILS = st.lists(
    st.builds(
        Guardrail, st.sampled_from("xyz"), st.just(Severity.DENY), MATCHES, LIMITS, st.just(RULE), st.none(),
        st.booleans(),
    ),
    max_size=3,
    unique_by=lambda guardrail: guardrail.name,
)  # fmt: skip
WAIVERS = st.lists(
    st.builds(
        Waiver, st.sampled_from("pq"), st.sampled_from("xyz"), MATCHES, st.just("why"),
        st.sampled_from([TODAY, date(2026, 11, 19)]), st.just(WAIVER),
    ),
    max_size=2,
)  # fmt: skip


class Naive:
    """Asks everything of every policy, in the words of the language page."""

    def __init__(self, guardrails, waivers, after, before):
        self.waivers, self.after, self.before = [item for item in waivers if item.until >= TODAY], after, before
        self.broken, self.waived = set(), 0
        for guardrail in guardrails:
            for policy in after.policies:
                if self.means(guardrail.match, policy):
                    self.judge(guardrail, policy)
            self.count(guardrail)

    def means(self, match, policy):
        facts = self.after.facts
        return match.source.matches(policy.source, facts(policy.source)) and match.destination.matches(
            policy.destination, facts(policy.destination)
        )

    def covered(self, guardrail, policy):
        return any(item.guardrail == guardrail.name and self.means(item.match, policy) for item in self.waivers)

    def judge(self, guardrail, policy):
        old = guardrail.introduced and self.before is not None and policy in self.before.policies
        for key in ONE_LIMIT:
            limit = getattr(guardrail.limits, key)
            if limit is None or getattr(self, key, None) is None or getattr(self, key)(limit, policy):
                continue
            if old and not (
                key == "routes" and self.refused(limit, policy, self.after) - self.refused(limit, policy, self.before)
            ):
                continue
            if self.covered(guardrail, policy):
                self.waived += 1
            else:
                self.broken.add((guardrail.name, key, str(policy)))

    def count(self, guardrail):
        for key, me, other in (("max_sources", 1, 0), ("max_destinations", 0, 1)):
            limit = getattr(guardrail.limits, key)
            if limit is None:
                continue
            for app in APPS:
                now, left = (
                    {p[other] for p in self.after.policies if self.counts(guardrail, p, app, me) and test(p)}
                    for test in (lambda _: True, lambda p: not self.covered(guardrail, p))
                )
                earlier = self.before.policies if self.before is not None and guardrail.introduced else ()
                then = {p[other] for p in earlier if self.counts(guardrail, p, app, me)}
                if len(now) <= limit or (guardrail.introduced and self.before is not None and len(now) <= len(then)):
                    continue
                if len(left) <= limit:
                    self.waived += 1
                else:
                    self.broken.add((guardrail.name, key, f"{app}:{len(left)}"))

    def counts(self, guardrail, policy, app, me):
        return policy[me] == app and policy.source != policy.destination and self.means(guardrail.match, policy)

    def said(self, policy):
        return self.after.policies[policy]

    def tls(self, allowed, policy):
        return all(mode in allowed for mode in [term.tls for term in self.said(policy)] or [policy.known_tls])

    def protocols(self, allowed, policy):
        return policy.protocol in allowed

    def ports(self, allowed, policy):
        return all(any(r.contains(port) for r in allowed) for port in range(policy.start, policy.end + 1))

    def max_port_span(self, most, policy):
        return len(range(policy.start, policy.end + 1)) <= most

    def same_space(self, wanted, policy):
        return policy.source == policy.destination or (policy.source[:2] == policy.destination[:2]) is wanted

    def same_org(self, wanted, policy):
        return policy.source == policy.destination or (policy.source.org == policy.destination.org) is wanted

    def same_zone(self, wanted, policy):
        zones = [self.after.facts(end).zone for end in policy[:2]]
        if policy.source == policy.destination:
            return True
        return None not in zones and (fold(zones[0]) == fold(zones[1])) is wanted

    def sources(self, patterns, policy):
        return policy.source == policy.destination or any(item.matches(policy.source) for item in patterns)

    def deny_sources(self, patterns, policy):
        return policy.source == policy.destination or not any(item.matches(policy.source) for item in patterns)

    def require(self, fields, policy):
        owner = self.after.facts(policy.destination).owner
        return bool(self.said(policy) or not fields) and all(
            {"why": term.why, "until": term.until, "owner": owner}[field]
            for term in self.said(policy)
            for field in fields
        )

    def max_days(self, most, policy):
        return bool(self.said(policy)) and all(
            term.until is not None and (term.until - TODAY).days <= most for term in self.said(policy)
        )

    def template(self, names, policy):
        return self.after.facts(policy.destination).template in names

    def refused(self, patterns, policy, world):
        routes = {route for route, apps in world.routes.items() if policy.destination in apps}
        return {route for route in routes if not any(matches(pattern, str(route)) for pattern in patterns)}

    def routes(self, patterns, policy):
        return not self.refused(patterns, policy, self.after)

    def expression(self, text, policy):
        if text.startswith("source"):
            return len({fold(self.after.facts(end).zone or "") for end in policy[:2]}) == 1
        if not self.said(policy):
            return policy.known_tls is TlsMode.AUTO
        return all(term.why or term.tls is TlsMode.AUTO for term in self.said(policy))


@given(GUARDRAILS, WAIVERS, NETWORKS, st.none() | NETWORKS)
def test_the_engine_says_what_asking_one_by_one_says(guardrails, waivers, after, before):
    naive = Naive(guardrails, waivers, after, before)
    judged = judge(guardrails, waivers, after, before, today=TODAY)
    found = [
        (
            breach.rail.guardrail.name,
            breach.rail.limit.key,
            f"{item.app}:{item.number}" if isinstance(item, Crowd) else str(item),
        )
        for breach in judged.breaches
        for item in breach.subjects
    ]
    assert len(found) == len(set(found))
    assert set(found) == naive.broken
    assert judged.waived == naive.waived
    assert all(breach.failure is None for breach in judged.breaches)


@given(GUARDRAILS, NETWORKS)
def test_a_guardrail_is_idle_when_no_app_fits_a_side(guardrails, world):
    apps = {*world.apps, *(end for policy in world.policies for end in policy[:2])}

    def fits(selection) -> bool:
        return any(selection.matches(app, world.facts(app)) for app in apps)

    idle = {item.name: [fits(item.match.source), fits(item.match.destination)] for item in guardrails}
    found = idle_guardrails(guardrails, world)
    assert [item.message.split("`")[1] for item in found] == sorted(name for name in idle if not all(idle[name]))
    for item in found:
        name, *sides = item.message.split("`")[1::2]
        assert [side not in sides for side in ("source", "destination")] == idle[name]
