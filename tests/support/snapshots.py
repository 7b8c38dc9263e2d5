"""Hypothesis strategies for Snapshot documents that fit the schema; those that are `sound` fit themselves too."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.names import AppRef, SpaceRef, encode_segment, fold

NAMES = ["a", "A", "b", "x/y", "50%", "a%2Fb", "Straße", "İ", "two words", "*"]
DOMAINS = ["apps.internal", "Apps.Internal", "other.internal", "example.com"]
HOSTS = ["h", "H", "web", "*", "h_1", "b"]
TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=4)
# YAML's merge key is refused wherever it stands, and is no label that Cloud Foundry takes either.
LABELS = st.dictionaries(TEXT.filter(lambda key: key != "<<"), st.text(max_size=4), max_size=2)
DESCRIBED = {"labels": LABELS, "annotations": LABELS}
PORT = st.integers(1, 65535)
OWN_GUID = st.uuids().map(str)
MOMENTS = ["2026-11-20T06:00:00Z"] * 9 + ["2026-02-30T06:00:00+23:59"]
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "tag_length": st.sampled_from([1, 2, 3, 2.0]),
        "route_sharing": st.booleans(),
        "max_policies_per_app_source": st.integers(0, 200),
    },
)


# Hypothesis takes longer to make a strategy than to draw from it, so each is made once.
ONE_IN_SIX = st.integers(0, 5).map(lambda number: number == 0)
ONE_IN_TWENTY = st.integers(0, 19).map(lambda number: number == 0)
CASES = st.sampled_from([str, str.upper, str.lower])
UNKNOWN_END = st.one_of(TEXT, OWN_GUID, st.just("\x01<&>\u2028é"))
PROTOCOL = st.fixed_dictionaries({}, optional={"protocol": st.sampled_from(["tcp", "udp"])})
SCOPES = st.lists(TEXT, max_size=2)
ACCOUNTS = [st.lists(st.sampled_from(NAMES), max_size=2, unique=sound) for sound in (False, True)]
PATH = {"path": st.sampled_from(["/x", "/X", "/y"])}


class Details:
    """What may be said of each thing beside its name. GUIDs that are sound are those of one thing only."""

    def __init__(self, guid: st.SearchStrategy[str]) -> None:
        def some(more: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
            return st.fixed_dictionaries({}, optional=more | {"guid": guid})

        self.place = some(DESCRIBED)
        self.route = some(DESCRIBED)
        self.route_with_path = some(DESCRIBED | PATH)
        self.destination = some(
            {
                "port": PORT,
                "protocol": st.sampled_from(["http1", "http2"]),
                "process_type": st.sampled_from(["web", "worker"]),
            }
        )
        self.app = some(
            DESCRIBED
            | {
                "state": st.sampled_from(["STARTED", "STOPPED"]),
                "instances": st.sampled_from([0, 1, 2.0]),
                "lifecycle": st.sampled_from(["buildpack", "cnb", "docker"]),
                "environment": st.dictionaries(
                    st.sampled_from([*SYSTEM_TRUST, "OTHER"]), st.text(max_size=3), max_size=3
                ),
            }
        )


SOUND, UNSOUND = Details(OWN_GUID), Details(st.one_of(OWN_GUID, st.sampled_from(["g-1", "G-1"])))


@cache
def some_of(pool: tuple[str, ...], least: int, most: int, *, sound: bool) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(pool), min_size=least, max_size=most, unique_by=fold if sound else str)


class Author:
    """Draws the parts of one snapshot. Unless it is sound, it makes mistakes now and then."""

    def __init__(self, draw: st.DrawFn, *, sound: bool) -> None:
        self.draw = draw
        self.sound = sound
        self.details = SOUND if sound else UNSOUND
        self.domains: list[str] = []
        self.spaces: list[SpaceRef] = []
        self.apps: list[AppRef] = []

    def errs(self) -> bool:
        return not self.sound and self.draw(ONE_IN_TWENTY)

    def respelt(self, name: str) -> str:
        """Spell a name in another case, where that is still the same name."""
        other = self.draw(CASES)(name)
        return other if fold(other) == fold(name) else name

    def names(self, pool: list[str], least: int, most: int) -> list[str]:
        return self.draw(some_of(tuple(pool), least, most, sound=self.sound))

    def named(self, names: list[str], details: st.SearchStrategy[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"name": name} | self.draw(details) for name in names]

    def end(self) -> str | dict[str, str]:
        """Draw the end of a policy in any form."""
        if self.errs():
            return self.draw(st.sampled_from(["a/a/nobody", {"org": "a", "space": "a", "app": "no/body"}]))
        if not self.apps or self.draw(ONE_IN_SIX):
            return {"guid": self.draw(UNKNOWN_END)}
        ref = AppRef(*map(self.respelt, self.draw(st.sampled_from(self.apps))))
        return str(ref) if self.draw(st.booleans()) else ref._asdict()

    def policy(self) -> dict[str, Any]:
        start, end = self.draw(PORT), self.draw(PORT)
        if not self.errs():
            start, end = sorted((start, end))
        forms = [start, float(start), str(start), f"{start}-{end}", {"start": start, "end": end}]
        required = {"source": self.end(), "destination": self.end(), "ports": self.draw(st.sampled_from(forms))}
        return required | self.draw(PROTOCOL)

    def destination(self, home: SpaceRef, ref: AppRef) -> str | dict[str, Any]:
        """Name an app with as few of its leading names as will do, or more."""
        if self.errs():
            return self.draw(st.sampled_from(["nobody", {"app": "nobody"}]))
        enough = next(count for count in (1, 2, 3) if ref[: 3 - count] == home[: 3 - count])
        count = self.draw(st.integers(enough, 3))
        names = [self.respelt(name) for name in ref[3 - count :]]
        if self.draw(st.booleans()):
            return "/".join(map(encode_segment, names))
        return dict(zip(AppRef._fields[3 - count :], names, strict=True)) | self.draw(self.details.destination)

    def route(self, home: SpaceRef, host: str) -> dict[str, Any]:
        domain = "nowhere.internal" if self.errs() else self.respelt(self.draw(st.sampled_from(self.domains)))
        mapped = st.lists(st.sampled_from(self.apps), max_size=3, unique=self.sound) if self.apps else st.just([])
        required = {
            "host": host,
            "domain": domain,
            "destinations": [self.destination(home, ref) for ref in self.draw(mapped)],
            "shared_with": list(map(str, self.draw(st.lists(st.sampled_from(self.spaces), max_size=2)))),
        }
        # Most routes have no path: only those are names of apps inside.
        details = self.details.route_with_path if self.draw(ONE_IN_SIX) else self.details.route
        return required | self.draw(details)

    def accounts(self, key: str, secret: str) -> list[dict[str, Any]]:
        homes = list(map(str, self.spaces)) + ([] if self.sound else ["no/where"])
        roles = st.lists(st.sampled_from(homes), max_size=2) if homes else st.just([])
        more = st.fixed_dictionaries({}, optional={secret: TEXT, "scopes": SCOPES, "space_developer": roles})
        names = self.draw(ACCOUNTS[self.sound])
        return [{key: name} | self.draw(more) for name in names]

    def view(self) -> dict[str, Any]:
        homes = [str(SpaceRef(*map(self.respelt, home))) for home in self.spaces] + ([] if self.sound else ["no/where"])
        some = st.lists(st.sampled_from(homes), max_size=2) if homes else st.just([])
        required = {key: self.draw(st.booleans()) for key in ("every_policy", "every_app")}
        more = st.fixed_dictionaries({}, optional={"policies_between": some, "closed_environments": some})
        return required | self.draw(more)


@st.composite
def snapshots(draw: st.DrawFn, *, sound: bool) -> dict[str, Any]:
    """Draw a document that fits the schema."""
    author = Author(draw, sound=sound)
    domains = author.named(author.names(DOMAINS, 0, 3), author.details.place)
    for domain in domains:
        domain["internal"] = domain["name"] != "example.com"
    author.domains = [domain["name"] for domain in domains]
    organizations = author.named(author.names(NAMES, 0, 2), author.details.place)
    homes: list[tuple[SpaceRef, dict[str, Any]]] = []
    for org in organizations:
        org["spaces"] = author.named(author.names(NAMES, 1, 2), author.details.place)
        homes += [(SpaceRef(org["name"], space["name"]), space) for space in org["spaces"]]
    for home, space in homes:
        space["apps"] = author.named(author.names(NAMES, 0, 3), author.details.app)
        author.apps += [AppRef(*home, app["name"]) for app in space["apps"]]
    author.spaces = [home for home, _ in homes]
    # A host on one domain only, so that sound routes cannot meet.
    hosts = author.names(HOSTS, 0, 5) if homes and domains else []
    for host in hosts:
        home, space = draw(st.sampled_from(homes))
        space.setdefault("routes", []).append(author.route(home, host))
    return {
        "apiVersion": "c2c/v1",
        "kind": "Snapshot",
        "taken_at": MOMENTS[0] if sound else draw(st.sampled_from(MOMENTS)),
        **({"view": author.view()} if draw(st.booleans()) else {}),
        "domains": domains,
        "organizations": organizations,
        "network_policies": [author.policy() for _ in range(draw(st.integers(0, 4)))],
        "users": author.accounts("name", "password"),
        "clients": author.accounts("id", "secret"),
        "settings": draw(SETTINGS),
    }
