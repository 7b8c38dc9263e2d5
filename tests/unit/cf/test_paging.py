from __future__ import annotations

import threading
import time

import httpx
import pytest

from reconciler.cf.api import Api
from reconciler.cf.auth import TokenSource
from reconciler.cf.cloud_controller import CloudController
from reconciler.cf.credentials import TokenCredentials
from reconciler.cf.http import READ_SECONDS
from reconciler.cf.paging import MAX_PAGES, PARALLEL
from reconciler.cf.policy_list import PolicyRow
from reconciler.cf.policy_server import PolicyServer
from reconciler.cf.root import Root
from reconciler.errors import AuthenticationError, NotFoundError, UnexpectedAnswerError

API = "https://api.example.test"


@pytest.fixture
def make_api(make_http):
    def make(handler, policies: str | None = "/networking/v1/external") -> Api:
        tokens = TokenSource(TokenCredentials("t0ken"), lambda _: pytest.fail("no grant is asked for"))
        return Api(make_http(handler), API, lambda: Root("https://uaa.test", policies, None), tokens)

    return make


def org(number: int) -> dict[str, object]:
    return {"guid": f"g{number}", "name": f"org{number}"}


def page(resources: object, total_pages: object = 1, following: object = None, rows: object = 1) -> httpx.Response:
    pagination = {"total_results": rows, "total_pages": total_pages, "next": following}
    return httpx.Response(200, json={"pagination": pagination, "resources": resources})


def test_reads_as_many_pages_as_the_first_announces(make_api):
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        asked.append(number)
        assert request.url.params["per_page"] == "2"
        assert request.headers["authorization"] == "bearer t0ken"
        # Later pages announce nothing at all, as page queries past the end of a shrunken list do.
        return page([org(number * 2), org(number * 2 + 1)], 3 if number == 1 else 0)

    found = CloudController(make_api(server), page_size=2).organizations(None)
    assert sorted(found) == [f"g{number}" for number in range(2, 8)]
    assert sorted(asked) == [1, 2, 3]


def test_a_row_that_shifts_between_pages_counts_once_in_its_later_form(make_api):
    def server(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        return page([{"guid": "g1", "name": f"reading{number}"}, org(number + 10)], 2)

    found = CloudController(make_api(server)).organizations(None)
    assert {guid: row.name for guid, row in found.items()} == {"g1": "reading2", "g11": "org11", "g12": "org12"}


def test_an_empty_page_ends_the_list(make_api):
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return page([org(1)] if len(asked) == 1 else [], MAX_PAGES)

    CloudController(make_api(server)).organizations(None)
    # Page 2 ends it; the others were under way by then.
    assert len(asked) <= 1 + PARALLEL


@pytest.mark.parametrize("shown", [[], [org(1)], [org(1), org(1), org(1)]])
def test_a_list_shorter_than_announced_is_read_once_more_and_then_refused(make_api, shown):
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return page(shown if request.url.params["page"] == "1" else [], 2, rows=3)

    with pytest.raises(UnexpectedAnswerError, match=r"announces 3 rows, and its pages hold [01]"):
        CloudController(make_api(server)).organizations(None)
    assert len(asked) == (4 if shown else 2)


def test_a_first_page_that_holds_less_than_the_whole_list_has_is_refused(make_api):
    cloud = CloudController(make_api(lambda _: page([], 1, rows=2)))
    with pytest.raises(UnexpectedAnswerError, match="announces 2 rows, and its pages hold 0"):
        cloud.routes_by_host_in_any_case(["d"], ["h"])


def test_a_list_that_shrinks_while_it_is_read_is_read_once_more(make_api):
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        number = int(request.url.params["page"])
        if len(asked) < 3:
            return page([org(1), org(2)] if number == 1 else [org(4)], 2, rows=4)
        return page([org(2), org(3)] if number == 1 else [org(4)], 2, rows=3)

    found = CloudController(make_api(server), page_size=2).organizations(None)
    assert sorted(found) == ["g2", "g3", "g4"]
    assert len(asked) == 4


def test_a_list_that_grows_while_it_is_read_is_fine(make_api):
    def server(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        return page([org(number), org(number + 1)], 2, rows=3)

    assert len(CloudController(make_api(server), page_size=2).organizations(None)) == 3


def test_the_rows_of_a_list_are_bounded(make_api, monkeypatch):
    monkeypatch.setattr("reconciler.cf.paging.MAX_ROWS", 10)

    def server(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        return page([org(number * 4 + offset) for offset in range(4)], 1000)

    with pytest.raises(UnexpectedAnswerError, match="go on after 10 rows"):
        CloudController(make_api(server), page_size=4).organizations(None)


def test_links_in_circles_lead_nowhere(make_api):
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return page([org(1)], 1, {"href": str(request.url)})

    CloudController(make_api(server)).organizations(None)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "href", ["https://evil.test/v3/organizations?page=2", "http://api.example.test/x", "https://api.example.test:444/x"]
)
def test_a_next_link_to_another_place_is_refused(make_api, href):
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return page([org(1)], 2, {"href": href})

    with pytest.raises(UnexpectedAnswerError, match="has a next link to another place") as caught:
        CloudController(make_api(server)).organizations(None)
    assert asked == ["api.example.test"]
    assert "t0ken" not in caught.value.summary


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (page([org(1)], 10**9), "pagination.total_pages is 1000000000, and more than 1000 are not believed"),
        (page([org(1)], -1), "pagination.total_pages is -1"),
        (page([org(1)], "1"), "pagination.total_pages is not an integer"),
        (page([org(1)], True), "pagination.total_pages is not an integer"),
        (page({}), "resources is not a list"),
        (page([7]), "resources[0] is not an object"),
        (page([org(1), {"name": "x"}]), "guid is missing"),
        (page([org(1), {"guid": "g", "name": None}]), "resources[1].name is not a string"),
        (page([org(1), {"guid": "g", "name": ""}]), "resources[1].name is empty"),
        (page([org(1)], 1, "next"), "pagination.next is not an object"),
        (page([org(1)], 1, {"href": 7}), "pagination.next.href is not a string"),
        (httpx.Response(200, json={"resources": []}), "pagination is missing"),
        (httpx.Response(200, json={"pagination": {"total_pages": 1}}), "pagination.total_results is missing"),
        (httpx.Response(200, json={"pagination": {"total_pages": 1, "total_results": 0}}), "resources is missing"),
        (page([org(1)], rows=10**9), "pagination.total_results is 1000000000, and more than 500000 are not believed"),
        (page([org(1)], rows=-1), "pagination.total_results is -1"),
        (page([org(number) for number in range(5001)]), "resources has 5001 rows where 5000 were asked for"),
        (httpx.Response(200, json=[]), "is not an object"),
        (httpx.Response(200, content=b"{"), "is not JSON"),
    ],
)
def test_a_wrong_list_names_its_path_and_field(make_api, answer, words):
    with pytest.raises(UnexpectedAnswerError) as caught:
        CloudController(make_api(lambda _: answer)).organizations(None)
    assert words in caught.value.summary
    assert "GET /v3/organizations" in caught.value.summary
    assert caught.value.request_line == "GET /v3/organizations -> 200"


