"""The page about imports names every code that an import has, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from reconciler.manifests.codes import CODES
from reconciler.manifests.importing.codes import IMPORT_CODES
from reconciler.manifests.importing.formats import Format

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")


def test_the_page_names_exactly_the_codes_there_are():
    rows = re.findall(r"^\| (`[a-z`, -]+`) \| [A-Z]", PAGE.split("## What can be wrong")[1], re.MULTILINE)
    assert sorted(code for row in rows for code in re.findall("`([a-z-]+)`", row)) == sorted(IMPORT_CODES)
    assert not set(IMPORT_CODES) & set(CODES)


def test_the_code_uses_exactly_these_codes():
    sources = (file for file in (ROOT / "reconciler/manifests/importing").glob("*.py") if file.name != "codes.py")
    text = "".join(file.read_text(encoding="utf-8") for file in sources)
    used = set(re.findall(r'(?:error|warning)\(\s*"([a-z0-9-]+)"', text))
    assert set(IMPORT_CODES) <= used <= set(IMPORT_CODES) | set(CODES)


def test_the_page_names_every_format():
    assert all(f"| `{found}` |" in PAGE for found in Format)
