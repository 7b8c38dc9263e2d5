"""Adding to rare YAML: where nothing can be added, that is said, and nothing fails."""

from __future__ import annotations

import warnings

from reconciler.manifests.editing.insertion import Setting, extended
from reconciler.manifests.editing.writer import canonical

NAMED_TWICE = b"apiVersion: c2c/v1\nkind: Space\norg: &a acme\nspace: &a web\napps:\n  - name: *a\n"


def test_nothing_is_added_where_a_name_is_given_twice():
    (problem,) = extended("web.yml", NAMED_TWICE, [Setting(0, ("apps", 0), "trust", "system")])
    assert problem.code == "cannot-format"
    assert "nothing can be added to this file" in problem.message


def test_a_name_that_is_given_twice_is_formatted_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert canonical("web.yml", NAMED_TWICE) == NAMED_TWICE
