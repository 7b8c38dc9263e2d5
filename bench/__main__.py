"""`make bench`: every figure beside its floor, measured in the same run. Nothing fails by time.

python -m bench --sizes s m l --runs 3 --worlds FOLDER
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.measure import Run, median, once
from bench.platform import Server

if TYPE_CHECKING:
    from collections.abc import Mapping

_APPS = {"s": 1_000, "m": 10_000, "l": 65_000}
_POLICIES = {"s": 5_000, "m": 50_000, "l": 500_000}
_PYTHON = sys.executable
_C2C = str(Path(_PYTHON).with_name("c2c"))


class Figures(NamedTuple):
    """What one size took."""

    floor: Run
    cold: Run
    warm: Run
    calls: int


def main() -> None:
    """Measure and print."""
    asked = _arguments()
    print(f"{'':16}{'clock':>9}{'x floor':>9}{'cpu':>9}{'x floor':>9}{'memory':>10}{'x floor':>9}{'calls':>7}")
    found = {}
    for size in asked.sizes:
        folder = _world(asked.worlds, size)
        found[size] = _figures(folder, asked.runs)
        _print(size, found[size])
    _growth(found)
    _start_up(max(asked.runs, 5) * 2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=list(_APPS), default=list(_APPS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--worlds", type=Path, default=Path(".bench"), help="where worlds are made, and found again")
    return parser.parse_args()


def _world(worlds: Path, size: str) -> Path:
    """Make a world unless it is there. Another process does it: this one has to stay small."""
    folder = worlds / size
    stamp = folder / "made"
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([_PYTHON, "-m", "bench.world", size, str(folder)], check=True)  # noqa: S603 - our own
        stamp.touch()
    return folder


def _figures(folder: Path, runs: int) -> Figures:
    plan = [_C2C, "plan", str(folder / "manifests"), "--as-of", "2026-11-20"]
    with Server(folder) as server, tempfile.TemporaryDirectory() as cache:
        off = {**server.environment, "C2C_NO_CACHE": "1"}
        on = {**server.environment, "XDG_CACHE_HOME": cache}
        once(plan, on)
        server.count()
        kinds: tuple[list[Run], list[Run], list[Run]] = ([], [], [])
        for _ in range(runs):  # in turns, so that whatever else the machine does weighs on all three
            kinds[0].append(once([_PYTHON, "-m", "bench.floor", str(folder)]))
            kinds[1].append(once(plan, off))
            kinds[2].append(once(plan, on))
        calls = server.count() // (2 * runs)
    return Figures(*map(median, kinds), calls)


def _print(size: str, figures: Figures) -> None:
    for name, run in (("floor", figures.floor), ("cold plan", figures.cold), ("warm plan", figures.warm)):
        ratios = [mine / theirs for mine, theirs in zip(run, figures.floor, strict=True)]
        calls = "" if name == "floor" else f"{figures.calls:7}"
        print(
            f"{size} {name:14}{run.clock:8.2f}s{ratios[0]:9.2f}{run.cpu:8.2f}s{ratios[1]:9.2f}"
            f"{run.memory:8.0f}MB{ratios[2]:9.2f}{calls}",
            flush=True,
        )


def _growth(found: Mapping[str, Figures]) -> None:
    """Print the power of the number of policies by which the cost of a plan grows, from each size to the next."""
    sizes = list(found)
    for small, large in pairwise(sizes):
        for name in ("floor", "cold", "warm"):
            grown = getattr(found[large], name).cpu / getattr(found[small], name).cpu
            power = math.log(grown) / math.log(_POLICIES[large] / _POLICIES[small])
            more = _POLICIES[large] // _POLICIES[small]
            print(f"{small} to {large} {name:6} cpu x {grown:6.1f}  policies x {more}  n^{power:.2f}")


def _start_up(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _ten_files(Path(folder))
        commands = {
            "python -c pass": [_PYTHON, "-c", "pass"],
            "c2c --version": [_C2C, "--version"],
            "validate, 10 files": [_C2C, "validate", folder],
        }
        taken: dict[str, list[Run]] = {name: [] for name in commands}
        for command in commands.values():
            once(command)  # what has to be compiled is compiled now
        for _ in range(runs):
            for name, command in commands.items():
                taken[name].append(once(command, {**os.environ, "C2C_NO_CACHE": "1"}))
    bare = median(taken["python -c pass"])
    for name, measured in taken.items():
        run = median(measured)
        print(
            f"{name:20}{run.clock * 1000:7.0f}ms{run.clock / bare.clock:7.1f} x"
            f"{run.cpu * 1000:9.0f}ms cpu{run.cpu / bare.cpu:7.1f} x"
        )


def _ten_files(folder: Path) -> None:
    for number in range(10):
        (folder / f"space-{number}.yml").write_text(
            f"apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: space-{number}\napps:\n"
            f"  - name: ledger-{number}\n    routes: [ledger-{number}.apps.internal]\n"
            "    ports: [{name: api, tls: auto}, {name: metrics, port: 9100, tls: none}]\n"
            f"    ingress:\n      - {{from: checkout-{number}, ports: [api], why: checkout flow}}\n"
            f"  - name: checkout-{number}\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
