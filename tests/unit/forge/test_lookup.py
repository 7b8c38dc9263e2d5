from __future__ import annotations

import pytest

from reconciler.errors import UsageError
from reconciler.forge.comment import Marker
from reconciler.forge.github import github_access, pull_request_of
from reconciler.forge.http import Http
from reconciler.forge.paging import next_query


def pull(number, owner, branch, commit):
    return {"number": number, "head": {"user": {"login": owner}, "ref": branch, "sha": commit}}


def looked_up(github, *head):
    with Http(github_access(github.url, github.token)) as http:
        return pull_request_of(http, "acme/net", *head)


def test_a_forks_pull_request_is_found_by_its_branch(github):
    github.pulls = [pull(1, "mallory", "a", "x"), pull(2, "mallory", "b", "y"), pull(3, "acme", "b", "y")]
    assert looked_up(github, "mallory", "b", "y") == 2


@pytest.mark.parametrize("head", [("mallory", "a", "z"), ("mallory", "b", "x"), ("acme", "a", "x")])
def test_one_that_has_moved_on_is_not_taken(github, head):
    github.pulls = [pull(1, "mallory", "a", "x")]
    with pytest.raises(UsageError, match="no open pull requests"):
        looked_up(github, *head)


def test_two_with_one_head_are_too_many(github):
    github.pulls = [pull(1, "mallory", "a", "x"), pull(2, "mallory", "a", "x")]
    with pytest.raises(UsageError, match="2 open pull requests"):
        looked_up(github, "mallory", "a", "x")


@pytest.mark.parametrize(
    ("link", "query"),
    [
        ("", None),
        ('<https://x/y?page=2>; rel="next"', "page=2"),
        (
            '<https://x/y>; rel="prev", <https://x/y?a=b&page=3>; rel="next", <https://x>; rel="last"',
            "a=b&page=3",
        ),
        ("<https://x/y?page=2>; rel=next", "page=2"),
        ('<https://x/y?page=2>; title="a"; rel="next"', "page=2"),
        ('<https://x/y?page=2>; rel="last"', None),
        ('<https://x/y>; rel="next"', ""),
        ('<https://[x/y?page=2>; rel="next"', None),
        ('<https://x/y?page=\u00e9>; rel="next"', None),
        ("<" * 10_000, None),
    ],
)
def test_the_link_to_the_next_page(link, query):
    assert next_query(link) == query


@pytest.mark.parametrize("name", ["prod", "prod-eu", "a/b.c_d", "1", "x" * 100])
def test_a_name_for_a_marker(name):
    assert Marker(name).begins(f"<!-- c2c comment: {name} -->\r\ntext")


@pytest.mark.parametrize("name", ["", "a--b", "-a", "a-", "a b", "a>b", "a\nb", "ä", "x" * 101, "--><script>"])
def test_a_name_that_could_end_the_marker(name):
    with pytest.raises(UsageError):
        Marker(name)
