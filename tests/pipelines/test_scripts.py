"""The scripts in the templates, run as a runner would, with the real command and stand-ins for what is not here."""

from __future__ import annotations

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import forges
from support.ci_files import STARTER, Machine, concourse_tasks, filled, load, steps_of
from support.command import ROOT, c2c, copy_example, served

KEY = Ed25519PrivateKey.generate()
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
PACKAGE = "c2c-reconciler @ https://wheels.example.com/c2c_reconciler-1-py3-none-any.whl#sha256=ab"
GH = """
echo "gh $*" >> "$CALLS"
case "$1 $2" in
  "run list") echo 4711 ;;
  "run download") while [ "$1" != --dir ]; do shift; done; mkdir -p "$2"; cp "$PUBLISHED"/snapshot.json* "$2" ;;
esac
"""

VENV = """
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$*" >> "$CALLS"\\n' > "$3/bin/python"
chmod +x "$3/bin/python"
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """What the job on the main branch has published, by its own script."""
    folder = tmp_path_factory.mktemp("trunk")
    copy_example(folder)
    (step,) = [
        step for step in steps_of(load(STARTER / "github-snapshot.yml")) if "c2c snapshot" in step.get("run", "")
    ]
    machine = Machine(folder)
    with served(folder / "demo/foundation.yml") as url:
        login = {"CF_API": url, "CF_USERNAME": "admin", "CF_PASSWORD": "admin"}
        run = machine.run(step["run"], **login, **filled(step, {"secrets.C2C_SNAPSHOT_KEY": PRIVATE}))
    assert run.returncode == 0, run.stderr
    assert (folder / "snapshot.json.sig").exists()
    return folder


@pytest.fixture
def machine(tmp_path, published):
    copy_example(tmp_path)
    (tmp_path / "snapshot.pub").write_bytes(PUBLIC)
    machine = Machine(tmp_path, {"PUBLISHED": str(published)})
    machine.program("gh", GH)
    return machine


INPUTS = {name: given.get("default", "") for name, given in load(ROOT / "action.yml")["inputs"].items()}


class TestAction:
    def steps(self, machine, **inputs):
        """Run the steps one after another, as long as none fails; those with `if: !cancelled()` always."""
        values = {f"inputs.{name}": str(value) for name, value in {**INPUTS, **inputs}.items()}
        values["steps.python.outputs.python-path"] = "python3"
        failed = None
        for step in steps_of(load(ROOT / "action.yml"))[2:]:
            if failed and "cancelled" not in step.get("if", ""):
                continue
            if step["name"] == "Comment" and inputs.get("comment") != "true":
                continue
            run = machine.run(step["run"], **filled(step, values))
            failed = failed or (run if run.returncode else None)
        output = machine.temp / "output"
        return failed, output.read_text(encoding="utf-8").split() if output.exists() else []

    def test_it_plans_against_a_snapshot(self, machine, published):
        failed, outputs = self.steps(machine, live=str(published / "snapshot.json"), **{"snapshot-key": "snapshot.pub"})
        saved = json.loads((machine.folder / "plan.json").read_bytes())
        refused = any(finding["severity"] == "deny" for finding in saved["findings"])
        assert outputs == [f"exit-code={3 if refused else 2}"]
        assert (failed.returncode if failed else 0) == (3 if refused else 0)

    def test_several_paths_stand_on_lines(self, machine, published):
        (machine.folder / "a b").mkdir()
        shutil.copytree(machine.folder / "policies", machine.folder / "a b/policies")
        shutil.rmtree(machine.folder / "policies")
        _, outputs = self.steps(
            machine, live=str(published / "snapshot.json"), paths="a b/policies/acme\n\na b/policies/foundation.yml\n"
        )
        assert outputs in (["exit-code=2"], ["exit-code=3"])

    def test_a_broken_manifest_ends_it(self, machine):
        (machine.folder / "policies/acme/web.yml").write_text("a: [", encoding="utf-8")
        failed, outputs = self.steps(machine)
        assert failed.returncode == 1
        assert outputs == []

    def test_a_forged_snapshot_ends_it(self, machine, published):
        shutil.copy(published / "snapshot.json.sig", machine.folder)
        (machine.folder / "snapshot.json").write_text("{}", encoding="utf-8")
        failed, outputs = self.steps(machine, live="snapshot.json", **{"snapshot-key": "snapshot.pub"})
        assert "not what was signed" in failed.stderr
        assert outputs == ["exit-code=1"]

    def test_it_comments(self, machine, published):
        with forges.served(forges.GitHub()) as forge:
            machine.variables |= {
                "GITHUB_REPOSITORY": "acme/net",
                "GITHUB_API_URL": forge.url,
                "GITHUB_REF": "refs/pull/12/merge",
            }
            self.steps(machine, live=str(published / "snapshot.json"), comment="true", token=forge.token, marker="x")
            (body,) = forge.bodies()
        assert body.startswith("<!-- c2c comment: x -->\n")

    def test_it_installs_itself_by_hashes(self, machine):
        machine.program("python3", VENV)
        step = steps_of(load(ROOT / "action.yml"))[1]
        run = machine.run(
            step["run"], **filled(step, {"steps.python.outputs.python-path": "python3"}), GITHUB_ACTION_PATH="/it"
        )
        assert run.returncode == 0, run.stderr
        first, second = machine.calls
        assert "--require-hashes -r /it/requirements/build.lock -r /it/requirements/runtime.lock" in first
        assert second.endswith("--no-deps --no-build-isolation /it")
        assert (machine.temp / "path").read_text(encoding="utf-8").strip() == str(machine.temp / "c2c/bin")


class TestPreview:
    def test_the_preview_plans_against_what_main_has_published(self, machine):
        (machine.folder / "checkout").mkdir()
        shutil.copytree(machine.folder / "policies", machine.folder / "checkout/policies")
        shutil.copy(machine.folder / "snapshot.pub", machine.folder / "checkout")
        steps = [step for step in steps_of(load(STARTER / "github-preview.yml")) if "run" in step]
        runs = [machine.run(step["run"], cwd="checkout", C2C_PACKAGE=PACKAGE) for step in steps]
        assert [run.returncode for run in runs[:-1]] == [0, 0]
        assert runs[-1].returncode in {0, 3}, runs[-1].stderr
        assert machine.calls[0] == f"pip install {PACKAGE}"
        assert machine.calls[2].startswith("gh run download 4711 --name snapshot")

    @pytest.mark.parametrize("forged", [False, True])
    def test_the_comment_is_planned_anew_and_by_the_key_of_main(self, machine, published, forged):
        folder = machine.folder
        (folder / "main").mkdir()
        shutil.copy(folder / "snapshot.pub", folder / "main")
        (folder / "proposed").mkdir()
        shutil.copytree(folder / "policies", folder / "proposed/policies")
        if forged:
            theirs = folder / "theirs"
            theirs.mkdir()
            content = (published / "snapshot.json").read_bytes().replace(b"ledger", b"lodger")
            (theirs / "snapshot.json").write_bytes(content)
            (theirs / "snapshot.json.sig").write_bytes(Ed25519PrivateKey.generate().sign(content))
            machine.variables["PUBLISHED"] = str(theirs)
        steps = [step for step in load(STARTER / "github-comment.yml")["jobs"]["plan"]["steps"] if "run" in step]
        runs = [machine.run(step["run"], cwd=step.get("working-directory", ".")) for step in steps[1:]]
        assert runs[0].returncode == 0
        assert runs[1].returncode == (1 if forged else 0), runs[1].stderr
        assert (folder / "plan.json").exists() is not forged


class TestGitLab:
    @pytest.fixture
    def gitlab(self, published):
        """Job artifacts as GitLab hands them out: by a redirect to where they are stored."""
        seen = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append((self.path, self.headers.get("JOB-TOKEN")))
                if self.path.startswith("/stored/"):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write((published / self.path.removeprefix("/stored/")).read_bytes())
                    return
                name = self.path.partition("/raw/")[2].partition("?")[0]
                self.send_response(302)
                self.send_header("Location", f"/stored/{name}")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api/v4", seen
        server.shutdown()
        server.server_close()

    def test_the_preview_fetches_and_plans(self, machine, gitlab):
        api, seen = gitlab
        variables = {
            "CI_API_V4_URL": api,
            "CI_DEFAULT_BRANCH": "release/main",
            "CI_MERGE_REQUEST_PROJECT_ID": "5",
            "CI_JOB_TOKEN": "glcbt-secret",
        }
        fetch, plan = load(STARTER / "gitlab.yml")["network-policies-preview"]["script"]
        run = machine.run(fetch, interpreter="sh", **variables)
        assert run.returncode == 0, run.stderr
        query = "?job=network-policies-snapshot"
        assert seen[0] == (f"/api/v4/projects/5/jobs/artifacts/release%2Fmain/raw/snapshot.json{query}", "glcbt-secret")
        assert seen[1] == ("/stored/snapshot.json", None)
        assert machine.run(plan, interpreter="sh").returncode in {0, 3}
        assert (machine.folder / "plan.json").exists()

    def test_the_comment_is_made(self, machine, published):
        c2c("plan", "--live", published / "snapshot.json", "-o", "plan.json", cwd=machine.folder)
        (script,) = load(STARTER / "gitlab.yml")["network-policies-comment"]["script"]
        with forges.served(forges.GitLab()) as forge:
            known = {"CI_API_V4_URL": f"{forge.url}/api/v4", "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "12"}
            run = machine.run(script, interpreter="sh", GITLAB_TOKEN=forge.token, **known)
            assert run.returncode == 0, run.stderr
            assert forge.bodies()[0].startswith("<!-- c2c comment: preview -->\n")


@pytest.mark.parametrize("name", ["plan", "alone"])
def test_the_task_of_concourse(machine, name):
    with served(machine.folder / "demo/foundation.yml") as url:
        script = concourse_tasks()[name]["run"]["args"][1]
        login = {"CF_API": url, "CF_USERNAME": "admin", "CF_PASSWORD": "admin"}
        run = machine.run(script, interpreter="sh", C2C_PACKAGE=PACKAGE, **login)
    assert run.returncode in {0, 3}, run.stdout + run.stderr
    assert machine.calls == [f"pip install {PACKAGE}"]
    assert "Plan for http" in run.stdout


SEED = """\
apiVersion: c2c/v1
kind: Snapshot
organizations: [{name: acme, spaces: [{name: web, apps: [{name: api}, {name: caller}]}]}]
network_policies: [{source: acme/web/caller, destination: acme/web/api, protocol: tcp, ports: 8080}]
"""
NIGHTS = {
    "github": lambda: load(STARTER / "github.yml")["jobs"]["drift"]["steps"][-1]["run"],
    "gitlab": lambda: load(STARTER / "gitlab.yml")["network-policies-drift"]["script"][0],
    "concourse": lambda: concourse_tasks()["drift"]["run"]["args"][1],
}


@pytest.mark.parametrize("system", NIGHTS)
def test_at_night_a_plan_shows_what_was_changed_by_hand(tmp_path, system):
    (tmp_path / "seed.yml").write_text(SEED, encoding="utf-8")
    assert c2c("export", "--live", "seed.yml", "-o", "policies", cwd=tmp_path).code == 0
    machine = Machine(tmp_path)
    codes = []
    for seed in (SEED, SEED.replace("8080", "8081")):
        (tmp_path / "seed.yml").write_text(seed, encoding="utf-8")
        with served(tmp_path / "seed.yml") as url:
            login = {"CF_API": url, "CF_USERNAME": "admin", "CF_PASSWORD": "admin"}
            codes.append(machine.run(NIGHTS[system](), interpreter="sh", C2C_PACKAGE=PACKAGE, **login).returncode)
    assert codes == [0, 2]
