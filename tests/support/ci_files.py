"""The files for CI systems, and running what is in them where there is no such system."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from support.command import C2C, ROOT, environment

STARTER = ROOT / "starter" / "ci"
WORKFLOWS = sorted(path.name for path in STARTER.glob("github*.yml"))
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def load(path: Path) -> Any:
    """Read a file of a CI system; `on` stays a word."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        key: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
        for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(path.read_bytes(), Loader)  # noqa: S506 - a safe one with fewer types


def steps_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Give all steps of a workflow, or of an action."""
    if "runs" in document:
        return document["runs"]["steps"]
    return [step for job in document["jobs"].values() for step in job["steps"]]


def scripts() -> dict[str, tuple[str, str]]:
    """Give every script with the shell that it is for, by a name."""
    found: dict[str, tuple[str, str]] = {}
    for path in [ROOT / "action.yml", *(STARTER / name for name in WORKFLOWS)]:
        for number, step in enumerate(steps_of(load(path))):
            if "run" in step:
                found[f"{path.stem}-{number}"] = ("bash", step["run"])
    for name, job in load(STARTER / "gitlab.yml").items():
        if isinstance(job, dict):
            for number, line in enumerate(job.get("script", ())):
                found[f"{name}-{number}"] = ("sh", line)
    for name, config in concourse_tasks().items():
        found[f"concourse-{name}"] = ("sh", config["run"]["args"][1])
    return found


def concourse_tasks() -> dict[str, dict[str, Any]]:
    """Give the tasks of the pipeline by name, and the one that stands alone as `alone`."""
    pipeline = load(STARTER / "concourse.yml")
    inside = [step for job in pipeline["jobs"] for step in job["plan"] if "task" in step]
    return {step["task"]: step["config"] for step in inside} | {"alone": load(STARTER / "concourse-task.yml")}


@dataclass
class Machine:
    """A runner: a folder to work in, programs of its own before the real ones, and what they were called with."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bin = self.folder / ".bin"
        self.bin.mkdir()
        self.program("pip", 'echo "pip $*" >> "$CALLS"')
        self.temp = self.folder / ".temp"
        self.temp.mkdir()

    def program(self, name: str, script: str) -> None:
        """Put a program in front of the real one."""
        path = self.bin / name
        path.write_text(f"#!/bin/bash\nset -eu\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    @property
    def calls(self) -> list[str]:
        log = self.folder / ".calls"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def run(
        self, script: str, *, interpreter: str = "bash", cwd: str = ".", **variables: str
    ) -> subprocess.CompletedProcess:
        """Run a script as a runner does: it ends at the first failure."""
        path = f"{self.bin}:{C2C.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        known = {
            **environment(self.folder, **self.variables, **variables),
            "PATH": path,
            "CALLS": str(self.folder / ".calls"),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_PATH": str(self.temp / "path"),
        }
        options = ["--noprofile", "--norc", "-eo", "pipefail"] if interpreter == "bash" else ["-e"]
        command = [interpreter, *options, "-c", script]
        return subprocess.run(
            command, cwd=self.folder / cwd, env=known, capture_output=True, check=False, text=True, timeout=120
        )


def filled(step: dict[str, Any], values: dict[str, str]) -> dict[str, str]:
    """Give the environment of a step with its expressions replaced."""
    return {
        name: EXPRESSION.sub(lambda found: values[found[1]], str(value)) for name, value in step.get("env", {}).items()
    }
