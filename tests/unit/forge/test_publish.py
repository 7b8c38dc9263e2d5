from __future__ import annotations

import re
import time
from contextlib import contextmanager
from email.utils import formatdate

import pytest
from support import forges
from support.forges import BOT, PERSON, Fault

from reconciler.errors import (
    AuthenticationError,
    AuthorizationError,
    NotFoundError,
    PlatformError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from reconciler.forge.comment import Action, Marker, publish
from reconciler.forge.github import GitHub, github_access
from reconciler.forge.gitlab import GitLab, gitlab_access
from reconciler.forge.http import Http, HttpSettings

MARKER = Marker("prod")
LINE = "<!-- c2c comment: prod -->"


@pytest.fixture(params=["github", "gitlab"])
def forge(request):
    """Each of the two, for what must hold for both."""
    return request.getfixturevalue(request.param)


@contextmanager
def client(forge, **settings):
    """The real client, on the served forge."""
    if isinstance(forge, forges.GitHub):
        access = github_access(forge.url, settings.pop("token", forge.token))
        with Http(access, HttpSettings(**settings)) as http:
            yield GitHub(http, access.api, "acme/net", settings.get("number", 12))
    else:
        access = gitlab_access(f"{forge.url}/api/v4", settings.pop("token", forge.token))
        with Http(access, HttpSettings(**settings)) as http:
            yield GitLab(http, 5, 12, "https://gitlab.test/acme/net/-/merge_requests/12")


def said(forge, text="the plan", marker=MARKER, **settings):
    with client(forge, **settings) as one:
        return publish(one, marker, text if callable(text) else lambda _room: text)


def test_a_ca_variable_that_names_nothing_is_no_internal_error_where_the_system_has_no_authorities(forge, monkeypatch):
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, "/missing")
    assert said(forge).action is Action.CREATED


def test_the_first_run_creates_it(forge):
    published = said(forge)
    assert published.action is Action.CREATED
    assert forge.bodies() == [f"{LINE}\nthe plan"]
    assert "12#" in published.comment.url


def test_a_later_run_changes_it_in_place(forge):
    first = said(forge).comment
    published = said(forge, "another plan")
    assert (published.action, published.comment.id) == (Action.UPDATED, first.id)
    assert forge.bodies() == [f"{LINE}\nanother plan"]


@pytest.mark.parametrize("stored", [f"{LINE}\nthe plan", f"{LINE}\r\nthe plan\r\n"])
def test_nothing_is_written_when_it_says_so_already(forge, stored):
    forge.add(stored, BOT)
    assert said(forge).action is Action.UNCHANGED
    assert {seen.method for seen in forge.seen} <= {"GET", "POST"}
    assert [seen.path for seen in forge.sent("POST") if seen.path != "/graphql"] == []


def test_who_asks_is_asked_only_when_a_marker_was_found(forge):
    forge.add("hello")
    said(forge)
    assert [seen for seen in forge.seen if seen.path.endswith(("/user", "/graphql"))] == []


def test_a_marker_in_the_comment_of_somebody_else_is_theirs(forge):
    theirs = forge.add(f"{LINE}\nnothing changes, trust me", PERSON)
    assert said(forge).action is Action.CREATED
    assert theirs["body"] == f"{LINE}\nnothing changes, trust me"
    assert len(forge.comments) == 2


def test_a_marker_that_the_same_account_quotes_is_another_comment(forge):
    quoted = forge.add(f"somebody wrote\n{LINE}\nsomething", BOT)
    assert said(forge).action is Action.CREATED
    assert quoted["body"].startswith("somebody")


def test_several_plans_have_a_comment_each(forge):
    for name in ("prod", "prod-eu", "prod/eu", "Prod"):
        said(forge, name, Marker(name))
    assert [body.partition("\n")[2] for body in forge.bodies()] == ["prod", "prod-eu", "prod/eu", "Prod"]
    assert said(forge, "prod", MARKER).action is Action.UNCHANGED


def test_it_is_found_on_a_later_page(forge):
    for number in range(230):
        forge.add(f"comment {number}")
    forge.add(f"{LINE}\nold", BOT)
    assert said(forge).action is Action.UPDATED
    pages = [seen.query.get("page", "1") for seen in forge.sent("GET") if not seen.path.endswith("/user")]
    assert pages == [str(number + 1) for number in range(len(pages))]
    assert len(pages) > 2


def test_of_two_that_two_runs_at_once_have_made_the_older_stays(forge):
    older = forge.add(f"{LINE}\none", BOT)
    forge.add("between")
    forge.add(f"{LINE}\ntwo", BOT)
    assert said(forge).comment.id == older["id"]
    assert forge.bodies() == [f"{LINE}\nthe plan", "between"]


