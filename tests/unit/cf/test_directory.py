from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from msgspec import Raw

from reconciler.cf.cloud_controller import AppRow, DomainRow, RouteRow
from reconciler.cf.directory import build_directory, extended, name_spaces
from reconciler.cf.live import name_policies
from reconciler.cf.paging import OrgRow, SpaceRow
from reconciler.cf.patterns import AppPatterns, SpacePatterns
from reconciler.cf.policy_list import PolicyList, PolicyRow, policy_list
from reconciler.errors import NotFoundError
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.route import InternalRoute
from reconciler.model.scope import AppPattern, SpacePattern

if TYPE_CHECKING:
    from collections.abc import Iterable

SPACES = {"s1": SpaceRef("Acme", "Web")}
A, B = AppRef("Acme", "Web", "A"), AppRef("Acme", "Web", "B")


def app(guid: str, name: str, space: str = "s1") -> AppRow:
    return AppRow(guid, name, space, {})


def test_names_and_guids_lead_to_each_other_in_any_case():
    route = InternalRoute("host", "apps.internal")
    routes = {route: RouteRow("r", "HOST", None, "d", "s1", ())}
    named = build_directory(SPACES, [app("a", "A")], [DomainRow("d", "Apps.Internal", internal=True)])
    found = extended(named, SPACES, [], routes)
    assert found.apps == {"a": A}
    assert found.app_guid(AppRef("ACME", "web", "a")) == "a"
    assert found.space_guid(SpaceRef("acme", "WEB")) == "s1"
    assert found.domain_guid("APPS.internal") == "d"
    assert found.hosts[route] == "HOST"


def test_of_two_apps_with_one_name_the_later_has_it():
    found = build_directory(SPACES, [app("old", "A"), app("new", "a")], [])
    assert found.apps == {"new": AppRef("Acme", "Web", "a")}
    assert found.app_guid(A) == "new"


def test_an_app_in_a_space_without_a_name_has_none():
    found = build_directory(SPACES, [app("x", "A", "elsewhere")], [])
    assert found.apps == {}


def test_what_is_not_there_is_named():
    found = build_directory(SPACES, [], [])
    for look, words in (
        (lambda: found.app_guid(A), "the app Acme/Web/A is not known"),
        (lambda: found.space_guid(SpaceRef("x", "y/z")), "the space x/y%2Fz is not known"),
        (lambda: found.domain_guid("d"), "the internal domain d is not known"),
    ):
        with pytest.raises(NotFoundError, match=words):
            look()


def test_a_space_of_an_unseen_organization_has_no_name():
    spaces = [SpaceRow("s1", "Web", "o1"), SpaceRow("s2", "Hidden", "o2")]
    assert name_spaces(spaces, {"o1": OrgRow("o1", "Acme")}) == SPACES


def listed(rows: Iterable[PolicyRow]) -> PolicyList:
    return policy_list(
        [
            Raw(
                orjson.dumps(
                    {
                        "source": {"id": row.source},
                        "destination": {
                            "id": row.destination,
                            "protocol": row.protocol,
                            "ports": {"start": row.start, "end": row.end},
                        },
                    }
                )
            )
            for row in rows
        ]
    )


def test_policies_keep_their_exact_ports_and_stale_ones_come_sorted():
    rows = (
        PolicyRow("z", "b", "tcp", 2, 2),
        PolicyRow("a", "b", "tcp", 1, 65535),
        PolicyRow("a", "c", "tcp", 1, 1),
        PolicyRow("a", "b", "tcp", 1, 65535),
        PolicyRow("y", "z", "udp", 9, 9),
    )
    named, stale, impossible = name_policies(listed(rows), {"a": A, "b": B})
    assert not impossible
    assert named == {NetworkPolicy(A, B, "tcp", 1, 65535)}
    assert stale == (
        StalePolicy(UnknownApp("y"), UnknownApp("z"), "udp", 9, 9),
        StalePolicy(UnknownApp("z"), B, "tcp", 2, 2),
        StalePolicy(A, UnknownApp("c"), "tcp", 1, 1),
    )
    assert name_policies(listed(rows[::-1]), {"a": A, "b": B}) == (named, stale, ())


def test_policies_with_ports_that_do_not_exist_are_set_apart():
    rows = (
        PolicyRow("b", "a", "tcp", 70000, 70000),
        PolicyRow("a", "z", "udp", 2**31 - 1, 2**31 - 1),
        PolicyRow("a", "b", "tcp", 1, 65535),
    )
    named, stale, impossible = name_policies(listed(rows), {"a": A, "b": B})
    assert named == {NetworkPolicy(A, B, "tcp", 1, 65535)}
    assert stale == ()
    assert impossible == (
        StalePolicy(A, UnknownApp("z"), "udp", 2**31 - 1, 2**31 - 1),
        StalePolicy(B, A, "tcp", 70000, 70000),
    )


def test_a_selection_asks_for_names_where_it_can():
    plain = SpacePatterns(frozenset({SpacePattern("Acme", "Web"), SpacePattern("other", "x")}))
    assert (plain.org_names, plain.space_names) == ({"acme", "other"}, {"web", "x"})
    spaces = SpacePatterns(frozenset({SpacePattern("Acme", "w*"), SpacePattern("other", "x")}))
    assert (spaces.org_names, spaces.space_names) == ({"acme", "other"}, None)
    orgs = SpacePatterns(frozenset({SpacePattern("a*", "x")}))
    assert (orgs.org_names, orgs.space_names) == (None, {"x"})
    assert not SpacePatterns(frozenset())


def test_a_selection_means_what_its_patterns_mean():
    patterns = frozenset({SpacePattern("acme", "w*"), SpacePattern("*-lab", "web"), SpacePattern("x", "y")})
    selection = SpacePatterns(patterns)
    for org in ("Acme", "a-LAB", "x", "z"):
        for space in ("web", "Wx", "y"):
            expected = any(pattern.matches(SpaceRef(org, space)) for pattern in patterns)
            assert selection.has(SpaceRef(org, space)) is expected
    assert [selection.has_org(name) for name in ("ACME", "a-lab", "X", "z")] == [True, True, True, False]
    apps = AppPatterns(frozenset({AppPattern("Acme", "web", "A"), AppPattern("*", "web", "b*")}))
    named = {AppRef(*address.split("/")): address for address in ("acme/web/a", "q/web/bb", "q/web/a")}
    assert apps.among(named) == {"acme/web/a", "q/web/bb"}
