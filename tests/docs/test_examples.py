"""Every console example in the documentation is run, and its output is what the page says.

A block that begins with ```console holds commands after `$ ` and, below each, its whole output; a line `[...]` stands
for any number of lines. Set C2C_UPDATE_DOCS=1 to write what the commands print now into the pages.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "[...]"
UPDATE = bool(os.environ.get("C2C_UPDATE_DOCS"))


def examples(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def split(block: str) -> list[tuple[str, list[str]]]:
    """Split a block into commands and the lines below each."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


@pytest.fixture
def workplace(tmp_path):
    """Lay out what a reader has after a clone, away from any git history."""
    for name in ("policies", "demo"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def run(command: str, folder: Path) -> list[str]:
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8"}
    finished = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return finished.stdout.splitlines()


def fits(expected: list[str], actual: list[str]) -> bool:
    if ANY not in expected:
        return expected == actual
    pattern = "".join("(?:.*\n)*" if line == ANY else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in actual)) is not None


@pytest.mark.parametrize(
    "page", [page for page in PAGES if examples(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_console_examples_are_real(page, workplace):
    text = page.read_text(encoding="utf-8")
    for block in examples(page):
        renewed = []
        for command, written in split(block):
            actual = run(command, workplace)
            expected = actual if UPDATE and not fits(written, actual) else written
            assert fits(expected, actual), "\n".join([f"$ {command}", *actual])
            renewed += [f"$ {command}", *expected]
        text = text.replace(block, "".join(f"{line}\n" for line in renewed))
    if UPDATE:
        page.write_text(text, encoding="utf-8")


def test_every_command_is_in_the_readme_and_has_a_page_of_help():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"`c2c {name}" in readme
        output = "\n".join(run(f"c2c {name} --help", ROOT))
        assert "Example:" in output
        assert f"c2c {name}" in output


def test_every_link_between_pages_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"