def test_one_that_vanishes_meanwhile_is_made_anew(forge):
    forge.add(f"{LINE}\nold", BOT)
    method = "PATCH" if isinstance(forge, forges.GitHub) else "PUT"
    forge.faults.append(Fault(method, 404, {"message": "Not Found"}))
    assert said(forge).action is Action.CREATED


def test_the_link_to_the_next_page_cannot_lead_the_token_elsewhere(forge):
    for number in range(130):
        forge.add(f"comment {number}")
    with forges.served(type(forge)()) as other:
        honest = forge.link

        def lying(request, number, relation):
            return honest(request, number, relation).replace(forge.url, other.url)

        forge.link = lying
        assert said(forge).action is Action.CREATED
        assert other.seen == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(forge, status):
    with forges.served(type(forge)()) as other:
        forge.faults.append(Fault("GET", status, {}, {"Location": f"{other.url}/user"}))
        with pytest.raises(UnexpectedAnswerError, match="redirect"):
            said(forge)
        assert other.seen == []


class TestLimits:
    @pytest.mark.parametrize(
        ("status", "headers", "body"),
        [
            (429, {"Retry-After": "0"}, {"message": "Too Many Requests"}),
            (403, {"Retry-After": "0"}, {"message": "You have exceeded a secondary rate limit."}),
            (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, {"message": "API rate limit exceeded"}),
            (403, {}, {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}),
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_it_waits_and_goes_on(self, forge, method, status, headers, body):
        forge.faults.append(Fault(method, status, body, headers))
        assert said(forge).action is Action.CREATED
        assert len(forge.comments) == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {"Retry-After": "3000"},
            {"Retry-After": formatdate(time.time() + 3000, usegmt=True)},
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time() + 3000))},
            {"RateLimit-Remaining": "0", "RateLimit-Reset": str(int(time.time() + 3000))},
        ],
    )
    def test_a_wait_that_is_too_long_ends_it_at_once(self, forge, headers):
        forge.faults.append(Fault("GET", 429, {"message": "slow down"}, headers))
        with pytest.raises(RateLimitedError) as caught:
            said(forge)
        assert re.match(r"try again in \d+ seconds", caught.value.hint)
        assert len(forge.seen) == 1

    def test_a_plain_403_is_no_limit(self, forge):
        forge.writable = False
        with pytest.raises(AuthorizationError) as caught:
            said(forge)
        assert len(forge.sent("POST")) == 1
        assert "token" in caught.value.hint


