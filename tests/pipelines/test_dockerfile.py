"""The image: what can be said of its recipe by reading it, and the image itself where there is a Docker daemon."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import tomllib

import pytest
from support.command import ROOT

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
LINES = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE)).splitlines()
INSTRUCTIONS = [tuple(line.split(maxsplit=1)) for line in LINES if line.strip()]
LAST_STAGE = INSTRUCTIONS[max(n for n, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM") :]


def arguments(word, instructions=INSTRUCTIONS):
    return [rest for found, rest in instructions if found == word]


def daemon():
    if shutil.which("docker") is None:
        return "docker is not installed here"
    answer = subprocess.run(["docker", "version"], capture_output=True, check=False)
    return "" if answer.returncode == 0 else "no Docker daemon answers here"


def test_nobody_is_root():
    assert arguments("USER", LAST_STAGE) == ["65532:65532"]


def test_it_is_the_command():
    assert arguments("ENTRYPOINT") == ['["c2c"]']


def test_what_only_building_needs_stays_behind():
    assert arguments("RUN", LAST_STAGE) == []
    assert arguments("COPY", LAST_STAGE) == ["--from=build /opt/c2c /opt/c2c"]


def test_every_package_is_held_by_its_hash():
    installs = re.findall(r"pip (?:--python \S+ )?install [^&]*", "\n".join(arguments("RUN")))
    assert len(installs) == 3
    assert all("--require-hashes" in text or "--no-deps --no-index" in text for text in installs)


def test_everything_copied_is_there_and_sent():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    sent = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    for line in arguments("COPY"):
        if line.startswith("--from"):
            continue
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert any(fnmatch.fnmatch(source.split("/")[0], name) for name in sent), source


def test_everything_the_wheel_takes_in_is_copied():
    copied = {source for line in arguments("COPY") for source in line.split()[:-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]) <= copied


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not installed here")
def test_hadolint_has_nothing_to_say():
    run = subprocess.run(["hadolint", ROOT / "Dockerfile"], capture_output=True, check=False, text=True)
    assert run.stdout == ""


@pytest.mark.skipif(bool(daemon()), reason=daemon())
def test_the_image_works():
    build = subprocess.run(["docker", "build", "-q", ROOT], capture_output=True, check=False, text=True)
    assert build.returncode == 0, build.stderr
    image = build.stdout.strip()
    for given in (["demo"], ["validate", "/work"]):
        shut = ["--network=none", "--read-only", "--tmpfs=/tmp", "-v", f"{ROOT}/policies:/work:ro"]
        command = ["docker", "run", "--rm", *shut, image, *given]
        run = subprocess.run(command, capture_output=True, check=False, text=True)
        assert run.returncode == 0, run.stderr
