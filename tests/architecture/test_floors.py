"""Imports go down the floors only, and each outside world enters through one door."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_import_contracts_are_kept():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_nothing_below_the_command_line_prints_or_exits():
    forbidden = ("print(", "sys.exit", "sys.stdout", "sys.stderr", "input(")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sorted((ROOT / "reconciler").rglob("*.py"))
        if "cli" not in path.relative_to(ROOT).parts and path.name != "__main__.py"
        for word in forbidden
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_only_the_edges_ask_the_clock():
    """Time comes in as an argument everywhere but where the program starts, signs in or plays a server."""
    edges = {"cli/clock.py", "cf/auth.py", "cf/foundation.py", "cf/http.py", "forge/http.py", "simulator/world.py"}
    clock = re.compile(r"datetime\.now|date\.today|time\.time\b|utcnow")
    found = [
        str(path.relative_to(ROOT / "reconciler"))
        for path in sorted((ROOT / "reconciler").rglob("*.py"))
        if clock.search(path.read_text(encoding="utf-8"))
    ]
    assert set(found) <= edges
