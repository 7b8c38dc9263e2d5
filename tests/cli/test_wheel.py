"""The built wheel holds all that the command needs, away from the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from support.command import ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Build the wheel and unpack it where nothing else is; its dependencies are those of this interpreter."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return target


def test_the_wheel_holds_schemas_and_examples(installed):
    (wheel,) = installed.parent.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for kind in ("space", "foundation", "snapshot", "manifest"):
        assert f"reconciler/data/schemas/v1/{kind}.schema.json" in names
    assert {
        "reconciler/data/policies/foundation.yml",
        "reconciler/data/policies/guardrails/fan-in.yml",
        "reconciler/data/demo/foundation.yml",
        "reconciler/data/starter/space.yml",
        "reconciler/data/docs/rules/covered-policy.md",
        "reconciler/report/html/assets/page.html.j2",
        "reconciler/report/html/assets/page.css",
        "reconciler/report/html/assets/main.js",
        "reconciler/py.typed",
    } <= names


@pytest.mark.parametrize(
    "arguments", [("demo",), ("schema", "Space"), ("rules", "covered-policy"), ("init",), ("--version",)]
)
def test_the_installed_command_works(installed, tmp_path, arguments):
    env = environment(tmp_path, PYTHONPATH=str(installed), PYTHONSAFEPATH="1")
    run = subprocess.run(
        [sys.executable, "-m", "reconciler", *arguments], cwd=tmp_path, env=env, capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    where = [sys.executable, "-c", "import reconciler; print(reconciler.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, check=True, text=True)
    assert found.stdout.startswith(str(installed))


def test_the_installed_package_writes_html_reports(installed, tmp_path):
    script = "from support.three_plans import empty_plan; from reconciler.report.html import render_plan_html; "
    env = environment(tmp_path, PYTHONPATH=f"{installed}:{ROOT / 'tests'}", PYTHONSAFEPATH="1")
    run = subprocess.run(
        [sys.executable, "-c", f"{script}print(render_plan_html(empty_plan()))"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        check=True,
        text=True,
    )
    assert run.stdout.startswith("<!doctype html>")
