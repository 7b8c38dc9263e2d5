import pytest


def names(answer):
    return [item["name"] for item in answer.json()["resources"]]


def detail(answer):
    return answer.json()["errors"][0]["detail"]


def test_pages_are_linked_by_absolute_urls_with_sorted_keys(admin, foundation):
    page = admin.get("/v3/apps?per_page=3&order_by=name").json()
    base = foundation.base_url
    assert page["pagination"]["total_results"] == 4
    assert page["pagination"]["total_pages"] == 2
    assert page["pagination"]["next"]["href"] == f"{base}/v3/apps?order_by=%2Bname&page=2&per_page=3"
    assert page["pagination"]["previous"] is None
    rest = admin.get(page["pagination"]["next"]["href"]).json()
    assert [item["name"] for item in page["resources"] + rest["resources"]] == ["admin", "frontend", "ledger", "probe"]


@pytest.mark.parametrize(
    ("order", "first"), [("name", "admin"), ("+name", "admin"), ("%2Bname", "admin"), ("-name", "probe")]
)
def test_lists_are_ordered_as_asked(admin, order, first):
    assert names(admin.get(f"/v3/apps?order_by={order}"))[0] == first


def test_an_empty_list_still_has_one_page(admin):
    assert admin.get("/v3/apps?names=nobody").json()["pagination"]["total_pages"] == 1


def test_a_page_past_the_end_forgets_the_total(admin):
    page = admin.get("/v3/apps?page=9").json()
    assert (page["resources"], page["pagination"]["total_results"]) == ([], 0)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("per_page=5001", "Per page must be between 1 and 5000"),
        ("per_page=0", "Per page must be a positive integer"),
        ("page=x", "Page must be a positive integer"),
        ("order_by=size", "Order by can only be: 'created_at', 'updated_at', 'name', 'state'"),
        ("label_selector=a%20b", "Invalid label_selector value"),
    ],
)
def test_a_wrong_parameter_is_a_bad_query(admin, query, message):
    answer = admin.get(f"/v3/apps?{query}")
    assert answer.status_code == 400
    assert detail(answer) == f"The query parameter is invalid: {message}"


def test_an_unknown_parameter_is_refused_with_the_known_ones(admin):
    answer = admin.get("/v3/domains?internal=true")
    assert "Unknown query parameter(s): 'internal'. Valid parameters are: 'page'" in detail(answer)


def test_names_ignore_case_and_an_empty_value_matches_nothing(admin):
    assert names(admin.get("/v3/apps?names=FRONTEND,Ledger")) == ["frontend", "ledger"]
    assert names(admin.get("/v3/apps?guids=")) == []


def test_values_are_decoded_twice_so_that_a_comma_can_be_sent(admin, foundation):
    space = next(iter(foundation.world.spaces))
    foundation.world.add_app(space, "a,b")
    assert names(admin.get("/v3/apps", params={"names": "a%2Cb"})) == ["a,b"]
    assert names(admin.get("/v3/apps", params={"names": "a,b"})) == []


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("tier", {"frontend", "ledger"}),
        ("!tier", {"admin", "probe"}),
        ("tier=web", {"frontend"}),
        ("tier==web", {"frontend"}),
        ("tier!=web", {"admin", "ledger", "probe"}),
        ("tier in (web,data)", {"frontend", "ledger"}),
        ("tier notin (web)", {"admin", "ledger", "probe"}),
        ("tier in (web,data),tier!=data", {"frontend"}),
    ],
)
def test_label_selectors_choose_apps(admin, selector, found):
    assert set(names(admin.get("/v3/apps", params={"label_selector": selector}))) == found


def test_included_spaces_and_organizations_come_once(admin):
    included = admin.get("/v3/apps?include=space.organization").json()["included"]
    assert [item["name"] for item in included["organizations"]] == ["acme", "globex"]
    assert len(included["spaces"]) == 3


def test_developers_see_their_spaces_and_nothing_else(developer, foundation):
    assert names(developer.get("/v3/organizations")) == ["acme"]
    assert set(names(developer.get("/v3/apps"))) == {"frontend", "admin", "ledger"}
    probe = next(app.guid for app in foundation.world.apps.values() if app.name == "probe")
    answer = developer.get(f"/v3/apps/{probe}")
    assert (answer.status_code, detail(answer)) == (404, "App not found")


def test_roles_tell_where_a_user_is_space_developer(developer, foundation):
    guid = foundation.world.users["dora"].guid
    answer = developer.get(f"/v3/roles?types=space_developer&user_guids={guid}&include=space").json()
    assert {item["name"] for item in answer["included"]["spaces"]} == {"web", "payments"}


def test_auditors_look_and_do_not_touch(foundation, connect):
    auditor = connect(foundation, "audit")
    app = next(iter(foundation.world.apps))
    assert len(names(auditor.get("/v3/apps"))) == 4
    assert auditor.get(f"/v3/apps/{app}/environment_variables").status_code == 403
    assert auditor.patch(f"/v3/apps/{app}", json={"name": "x"}).status_code == 403


def test_a_token_is_missing_or_invalid(foundation, connect):
    nobody = connect(foundation, None)
    assert nobody.get("/v3/apps").json()["errors"][0]["code"] == 10002
    assert nobody.get("/v3/apps", headers={"Authorization": "bearer x.y.z"}).json()["errors"][0]["code"] == 1000


def test_the_web_server_before_cloud_controller_takes_lines_of_8_kib(admin):
    room = 8192 - len("GET /v3/apps?guids= HTTP/1.1\r\n")
    assert admin.get(f"/v3/apps?guids={'x' * room}").status_code == 200
    refused = admin.get(f"/v3/apps?guids={'x' * (room + 1)}")
    assert (refused.status_code, refused.headers["Content-Type"]) == (414, "text/html")
