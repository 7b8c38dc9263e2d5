"""A running foundation is taken down, exported and compared with the installed command."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from support.command import ROOT, c2c, environment, served, signed_in

SEED = """\
apiVersion: c2c/v1
kind: Snapshot
domains: [{name: apps.internal, internal: true}, {name: apps.example.com}]
organizations:
  - name: acme
    spaces:
      - name: web
        apps: [{name: frontend, environment: {SECRET: hunter2, SSL_CERT_FILE: /etc/x.pem}}, {name: "no"}]
        routes: [{host: www, domain: apps.example.com, destinations: [frontend]}]
      - name: ".pay/ments"
        apps: [{name: ledger, labels: {tier: core}}, {name: odd}]
        routes: [{host: ledger, domain: apps.internal, destinations: [ledger]}]
network_policies:
  - {source: acme/web/frontend, destination: acme/.pay%2Fments/ledger, protocol: tcp, ports: 61443}
  - {source: acme/web/no, destination: acme/.pay%2Fments/ledger, protocol: tcp, ports: 61443}
  - {source: acme/web/no, destination: acme/.pay%2Fments/ledger, protocol: udp, ports: 7000-7010}
  - {source: acme/web/no, destination: acme/.pay%2Fments/odd, protocol: tcp, ports: 2222}
  - {source: {guid: gone}, destination: acme/web/frontend, protocol: tcp, ports: 8080}
"""


@pytest.fixture(scope="module")
def foundation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("foundation")
    (folder / "seed.yml").write_text(SEED, encoding="utf-8")
    with served(folder / "seed.yml") as url:
        yield url


@pytest.fixture
def env(tmp_path, foundation):
    return signed_in(tmp_path, foundation)


def test_a_snapshot_plans_like_the_foundation_and_seeds_another(tmp_path, env):
    taken = c2c("snapshot", "-o", "live.json", "--format", "json", cwd=tmp_path, env=env)
    assert taken.code == 0, taken.err
    counts = {"spaces": 2, "apps": 4, "routes": 1, "network_policies": 5}
    assert taken.json == {"file": "live.json", "counts": counts, "omitted": []}
    text = (tmp_path / "live.json").read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert "example.com" not in text
    (tmp_path / "p.yml").write_text(
        "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: .pay/ments\napps: [{name: ledger}]\n", encoding="utf-8"
    )
    here, there = (
        c2c("plan", "p.yml", "--format", "json", *more, cwd=tmp_path, env=env).json["changes"]
        for more in ((), ("--live", "live.json"))
    )
    assert here == there
    assert len(here) == 5
    with served(tmp_path / "live.json") as url:
        again = c2c("snapshot", "--format", "json", cwd=tmp_path, env=signed_in(tmp_path, url))
    assert {**again.json, "taken_at": ""} == {**json.loads(text), "taken_at": ""}


def test_an_export_goes_where_a_plan_looks_unless_told_otherwise(tmp_path):
    (tmp_path / "seed.yml").write_text(SEED, encoding="utf-8")
    exported = c2c("export", "--live", "seed.yml", cwd=tmp_path)
    assert exported.code == 0, exported.err
    assert (tmp_path / "policies/acme/web.yml").is_file()
    assert c2c("plan", "--live", "seed.yml", "--detailed-exitcode", cwd=tmp_path).code == 0
    refused = c2c("export", "--live", "seed.yml", "--to", "rfc-0034", cwd=tmp_path)
    assert (refused.code, refused.out) == (1, "")
    assert "say where to write them" in refused.err


def test_a_snapshot_of_one_space_is_yaml_on_standard_output_and_holds_no_variables_when_redacted(tmp_path, env):
    whole = c2c("snapshot", "--space", "acme/web", cwd=tmp_path, env=env)
    assert whole.code == 0
    assert whole.out.startswith("apiVersion: c2c/v1\nkind: Snapshot\n")
    assert "/etc/x.pem" in whole.out
    assert "tcp, ports: 2222" in whole.out
    redacted = c2c("snapshot", "--space", "acme/web", "--redact", "-o", "-", cwd=tmp_path, env=env)
    assert "/etc/x.pem" not in redacted.out
    assert "frontend" in redacted.out


def test_a_snapshot_that_cannot_be_written_says_so_and_leaves_the_old_file(tmp_path, env):
    missing = c2c("snapshot", "-o", "no/where.json", cwd=tmp_path, env=env)
    assert missing.code == 1
    assert "no/where.json cannot be written: there is no folder no\n    hint: make it first: mkdir -p no" in missing.err
    full = c2c("snapshot", "-o", "/dev/full", cwd=tmp_path, env=env)
    assert full.code == 1
    assert "No space left" in full.err
    assert [path.name for path in tmp_path.iterdir()] == []


def test_planning_an_export_is_empty_and_the_export_is_canonical(tmp_path, env):
    done = c2c("export", "-o", "out", "--format", "json", cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    assert done.json["files"] == ["out/acme/%2Epay%2Fments.yml", "out/acme/web.yml"]
    left_out = done.json["spaces"][0]["left_out"]
    assert [item["app"] for item in left_out] == ["acme/.pay%2Fments/odd"]
    plan = c2c("plan", "out", "--all-environments", "--detailed-exitcode", cwd=tmp_path, env=env)
    assert plan.code == 0, plan.out
    assert c2c("validate", "out", cwd=tmp_path).code == 0
    assert c2c("fmt", "--check", "out", cwd=tmp_path).code == 0
    text = (tmp_path / "out/acme/%2Epay%2Fments.yml").read_text(encoding="utf-8")
    assert "tls: auto" in text
    assert 'web/no"' not in text
    assert "port 2222 is the platform's own" in text
    assert "`manages: space` would take it in" in text
    file = tmp_path / "out/acme/%2Epay%2Fments.yml"
    file.write_text(text.replace("manages: apps", "manages: space"), encoding="utf-8")
    taken_in = c2c("plan", "out", "--format", "json", cwd=tmp_path, env=env)
    assert [item["address"] for item in taken_in.json["changes"]] == ["acme/web/no -> acme/.pay%2Fments/odd tcp/2222"]


TEAM_SEED = """\
apiVersion: c2c/v1
kind: Snapshot
organizations:
  - name: acme
    spaces:
      - {name: pay, apps: [{name: api}, {name: web}, {name: idle}]}
      - {name: other, apps: [{name: caller}]}