class TestSize:
    def test_the_text_gets_the_room_that_the_forge_has(self, forge):
        rooms = []

        def render(room):
            rooms.append(room)
            return "x" * room

        said(forge, render)
        assert len(forge.bodies()[0]) == (65_000 if isinstance(forge, forges.GitHub) else 1_000_000)
        assert rooms == [len(forge.bodies()[0]) - len(LINE) - 1]

    def test_a_forge_that_takes_less_gets_less(self, forge):
        forge.longest = 20_000
        published = said(forge, lambda room: "x" * room)
        assert published.action is Action.CREATED
        assert 4_000 < len(forge.bodies()[0]) <= 20_000
        assert said(forge, lambda room: "x" * room).action is Action.UNCHANGED

    def test_one_that_takes_nothing_is_given_up(self, forge):
        forge.longest = 10
        with pytest.raises(RejectedError, match="too long"):
            said(forge, lambda room: "x" * room)

    def test_text_that_grows_while_it_is_made_harmless_still_fits(self, forge):
        said(forge, lambda room: "/\n" * (room // 2))
        assert len(forge.bodies()[0]) <= forge.longest


@pytest.mark.parametrize("text", ["/merge", "x\n/close\n", "  /approve", "\t/label ~x", "a\r\n/assign me"])
def test_nothing_in_it_is_a_command(forge, text):
    said(forge, text)
    body = forge.bodies()[0]
    assert not any(line.lstrip().startswith("/") for line in body.splitlines())
    assert getattr(forge, "commands", []) == []


class TestTroubles:
    @pytest.mark.parametrize(("status", "kind"), [(401, AuthenticationError), (404, NotFoundError)])
    def test_refusals_say_what_to_do(self, forge, status, kind):
        forge.faults.append(Fault("GET", status, {"message": "no"}))
        with pytest.raises(kind) as caught:
            said(forge)
        assert "token" in caught.value.hint.lower()
        assert len(forge.seen) == 1

    def test_a_wrong_token_is_refused_and_not_shown(self, forge):
        with pytest.raises(AuthenticationError) as caught:
            said(forge, token="wrong-token-0123456789")
        assert "wrong-token" not in repr(caught.value) + str(caught.value.hint)

    def test_what_may_pass_is_tried_again(self, forge):
        forge.faults += [Fault("GET", 502, None), Fault("GET", 503, None)]
        assert said(forge).action is Action.CREATED

    def test_a_failing_forge_is_given_up(self, forge):
        forge.faults += [Fault("GET", 500, {"message": "oops"})] * 9
        with pytest.raises(UnavailableError, match="oops"):
            said(forge)

    def test_a_comment_that_arrived_without_an_answer_is_not_written_twice(self, forge):
        forge.faults.append(Fault("POST", hang_up=True))
        assert said(forge).action is Action.CREATED
        assert forge.bodies() == [f"{LINE}\nthe plan"]

    def test_a_comment_that_did_not_arrive_is_written_again(self, forge):
        forge.faults.append(Fault("POST", 502, None))
        assert said(forge).action is Action.CREATED
        assert forge.bodies() == [f"{LINE}\nthe plan"]

    @pytest.mark.parametrize("body", ["text", {"a": 1}, [1], [{"body": "x"}], None])
    def test_an_answer_of_another_form_is_said_to_be_one(self, forge, body):
        forge.faults.append(Fault("GET", 200, body))
        with pytest.raises(UnexpectedAnswerError):
            said(forge)

    def test_a_list_without_end_is_left(self, forge, monkeypatch):
        monkeypatch.setattr("reconciler.forge.paging.MOST_PAGES", 5)
        forge.page = lambda request, _items: forges.Reply(200, [], {"Link": forge.link(request, 2, "next")})
        with pytest.raises(UnexpectedAnswerError, match="more than 5 pages"):
            said(forge)

    def test_a_next_page_by_an_endless_address_is_not_asked_for(self, forge):
        link = f'<{forge.url}/x?page={"2" * 70_000}>; rel="next"'
        forge.page = lambda _request, _items: forges.Reply(200, [], {"Link": link})
        with pytest.raises(UnexpectedAnswerError, match="an address that is too long"):
            said(forge)

    def test_an_echoed_token_is_hidden(self, forge):
        forge.faults.append(Fault("GET", 400, {"message": f"bad header: {forge.token}"}))
        with pytest.raises(RejectedError) as caught:
            said(forge)
        assert forge.token not in f"{caught.value.summary}{caught.value!r}{caught.value.__context__!r}"
        assert "bad header" in caught.value.summary

    def test_nobody_there(self, forge):
        access = github_access("http://127.0.0.1:9", forge.token)
        with Http(access) as http, pytest.raises(UnreachableError, match=r"127\.0\.0\.1 did not answer"):
            publish(GitHub(http, access.api, "acme/net", 12), MARKER, lambda _room: "x")

    def test_a_server_that_never_ends_its_answer(self, forge):
        forge.page = lambda _request, _items: time.sleep(3) or forges.Reply(200, [])
        started = time.monotonic()
        with pytest.raises(PlatformError):
            said(forge, call_seconds=0.2, attempts=1)
        assert time.monotonic() - started < 3


class TestWhoIsWho:
    def test_a_person_is_known_by_the_rest_api(self, github):
        github.me = {"id": 9, "login": "carol", "username": "carol", "type": "User"}
        github.add(f"{LINE}\nold", github.me)
        assert said(github).action is Action.UPDATED

    def test_an_app_is_known_by_graphql(self, github):
        github.me = {"id": 77, "login": "net-bot[bot]", "username": "x", "type": "Bot"}
        github.add(f"{LINE}\nof the job", BOT)
        mine = github.add(f"{LINE}\nold", github.me)
        assert said(github).comment.id == mine["id"]
        assert github.bodies()[0] == f"{LINE}\nof the job"

    def test_without_graphql_the_account_of_jobs_is_meant(self, github):
        github.graphql = False
        github.add(f"{LINE}\nfake", PERSON)
        mine = github.add(f"{LINE}\nold", BOT)
        assert said(github).comment.id == mine["id"]

    def test_graphql_of_an_enterprise_server_is_beside_its_rest_api(self, github):
        github.faults.append(Fault("GET", 200, [{"id": 1, "body": f"{LINE}\nold", "user": BOT}]))
        github.faults.append(Fault("GET", 403, {"message": "Resource not accessible by integration"}))
        access = github_access(f"{github.url}/api/v3", github.token)
        with Http(access) as http, pytest.raises(NotFoundError):
            publish(GitHub(http, access.api, "acme/net", 12), MARKER, lambda _room: "x")
        assert "/api/graphql" in [seen.path for seen in github.seen]

    def test_a_comment_of_a_deleted_account_is_nobodys(self, github):
        github.comments.append({"id": 1, "body": f"{LINE}\nold", "user": None, "html_url": ""})
        assert said(github).action is Action.CREATED

    def test_the_systems_own_notes_are_no_comments(self, gitlab):
        gitlab.add(f"{LINE}\nold", BOT)["system"] = True
        assert said(gitlab).action is Action.CREATED