ROUTE = {
    "guid": "r",
    "host": "h",
    "path": "",
    "destinations": [{"guid": "d", "app": {"guid": "a", "process": {"type": "web"}}}],
    "relationships": {"domain": {"data": {"guid": "dom"}}, "space": {"data": {"guid": "s"}}},
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": None}, "resources[0].host is not a string"),
        ({"path": 7}, "resources[0].path is not a string"),
        ({"destinations": None}, "resources[0].destinations is not a list"),
        ({"destinations": [{"guid": "d"}]}, "resources[0].destinations[0].app is missing"),
        ({"destinations": [{"guid": "d", "app": {"guid": "a", "process": 1}}]}, "destinations[0].app.process is not"),
        (
            {"relationships": {"space": {"data": None}, "domain": {"data": None}}},
            "resources[0].relationships.domain.data is not an object",
        ),
        ({"relationships": []}, "resources[0].relationships is not an object"),
    ],
)
def test_a_wrong_route_names_its_field(make_api, changes, words):
    with pytest.raises(UnexpectedAnswerError) as caught:
        CloudController(make_api(lambda _: page([ROUTE | changes]))).routes_in(["dom"], ["s"])
    assert words in caught.value.summary


def test_a_route_without_a_visible_space_is_readable(make_api):
    changes = {"relationships": {"domain": {"data": {"guid": "dom"}}, "space": {"data": None}}}
    listing, _ = CloudController(make_api(lambda _: page([ROUTE | changes]))).routes_in(["dom"], ["s"])
    assert listing.rows["r"].space_guid is None


def test_guids_from_answers_cannot_leave_their_place_in_a_path(make_api):
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path)
        return httpx.Response(200, json={"var": {}})

    CloudController(make_api(server)).environment("../../x?y=z#")
    assert asked == [b"/v3/apps/..%2F..%2Fx%3Fy%3Dz%23/environment_variables"]


def policy(**changes: object) -> dict[str, object]:
    ports = {"start": 8080, "end": 8090}
    return {"source": {"id": "a"}, "destination": {"id": "b", "protocol": "tcp", "ports": ports} | changes}