network_policies:
  - {source: acme/pay/web, destination: acme/pay/api, ports: 61443}
  - {source: acme/other/caller, destination: acme/pay/api, ports: 61443}
users:
  - {name: admin, password: admin, scopes: [cloud_controller.admin, network.admin]}
  - {name: dana, password: dana, scopes: [cloud_controller.read, network.write], space_developer: [acme/pay]}
  - {name: nora, password: nora, scopes: [cloud_controller.read, network.admin], space_developer: [acme/pay]}
"""


@pytest.fixture
def team(tmp_path):
    """Whoever signs in to a foundation on which a team sees one space of two."""
    (tmp_path / "seed.yml").write_text(TEAM_SEED, encoding="utf-8")
    with served(tmp_path / "seed.yml") as url:
        env = signed_in(tmp_path, url)
        yield lambda name: env | {"CF_USERNAME": name, "CF_PASSWORD": name}


@pytest.mark.parametrize("name", ["dana", "nora"])
def test_an_export_by_somebody_who_is_not_shown_every_caller_only_adds(tmp_path, team, name):
    done = c2c("export", "-o", "out", "--format", "json", cwd=tmp_path, env=team(name))
    assert done.code == 0, done.err
    assert [(item["space"], item["partial_view"]) for item in done.json["spaces"]] == [("acme/pay", True)]
    text = (tmp_path / "out/acme/pay.yml").read_text(encoding="utf-8")
    assert "\nmanages: additions\n" in text
    assert "not shown every policy" in text
    assert "network.admin" in text
    assert "planning it right away changes nothing" not in text
    assert "Nobody may call" not in text
    for reader in (name, "admin"):
        plan = c2c("plan", "out", "--detailed-exitcode", "--all-environments", cwd=tmp_path, env=team(reader))
        assert plan.code == 0, plan.out
    said = c2c("export", "-o", "out", cwd=tmp_path, env=team(name)).out
    assert "callers may be missing, since not every policy was shown:\n  acme/pay\n" in said


@pytest.mark.parametrize("name", ["dana", "nora"])
def test_a_snapshot_by_somebody_who_is_not_shown_every_caller_says_so_to_all_who_read_it(tmp_path, team, name):
    assert c2c("snapshot", "-o", "live.json", cwd=tmp_path, env=team(name)).code == 0
    done = c2c("export", "--live", "live.json", "-o", "out", cwd=tmp_path)
    assert done.code == 0, done.err
    warning = "warning: live.json: only what the maker of this snapshot may see is here"
    assert warning in done.err
    assert "callers may be missing, since not every policy was shown:\n  acme/pay\n" in done.out
    assert "\nmanages: additions\n" in (tmp_path / "out/acme/pay.yml").read_text(encoding="utf-8")
    code = "partial-view" if name == "dana" else "unnamed-apps"
    for command in ("plan", "audit"):
        said = c2c(command, "out", "--live", "live.json", cwd=tmp_path)
        assert said.code == 0, said.err
        assert f"[{code}]" in said.out
    assert warning in c2c("diff", "live.json", "live.json", cwd=tmp_path).err


def test_a_snapshot_by_somebody_who_is_shown_everything_is_not_called_partial(tmp_path, team):
    assert c2c("snapshot", "-o", "live.yml", cwd=tmp_path, env=team("admin")).code == 0
    assert "view" not in (tmp_path / "live.yml").read_text(encoding="utf-8")
    done = c2c("export", "--live", "live.yml", "-o", "out", cwd=tmp_path)
    assert done.err == ""
    assert "\nmanages: apps\n" in (tmp_path / "out/acme/pay.yml").read_text(encoding="utf-8")


def test_an_export_by_somebody_who_is_shown_everything_governs(tmp_path, team):
    assert c2c("export", "-o", "out", cwd=tmp_path, env=team("dana")).code == 0
    done = c2c("export", "-o", "out", "--format", "json", cwd=tmp_path, env=team("admin"))
    assert [item["partial_view"] for item in done.json["spaces"]] == [False, False]
    assert "\nmanages: apps\n" in (tmp_path / "out/acme/pay.yml").read_text(encoding="utf-8")


def test_a_merge_by_somebody_who_is_not_shown_every_caller_keeps_what_a_manifest_manages(tmp_path, team):
    written = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: pay\nmanages: apps\napps:\n  - name: idle\n"
    (tmp_path / "out").mkdir()
    (tmp_path / "out/pay.yml").write_text(written, encoding="utf-8")
    assert c2c("export", "--merge", "-o", "out", cwd=tmp_path, env=team("dana")).code == 0
    text = (tmp_path / "out/pay.yml").read_text(encoding="utf-8")
    assert text.startswith(written)
    assert "from: web" in text
    (tmp_path / "new").mkdir()
    (tmp_path / "new/other.yml").write_text(written.replace("pay", "else"), encoding="utf-8")
    assert c2c("export", "--merge", "-o", "new", cwd=tmp_path, env=team("dana")).code == 0
    assert "\nmanages: additions\n" in (tmp_path / "new/acme/pay.yml").read_text(encoding="utf-8")


def test_a_merge_completes_what_only_adds(tmp_path, team):
    assert c2c("export", "-o", "out", cwd=tmp_path, env=team("dana")).code == 0
    file = tmp_path / "out/acme/pay.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("# owner: TODO", "owner: team-pay"), encoding="utf-8")
    assert c2c("export", "--merge", "-o", "out", "--space", "acme/pay", cwd=tmp_path, env=team("admin")).code == 0
    text = file.read_text(encoding="utf-8")
    assert "from: other/caller" in text
    file.write_text(text.replace("manages: additions", "manages: apps"), encoding="utf-8")
    plan = c2c("plan", "out", "--detailed-exitcode", cwd=tmp_path, env=team("admin"))
    assert plan.code == 0, plan.out


def test_an_export_overwrites_its_own_files_and_no_other(tmp_path, env):
    assert c2c("export", "-o", "out", cwd=tmp_path, env=env).code == 0
    web, pay = tmp_path / "out/acme/web.yml", tmp_path / "out/acme/%2Epay%2Fments.yml"
    before = web.read_bytes()
    assert c2c("export", "-o", "out", cwd=tmp_path, env=env).code == 0
    assert web.read_bytes() == before
    web.write_bytes(before.replace(b"# owner: TODO", b"owner: me"))
    pay.unlink()
    refused = c2c("export", "-o", "out", cwd=tmp_path, env=env)
    assert refused.code == 1
    assert "out/acme/web.yml" in refused.err
    assert not pay.exists()
    assert b"owner: me" in web.read_bytes()
    assert c2c("export", "-o", "out", "--space", "acme/.pay*", cwd=tmp_path, env=env).code == 0
    assert pay.exists()


def test_an_export_that_would_not_fit_the_folder_is_refused_whole(tmp_path, env):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "foundation.yml").write_text(
        "apiVersion: c2c/v1\nkind: Foundation\nname: dev\nspaces: [acme/web]\n", encoding="utf-8"
    )
    refused = c2c("export", "-o", "out", cwd=tmp_path, env=env)
    assert refused.code == 1
    assert "out/acme/%2Epay%2Fments.yml" in refused.err
    assert "space-outside-foundation" in refused.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["foundation.yml"]


def test_an_export_of_a_snapshot_needs_no_account(tmp_path):
    done = c2c("export", "--live", ROOT / "demo/foundation.yml", "-o", "out", cwd=tmp_path)
    assert done.code == 0, done.err
    plan = c2c("plan", "out", "--live", ROOT / "demo/foundation.yml", "--detailed-exitcode", cwd=tmp_path)
    assert plan.code == 0
    missing = c2c("export", "--live", ROOT / "demo/foundation.yml", "--space", "a/b", "-o", "x", cwd=tmp_path)
    assert missing.code == 1
    assert "there is no space a/b" in missing.err


@pytest.fixture
def repository(tmp_path):
    """A git history of two commits: a caller more, and a port that turned to TLS."""

    def git(*arguments):
        settings = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *settings, *arguments], cwd=tmp_path, check=True, env=environment(tmp_path))

    def write(ports, callers):
        text = (
            "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\napps:\n  - name: cart\n"
            f"    ports: [{ports}]\n    ingress: [{{from: [{callers}], ports: [p]}}]\n"
        )
        (tmp_path / "policies").mkdir(exist_ok=True)
        (tmp_path / "policies/web.yml").write_text(text, encoding="utf-8")

    git("init", "-q", "-b", "main")
    write("{name: p, port: 8080, tls: none}", "checkout")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    write("{name: p, tls: auto}", "checkout, Shop")
    return tmp_path


def test_manifests_are_compared_with_another_revision(repository):
    found = c2c("diff", "git:main:policies", "policies", "--detailed-exitcode", cwd=repository)
    assert found.code == 2, found.err
    assert "  ~ acme/web/checkout -> acme/web/cart tcp/8080 => tcp/61443" in found.out
    assert "  + acme/web/Shop -> acme/web/cart tcp/61443" in found.out
    assert "1 added, 1 changed, 0 removed; 0 the same." in found.out
    same = c2c("diff", "policies", "policies/web.yml", "--detailed-exitcode", cwd=repository)
    assert same.code == 0
    back = c2c("diff", "policies", "git:HEAD:policies/web.yml", "--format", "json", cwd=repository)
    assert back.code == 0
    assert back.json["summary"] == {"added": 0, "changed": 1, "removed": 1, "same": 0}
    changed = next(item for item in back.json["differences"] if item["action"] == "changed")
    assert changed["origin"]["after"] == [{"file": "git:HEAD:policies/web.yml", "line": 8, "column": 15}]


def test_a_revision_that_is_not_there_is_named(repository):
    found = c2c("diff", "git:NOPE:policies", "policies", cwd=repository)
    assert "error: git does not know the revision NOPE" in found.err


@pytest.mark.parametrize(
    "word",
    ["git:--output=pwned:policies", "git:main:--output=pwned", "git:nowhere:policies", "git:main:../..", "git:main:no",
     "git:main", "git::policies", "git:-c:x", "git:main:/etc"],
)  # fmt: skip
def test_a_revision_is_never_an_option(repository, word):
    before = sorted(repository.iterdir())
    found = c2c("diff", word, "policies", cwd=repository)
    assert found.code == 1
    assert found.err.startswith("error: ")
    assert sorted(repository.iterdir()) == before


def commit_all(repository):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for step in (["add", "."], ["commit", "-q", "-m", "two"]):
        subprocess.run([*git, *step], cwd=repository, check=True, env=environment(repository))


@pytest.mark.parametrize("target", ["/etc/hostname", "more.txt", ".hidden/more.yml", "../elsewhere.yml"])
def test_a_link_of_a_revision_hides_nothing(repository, target):
    (repository / "policies/more.yml").symlink_to(target)
    commit_all(repository)
    found = c2c("diff", "git:HEAD:policies", "policies", cwd=repository)
    assert found.code == 1
    assert "error: policies/more.yml in HEAD is a link to something that is no manifest at policies" in found.err


def test_a_link_of_a_revision_to_another_manifest_adds_nothing(repository):
    (repository / "policies/deep").mkdir()
    (repository / "policies/deep/again.yml").symlink_to("../web.yml")
    commit_all(repository)
    assert c2c("diff", "git:HEAD:policies", "policies", "--detailed-exitcode", cwd=repository).code == 0


def test_files_of_a_revision_whose_names_are_no_text_stay_apart(repository):
    for space, name in (("one", b"\xfe.yml"), ("two", b"\xff.yml")):
        text = (repository / "policies/web.yml").read_bytes().replace(b"space: web", b"space: " + space.encode())
        (repository / "policies" / os.fsdecode(name)).write_bytes(text)
    commit_all(repository)
    found = c2c("diff", "git:HEAD:policies", "policies", "--format", "json", cwd=repository)
    assert found.json["summary"] == {"added": 0, "changed": 0, "removed": 0, "same": 6}


def test_a_snapshot_is_compared_with_what_is_live(tmp_path, env):
    assert c2c("snapshot", "-o", "live.json", cwd=tmp_path, env=env).code == 0
    same = c2c("diff", "live.json", "live:", "--detailed-exitcode", cwd=tmp_path, env=env)
    assert same.code == 0, same.err
    snapshot = json.loads((tmp_path / "live.json").read_text(encoding="utf-8"))
    snapshot["network_policies"] = snapshot["network_policies"][:2]
    (tmp_path / "old.yml").write_text(json.dumps(snapshot), encoding="utf-8")
    other = c2c("diff", "old.yml", f"live:{env['CF_API']}", "--space", "acme/.pay*", cwd=tmp_path, env=env)
    assert other.code == 0, other.err
    assert "3 added, 0 changed, 0 removed; 2 the same." in other.out


def test_a_merge_adds_what_is_missing_and_changes_no_line(tmp_path, env):
    written = """\
