"""Review binds to apply: a saved plan, or a digest, is applied exactly or not at all."""

from __future__ import annotations

import json

import pytest
from support.cloud import api
from support.command import c2c, copy_example, served, signed_in

from reconciler.planning.digest import digest_of_parts


@pytest.fixture
def workplace(tmp_path):
    copy_example(tmp_path)
    return tmp_path


@pytest.fixture
def foundation(workplace):
    with served(workplace / "demo/foundation.yml") as url:
        yield url


@pytest.fixture
def saved(workplace, foundation):
    outcome = c2c("plan", "-o", "plan.json", "--format", "json", cwd=workplace, env=signed_in(workplace, foundation))
    assert outcome.code == 0
    return workplace / "plan.json"


def unchanged_after(workplace, foundation, saved) -> bool:
    again = c2c("plan", "--format", "json", cwd=workplace, env=signed_in(workplace, foundation))
    return again.json["summary"] == json.loads(saved.read_text(encoding="utf-8"))["summary"]


def test_a_saved_plan_is_applied(workplace, foundation, saved):
    env = signed_in(workplace, foundation)
    outcome = c2c("apply", "plan.json", "--yes", "--format", "json", cwd=workplace, env=env)
    assert outcome.code == 0, outcome.err
    assert outcome.json["plan"]["digest"] == json.loads(saved.read_text(encoding="utf-8"))["digest"]
    again = c2c("apply", "plan.json", "--yes", cwd=workplace, env=env)
    assert again.code == 0
    assert "Nothing to apply" in again.out


@pytest.mark.usefixtures("saved")
def test_a_live_state_that_has_moved_is_named(workplace, foundation):
    with api(foundation) as cloud:
        names = "names=checkout,refunds"
        guids = {app["name"]: app["guid"] for app in cloud.get(f"/v3/apps?{names}").json()["resources"]}
        end = {"id": guids["refunds"], "protocol": "tcp", "ports": {"start": 61443, "end": 61443}}
        policy = {"source": {"id": guids["checkout"]}, "destination": end}
        cloud.post("/networking/v1/external/policies", json={"policies": [policy]}).raise_for_status()
    outcome = c2c("apply", "plan.json", "--yes", cwd=workplace, env=signed_in(workplace, foundation))
    assert outcome.code == 4
    assert "the live state has changed" in outcome.err
    assert "no longer needed: create acme/payments/checkout -> acme/payments/refunds tcp/61443" in outcome.err


def test_a_plan_of_a_snapshot_is_no_plan_of_a_foundation(workplace, foundation):
    c2c("plan", "--live", "demo/foundation.yml", "-o", "plan.json", cwd=workplace)
    outcome = c2c("apply", "plan.json", "--yes", cwd=workplace, env=signed_in(workplace, foundation))
    assert outcome.code == 4
    assert outcome.err.splitlines() == [
        "error: plan.json was made against a snapshot, so it is no plan of a foundation",
        "    hint: plan against the foundation: c2c plan -o plan.json",
    ]


def test_a_plan_that_says_something_else_than_it_does_is_refused(workplace, foundation, saved):
    plan = json.loads(saved.read_text(encoding="utf-8"))
    env = signed_in(workplace, foundation)
    for forged in (
        {"summary": plan["summary"] | {"delete": 0}},
        {"changes": [change | {"reason": "declared"} for change in plan["changes"]]},
        {"changes": [change | {"origin": []} for change in plan["changes"]]},
    ):
        saved.write_text(json.dumps(plan | forged), encoding="utf-8")
        outcome = c2c("apply", "plan.json", "--yes", cwd=workplace, env=env)
        assert outcome.code == 4
        assert "was changed after it was made" in outcome.err


@pytest.mark.usefixtures("saved")
def test_changed_manifests_are_named(workplace, foundation):
    path = workplace / "policies/acme/monitoring.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("from: dashboards", "from: alertmanager"), encoding="utf-8"
    )
    outcome = c2c("apply", "plan.json", "--yes", cwd=workplace, env=signed_in(workplace, foundation))
    assert outcome.code == 4
    assert "the manifests have changed" in outcome.err
    assert "needed now: create acme/monitoring/alertmanager -> acme/monitoring/prometheus tcp/9090" in outcome.err


@pytest.mark.usefixtures("saved")
def test_an_app_made_again_under_its_name_is_named(workplace, foundation):
    with api(foundation) as cloud:
        (app,) = cloud.get("/v3/apps?names=settlement").json()["resources"]
        assert cloud.delete(f"/v3/apps/{app['guid']}").status_code == 202
        space = {"space": {"data": {"guid": app["relationships"]["space"]["data"]["guid"]}}}
        made = cloud.post("/v3/apps", json={"name": "settlement", "relationships": space})
        assert made.status_code == 201
        label = {"metadata": {"labels": {"tier": "worker"}}}
        assert cloud.patch(f"/v3/apps/{made.json()['guid']}", json=label).status_code == 200
    outcome = c2c("apply", "plan.json", "--yes", cwd=workplace, env=signed_in(workplace, foundation))
    assert outcome.code == 4
    assert "the app acme/batch/settlement was deleted and made again" in outcome.err