def test_reads_policies_labelled_as_text(make_api):
    element = '{"source":{"id":"a"},"destination":{"id":"b","protocol":"tcp","ports":{"start":8080,"end":8090}}}'
    body = f'{{"total_policies":1,"policies":[{element}]}}'
    api = make_api(lambda _: httpx.Response(200, text=body))
    assert list(PolicyServer(api).policies()) == [PolicyRow("a", "b", "tcp", 8080, 8090)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"total_policies": 2, "policies": [policy()]}, "announces 2 policies and holds 1"),
        ({"policies": []}, "total_policies is missing"),
        ({"total_policies": 0, "policies": None}, "policies is not a list"),
        ({"total_policies": 1, "policies": [None]}, "policies[0]"),
        ({"total_policies": 1, "policies": [[]]}, "policies[0]"),
        ({"total_policies": 1, "policies": ["x"]}, "policies[0]"),
        ({"total_policies": 2, "policies": [policy(), {"source": {"id": "a"}}]}, "policies[1].destination is missing"),
        ({"total_policies": 1, "policies": [policy(id=7)]}, "policies[0].destination.id is not a string"),
        ({"total_policies": 1, "policies": [policy(ports=8080)]}, "policies[0].destination.ports is not an object"),
        *(
            (
                {"total_policies": 1, "policies": [policy(ports={"start": start, "end": end})]},
                "policies[0].destination.ports is not a range within 1 to 2147483647",
            )
            for start, end in ((0, 1), (-5, 9000), (9000, 8999), (2**31, 2**31), (2**60, 2**60))
        ),
        (
            {"total_policies": 1, "policies": [policy(ports={"start": "8080", "end": 8090})]},
            "policies[0].destination.ports.start is not an integer",
        ),
        (
            {"total_policies": 1, "policies": [policy(ports={"start": True, "end": 8090})]},
            "policies[0].destination.ports.start is not an integer",
        ),
        ([], "is not an object"),
    ],
)
def test_a_wrong_list_of_policies_names_its_field(make_api, body, words):
    with pytest.raises(UnexpectedAnswerError) as caught:
        PolicyServer(make_api(lambda _: httpx.Response(200, json=body))).policies()
    assert words in caught.value.summary


def test_writes_nothing_when_there_is_nothing_to_write(make_api):
    server = PolicyServer(make_api(lambda _: pytest.fail("a call was made")))
    server.create([])
    server.delete([])


def test_a_clean_up_may_take_its_time_beside_the_wait_for_the_database(make_api):
    seen = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"]["read"])
        return httpx.Response(200, json={"total_policies": 0, "policies": []})

    assert PolicyServer(make_api(server)).clean_up() == 0
    assert seen[0] >= READ_SECONDS + 60


def test_writes_policies_in_the_servers_own_form(make_api):
    seen = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, request.content))
        return httpx.Response(200, text="{}")

    writer = PolicyServer(make_api(server))
    writer.create([PolicyRow("a", "b", "udp", 1, 2)])
    writer.delete([PolicyRow("a", "b", "udp", 1, 2)])
    element = b'{"source":{"id":"a"},"destination":{"id":"b","protocol":"udp","ports":{"start":1,"end":2}}}'
    content = b'{"policies":[' + element + b"]}"
    assert seen == [
        ("POST", "/networking/v1/external/policies", content),
        ("POST", "/networking/v1/external/policies/delete", content),
    ]


def test_a_foundation_without_the_policy_link_says_so(make_api):
    with pytest.raises(NotFoundError, match="this foundation offers no network policy API"):
        PolicyServer(make_api(lambda _: pytest.fail("a call was made"), policies=None)).policies()


def test_a_given_token_that_is_not_accepted_is_not_tried_twice(make_api):
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401, json={"errors": [{"code": 1000, "title": "CF-InvalidAuthToken", "detail": "t0ken"}]})

    with pytest.raises(AuthenticationError) as caught:
        CloudController(make_api(server)).organizations(None)
    assert len(asked) == 1
    assert caught.value.summary == "Cloud Controller says: [hidden]"


def test_pages_are_asked_for_side_by_side_within_a_bound_and_kept_in_order(make_api):
    lock, state = threading.Lock(), {"now": 0, "most": 0}

    def server(request: httpx.Request) -> httpx.Response:
        with lock:
            state["now"] += 1
            state["most"] = max(state["most"], state["now"])
        time.sleep(0.02)
        with lock:
            state["now"] -= 1
        number = int(request.url.params["page"])
        return page([org(number)], 12, rows=12)

    found = CloudController(make_api(server)).organizations(None)
    assert list(found) == [row["guid"] for row in map(org, range(1, 13))]
    assert 1 < state["most"] <= PARALLEL