# Ours, and read by people.
apiVersion: c2c/v1
kind: Space
org: acme
space: .pay/ments
owner: team-pay   # never sleeps
apps:
  - name: ledger
    ports:
      - {name: api, tls: auto}   # since May
    ingress:
      - from: web/frontend
        ports: [api]
        why: it pays
"""
    file = tmp_path / "out/pay.yml"
    file.parent.mkdir()
    file.write_text(written, encoding="utf-8")
    done = c2c("export", "--merge", "-o", "out", "--format", "json", cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    assert done.json["files"] == ["out/acme/web.yml", "out/pay.yml"]
    text = file.read_text(encoding="utf-8")
    rest = iter(text.splitlines())
    assert all(line in rest for line in written.splitlines())
    assert "      - {name: udp-7000-7010, port: 7000-7010, protocol: udp, tls: none}  # TODO: check; " in text
    assert "      - from: web/no\n        ports: [api, udp-7000-7010]\n        # why: TODO\n" in text
    plan = c2c("plan", "out", "--detailed-exitcode", "--all-environments", cwd=tmp_path, env=env)
    assert plan.code == 0, plan.out
    again = c2c("export", "--merge", "-o", "out", "--format", "json", cwd=tmp_path, env=env)
    assert again.json["files"] == []
    assert file.read_text(encoding="utf-8") == text


def test_a_merge_adds_below_the_comments_of_what_is_there(tmp_path, env):
    written = """\
