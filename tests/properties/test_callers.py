"""A source means the live apps that its words fit, from whichever space it is named."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifests.resolving.callers import Callers
from reconciler.manifests.resolving.lookup import LiveIndex
from reconciler.manifests.space import App, Source, Space
from reconciler.model.live import LiveApp, LiveState
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.numbering import Numbering

ORGS = SPACES = ("acme", "Globex")
WORDS = (None, "acme", "ACME", "globex", "g*", "*")
LABELS = {"tier": "front"}
LIVE = st.dictionaries(
    st.sampled_from([AppRef(*parts) for parts in product(ORGS, SPACES, ("Web", "worker", "api"))]),
    st.sampled_from((LABELS, {})),
    max_size=6,
)
SOURCES = [
    Source(org, space, app, labels)
    for org, space in product(WORDS, repeat=2)
    for app in (None, "web", "WEB", "w*", "front", "nobody")
    for labels in (None, "tier=front")
    if app or labels
]
HOMES = st.sampled_from([Space(org, space) for org in ("acme", "Acme", "globex") for space in ("acme", "globex")])


def fits(word: str | None, name: str) -> bool:
    return word is None or fnmatchcase(name.lower(), word.lower())


@given(LIVE, HOMES, st.sampled_from(ORGS), st.sampled_from(SPACES))
def test_a_source_means_what_its_words_fit(apps, home, org, space):
    live = LiveState("", None, frozenset(), {app: LiveApp(str(app), labels) for app, labels in apps.items()})
    # An entry by another name than that of the apps it stands for: its name, as a source, means these.
    entry = Space(org, space, apps=(App("front", match=("w*",)),))
    index = LiveIndex(live)
    index.declare(entry)
    numbering = Numbering()
    numbering.app(AppRef("met", "before", "them"))
    callers = Callers(index, numbering)
    for source in SOURCES:
        where = (source.org or home.org, source.space or home.space)
        expected = [
            app
            for app in sorted(apps)
            if fits(where[0], app.org)
            and fits(where[1], app.space)
            and (source.labels is None or apps[app] == LABELS)
            and (fits(source.app, app.app) or _stands_for(entry, where, source, app))
        ]
        for _ in range(2):
            numbers = callers.seen_from(home)[source]
            assert [numbering.apps[number] for number in numbers] == expected


def _stands_for(entry, where, source, app) -> bool:
    """Say whether the app is one of those that the entry stands for, and the source is the entry's name."""
    home = SpaceRef(entry.org, entry.space).folded
    return (
        source.app == "front"
        and source.labels is None
        and SpaceRef(*where).folded == home == app.space_ref.folded
        and app.app.lower().startswith("w")
    )