@pytest.mark.usefixtures("saved")
def test_a_foreign_change_does_not_stop_a_saved_plan(workplace, foundation):
    with api(foundation) as cloud:
        guids = [app["guid"] for app in cloud.get("/v3/apps?names=gateway,order-archive").json()["resources"]]
        ports = {"start": 1, "end": 2}
        policy = {"source": {"id": guids[0]}, "destination": {"id": guids[1], "protocol": "udp", "ports": ports}}
        posted = cloud.post("/networking/v1/external/policies", json={"policies": [policy]})
        assert posted.status_code == 200
    assert c2c("apply", "plan.json", "--yes", cwd=workplace, env=signed_in(workplace, foundation)).code == 0


DAMAGES = (
    ({"format_version": "9.0"}, 1, "format version 9.0"),
    ({"format_version": None}, 1, "not a saved plan"),
    ({"changes": []}, 4, "do not fit its digest"),
    ({"changes": [{}]}, 1, "damaged"),
    ({"live": {}}, 1, "damaged"),
)


def test_another_version_and_damage_are_refused(workplace, foundation, saved):
    text = saved.read_text(encoding="utf-8")
    env = signed_in(workplace, foundation)
    for change, code, words in DAMAGES:
        saved.write_text(json.dumps(json.loads(text) | change), encoding="utf-8")
        outcome = c2c("apply", "plan.json", "--yes", cwd=workplace, env=env)
        assert outcome.code == code, change
        assert words in outcome.err, change
    saved.write_text(text, encoding="utf-8")
    assert unchanged_after(workplace, foundation, saved)


def test_a_forged_plan_that_fits_its_digest_is_damaged_all_the_same(workplace, foundation, saved):
    text = saved.read_text(encoding="utf-8")
    for key, value in (("action", []), ("address", {}), ("address", None)):
        plan = json.loads(text)
        plan["changes"][0][key] = value
        parts = plan["foundation"], plan["changes"], plan["manifests"]["digest"], plan["live"]["digest"]
        saved.write_text(json.dumps(plan | {"digest": digest_of_parts(*parts)}), encoding="utf-8")
        outcome = c2c("apply", "plan.json", "--yes", cwd=workplace, env=signed_in(workplace, foundation))
        assert outcome.code == 1, (key, value)
        assert "the saved plan is damaged" in outcome.err, (key, value)


def test_what_is_no_digest_is_wrong_usage(workplace, foundation):
    env = signed_in(workplace, foundation)
    outcome = c2c("apply", "--yes", "--digest", "sha256:0", cwd=workplace, env=env)
    assert outcome.code == 1
    assert "not a digest" in outcome.err


def test_a_digest_binds_without_a_file(workplace, foundation, saved):
    digest = json.loads(saved.read_text(encoding="utf-8"))["digest"]
    env = signed_in(workplace, foundation)
    wrong = c2c("apply", "--yes", "--digest", "sha256:" + "0" * 64, cwd=workplace, env=env)
    assert wrong.code == 4
    assert digest in wrong.err
    assert unchanged_after(workplace, foundation, saved)
    assert c2c("apply", "--yes", "--digest", digest, cwd=workplace, env=env).code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("plan.json", "policies"), "applied alone"), (("missing.json",), "cannot be read"), (("text.json",), "not JSON")],
)
def test_what_is_no_saved_plan_is_explained(workplace, arguments, words):
    (workplace / "text.json").write_text("kind: Space\n", encoding="utf-8")
    outcome = c2c("apply", *arguments, "--yes", "--api", "http://127.0.0.1:1", cwd=workplace)
    assert outcome.code == 1
    assert words in outcome.err


def test_a_saved_plan_is_asked_for_again_in_the_same_way(workplace, foundation):
    env = signed_in(workplace, foundation)
    c2c("plan", "--all-environments", "-o", "plan.json", cwd=workplace, env=env)
    assert c2c("apply", "plan.json", "--yes", cwd=workplace, env=env).code == 0


def test_a_plan_made_for_another_day_says_so(workplace, foundation):
    env = signed_in(workplace, foundation)
    c2c("plan", "--as-of", "9999-12-31", "-o", "plan.json", cwd=workplace, env=env)
    path = workplace / "policies/acme/payments.yml"
    plan = json.loads((workplace / "plan.json").read_text(encoding="utf-8"))
    assert plan["options"]["today"] == "9999-12-31"
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    outcome = c2c("apply", "plan.json", "--yes", cwd=workplace, env=env)
    assert outcome.code == 4
    assert "the plan was made for 9999-12-31" in outcome.err
