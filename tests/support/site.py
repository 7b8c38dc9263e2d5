"""A place of work: the example organization, its embedded foundation, and an account on it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.cloud import Cloud
from support.command import C2C, Outcome, c2c, copy_example, served, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = "demo/foundation.yml"
USERS = """
users:
  - {name: admin, password: admin, scopes: [network.admin, cloud_controller.admin]}
  - name: dana
    password: dana
    scopes: [cloud_controller.read, cloud_controller.write, network.write]
    space_developer: [acme/web, acme/payments, acme/batch, acme/monitoring, acme/sandbox, globex/partners]
"""


@dataclass(frozen=True)
class Site:
    folder: Path
    env: dict[str, str]
    cloud: Cloud

    def c2c(self, *arguments: str | Path, **env: str) -> Outcome:
        return c2c(*arguments, cwd=self.folder, env=self.env | env)

    def changes(self) -> list[str]:
        """Say what there is to do now."""
        plan = self.c2c("plan", "--format", "json").json
        return [f"{change['action']} {change['address']}" for change in plan["changes"]]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command whose progress is read line by line."""
        return subprocess.Popen(
            [C2C, *arguments],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command line in which `c2c` stands for the installed command."""
        return subprocess.run(
            ["bash", "-c", re.sub(r"(?<!\S)c2c(?= )", str(C2C), command)],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def lines(self, journal: str) -> list[dict[str, Any]]:
        """Read a journal that was closed in good order."""
        return [json.loads(line) for line in (self.folder / journal).read_text(encoding="utf-8").splitlines()]

    def edit(self, path: str, before: str, after: str) -> None:
        """Change a manifest."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after), encoding="utf-8")


@contextmanager
def site_at(folder: Path, *faults: str, more: str = "") -> Iterator[Site]:
    """Lay it out; the foundation has these faults, each written as in a seed."""
    copy_example(folder)
    with (folder / SEED).open("a", encoding="utf-8") as seed:
        seed.write(f"settings: {{faults: [{', '.join(faults)}]}}\n{more}")
    with served(folder / SEED) as url, Cloud(url) as cloud:
        yield Site(folder, signed_in(folder, url), cloud)


def wait_for(words: str, process: subprocess.Popen[str]) -> None:
    """Read the progress until a line holds these words."""
    seen = []
    for line in process.stderr:
        seen.append(line)
        if words in line:
            return
    raise AssertionError(f"{words!r} is not in {seen}")


def end(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> tuple[int, str, str]:
    """Send a signal, and give the exit code and what else was written."""
    process.send_signal(number)
    return finish(process)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end, and give the exit code and what else was written."""
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert "internal error" not in err
    return process.returncode, out, err