apiVersion: c2c/v1
kind: Space
org: acme
space: .pay/ments
manages: apps
apps:
  - name: ledger
    ports:
      - {name: api, tls: auto}
      # since May
    ingress:
      - from: web/frontend
        ports: [api]
        # approved by the CISO, SEC-77

  # Nobody calls what stands below.
  - name: quiet
# the last word
"""
    file = tmp_path / "out/pay.yml"
    file.parent.mkdir()
    file.write_text(written, encoding="utf-8")
    assert c2c("export", "--merge", "-o", "out", "--space", "acme/.pay*", cwd=tmp_path, env=env).code == 0
    text = file.read_text(encoding="utf-8").replace("the app ends TLS itself", "[...]")
    expected = """\
apiVersion: c2c/v1
kind: Space
org: acme
space: .pay/ments
manages: apps
apps:
  - name: ledger
    routes: [ledger.apps.internal]
    ports:
      - {name: api, tls: auto}
      # since May
      - {name: udp-7000-7010, port: 7000-7010, protocol: udp, tls: none}  # TODO: check; `tls: manual` if [...]
    ingress:
      - from: web/frontend
        ports: [api]
        # approved by the CISO, SEC-77
      - from: web/no
        ports: [api, udp-7000-7010]
        # why: TODO

  # Nobody calls what stands below.
  - name: quiet
