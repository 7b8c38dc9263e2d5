"""Wrong manifests and, beside each, what is said about it: position, severity, code, message, hint, other places.

`C2C_WRITE_EXPECTED=1` writes the `.expected` files anew; read the difference before keeping it.
"""

import ast
import os
from datetime import date
from pathlib import Path

import pytest

from reconciler.diagnostics import has_errors
from reconciler.manifests import checks
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.codes import CODES
from reconciler.manifests.importing.codes import IMPORT_CODES

HERE = Path(__file__).parent
TODAY = date(2026, 11, 20)
FILES = sorted(HERE.glob("*.yml"))
WITHOUT_A_FILE = {
    "path-not-found": "tests/unit/manifests/test_discovery.py",
    "unreadable-file": "tests/unit/manifests/test_discovery.py",
    "not-a-file": "tests/unit/manifests/test_discovery.py",
    "no-manifests": "tests/unit/manifests/test_discovery.py",
    "file-too-large": "tests/unit/manifests/test_hostile.py",
    "too-many-patterns": "tests/unit/manifests/test_hostile.py",
    "rules-left-out": "tests/unit/manifests/test_left_out.py",
    "bad-expression": "tests/unit/guardrails/test_expressions.py",
    "costly-expression": "tests/unit/guardrails/test_expressions.py",
    "no-snapshot": "tests/unit/manifests/test_snapshots.py",
    "unknown-reference": "tests/unit/manifests/test_snapshots.py",
    "json-syntax": "tests/unit/manifests/test_snapshots.py",
    "space-not-found": "tests/scenarios/test_language.py",
    "not-an-internal-domain": "tests/scenarios/test_language.py",
    "route-owned-elsewhere": "tests/scenarios/test_language.py",
    "cannot-format": "tests/unit/manifests/test_writer.py",
    "too-many-policies": "tests/scenarios/test_language.py",
    "too-many-templated-values": "tests/unit/manifests/test_templates.py",
}
"""Codes that no file in a repository can bring about, and the test that does."""


def told(file: Path) -> str:
    lines = []
    loaded = load_bundle([str(file)], today=TODAY)
    for problem in loaded.diagnostics:
        span = problem.span
        assert span.file == str(file)
        lines.append(f"{span.line}:{span.column}: {problem.severity}[{problem.code}] {problem.message}")
        lines += [f"  hint: {problem.hint}"] if problem.hint else []
        lines += [f"  see {place.line}:{place.column}" for place in problem.related]
    assert (loaded.bundle is None) == has_errors(loaded.diagnostics)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_exactly_this_is_said(file):
    text = told(file)
    expected = file.with_suffix(".expected")
    if os.environ.get("C2C_WRITE_EXPECTED"):
        expected.write_text(text)
    assert text == expected.read_text()
    assert text.strip()
    assert all(char.isprintable() or char == "\n" for char in text)


def test_every_expectation_has_its_manifest():
    assert {file.stem for file in HERE.glob("*.expected")} == {file.stem for file in FILES}
    assert len(FILES) >= 70


def test_every_code_has_a_wrong_manifest():
    seen = {line.split("[")[1].split("]")[0] for file in FILES for line in told(file).splitlines() if "[" in line[:20]}
    assert seen <= set(CODES)
    assert set(CODES) - seen == set(WITHOUT_A_FILE)


@pytest.mark.parametrize("code", sorted(WITHOUT_A_FILE))
def test_the_other_codes_are_tested_elsewhere(code):
    assert f'"{code}"' in (HERE.parents[1] / WITHOUT_A_FILE[code]).read_text()


def test_every_code_in_the_source_is_listed():
    folder = Path(checks.__file__).parents[1]
    files = sorted(folder.rglob("*.py"))
    called = {"error", "warning", "_report", "_problem"}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", None))
            if name in called and isinstance(node.args[0], ast.Constant):
                assert node.args[0].value in {*CODES, *IMPORT_CODES}, file
