"""Running the installed command as its users do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.snapshots import read_snapshot
from reconciler.simulator.foundation import Foundation
from reconciler.simulator.seed import build_world
from reconciler.simulator.server import running

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
C2C = Path(sys.executable).with_name("c2c")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give what a fresh account has: no cf session, no credentials."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **more}


def c2c(
    *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None, stdin: int = subprocess.DEVNULL
) -> Outcome:
    """Run `c2c`; whatever it does, it must not end in a traceback."""
    run = subprocess.run(
        [C2C, *arguments],
        cwd=cwd,
        env=env or environment(cwd),
        stdin=stdin,
        capture_output=True,
        check=False,
        timeout=120,
    )
    outcome = Outcome(run.returncode, run.stdout.decode(), run.stderr.decode())
    assert "Traceback" not in outcome.err, outcome.err
    assert "internal error" not in outcome.err, outcome.err
    return outcome


def copy_example(folder: Path) -> None:
    """Lay out the example organization and its live state, with no day to come that a test could outlive."""
    for name in ("policies", "demo"):
        shutil.copytree(ROOT / name, folder / name)
    for path in folder.glob("policies/**/*.yml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub("2026-11-30|2026-12-31|2027-01-31", "9999-12-31", text), encoding="utf-8")


@contextmanager
def simulated(*arguments: str | Path, cwd: Path) -> Iterator[str]:
    """Serve an embedded foundation with `c2c simulate` and give its URL."""
    command = [C2C, "simulate", *arguments]
    with subprocess.Popen(command, cwd=cwd, env=environment(cwd), stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            assert process.wait(10) == 0


@contextmanager
def served(seed: Path = ROOT / "demo/foundation.yml") -> Iterator[str]:
    """Serve an embedded foundation from this process: `c2c simulate` costs as much as two or three other commands."""
    with running(Foundation(build_world(read_snapshot(str(seed))))) as url:
        yield url


def signed_in(home: Path, url: str, **more: str) -> dict[str, str]:
    """Give the environment of the seed's default administrator."""
    return environment(home, CF_API=url, CF_USERNAME="admin", CF_PASSWORD="admin", **more)