# the last word
"""
    assert text == expected


def test_a_merge_says_what_a_plan_takes_away_from_an_app_that_a_manifest_governs(tmp_path, env):
    file = tmp_path / "out/pay.yml"
    file.parent.mkdir()
    file.write_text(
        "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: .pay/ments\napps:\n  - name: odd\n", encoding="utf-8"
    )
    arguments = ("export", "--merge", "-o", "out", "--space", "acme/.pay*")
    done = c2c(*arguments, "--format", "json", cwd=tmp_path, env=env)
    address = "acme/web/no -> acme/.pay%2Fments/odd tcp/2222"
    assert done.json["taken_away"] == [{"kind": "network_policy", "address": address}]
    assert [item["governed"] for item in done.json["spaces"][0]["left_out"]] == [True]
    said = c2c(*arguments, cwd=tmp_path, env=env)
    assert f"a plan of out takes away what the manifests cannot say: policy {address}" in said.err
    assert "governed, but not said in full: acme/.pay%2Fments/odd\n" in said.out
    assert "not touched" not in said.out
    plan = c2c("plan", "out", "--format", "json", cwd=tmp_path, env=env)
    assert [item["address"] for item in plan.json["changes"]] == [address]


def test_nothing_is_written_where_a_link_leads_out_of_the_folder(tmp_path, env):
    for name in ("out", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "out/acme").symlink_to("../elsewhere")
    for more in ((), ("--to", "rfc-0034")):
        refused = c2c("export", "-o", "out", *more, cwd=tmp_path, env=env)
        assert refused.code == 1
        assert "would not be in out, for a link leads out of it: nothing was written" in refused.err
        assert "    out/acme/web.yml\n" in refused.err
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_merge_into_a_file_that_is_not_canonical_is_refused(tmp_path, env):
    (tmp_path / "pay.yml").write_text(
        "apiVersion: c2c/v1\nkind:   Space\norg: acme\nspace: .pay/ments\napps: [{name: ledger}]\n", encoding="utf-8"
    )
    refused = c2c("export", "--merge", "-o", ".", cwd=tmp_path, env=env)
    assert refused.code == 1
    assert "run `c2c fmt` on it first" in refused.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pay.yml"]
