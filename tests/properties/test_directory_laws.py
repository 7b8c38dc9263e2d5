"""Names and GUIDs: what a directory and a selection say is what going over all apps says.

A directory names each app by its space, the last of a name alone, however many readings its apps come from.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.cf.cloud_controller import AppRow
from reconciler.cf.directory import build_directory, extended
from reconciler.cf.patterns import AppPatterns
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.scope import AppPattern

words = st.sampled_from(["a", "A", "b"])
spaces = st.dictionaries(st.sampled_from(["s1", "s2", "s3"]), st.builds(SpaceRef, words, words))
parts = st.sampled_from(["a", "A", "b", "*", "a*", "A*b"])
patterns = st.frozensets(st.builds(AppPattern, parts, parts, parts), max_size=4)
live = st.sampled_from(["a", "b", "ab", "a*", "a*b"])
rows = st.lists(st.tuples(words, st.sampled_from(["s1", "s2", "s3", "unseen"])))


@given(spaces, rows, st.integers(0, 10))
def test_the_last_app_of_a_name_has_it(homes, written, first):
    apps = [AppRow(f"g{number}", name, home, {}) for number, (name, home) in enumerate(written)]
    named = {app.guid: AppRef(*homes[app.space_guid], app.name) for app in apps if app.space_guid in homes}
    last = {name.folded: guid for guid, name in named.items()}
    for found in (
        build_directory(homes, apps, []),
        extended(build_directory(homes, apps[:first], []), homes, apps[first:], {}),
    ):
        assert found.app_guids == last
        assert found.apps == {guid: named[guid] for guid in last.values()}


@given(patterns, st.sets(st.builds(AppRef, live, live, live)))
def test_apps_are_selected_as_their_patterns_match(meant, apps):
    guids = {app: str(app) for app in apps}
    matching = {str(app) for app in apps if any(pattern.matches(app) for pattern in meant)}
    assert AppPatterns(meant).among(guids) == matching
