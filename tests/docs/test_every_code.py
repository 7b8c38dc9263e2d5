"""Whatever code the program gives to what it finds, a page explains it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from support.command import ROOT

from reconciler.cli.rules_command import SAID_OF_PLANS
from reconciler.manifests.codes import CODES
from reconciler.manifests.importing.codes import IMPORT_CODES
from reconciler.model.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = re.compile("[a-z0-9]+(-[a-z0-9]+)+")
PLACES = {"error": 0, "warning": 0, "Problem": 0, "_problem": 0, "Finding": 1, "Remark": 1}
"""What takes a code, and which of its arguments that is."""


def codes_in(tree: ast.Module) -> Iterator[str]:
    """Give the codes of a file: written where they are used, or in a constant above."""
    constants = {
        target.id: item.value.value
        for item in tree.body
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant)
        for target in item.targets
        if isinstance(target, ast.Name)
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        given = call.args[PLACES[name] :] if name in PLACES else []
        code = constants.get(given[0].id) if given and isinstance(given[0], ast.Name) else None
        if given and isinstance(given[0], ast.Constant):
            code = given[0].value
        if isinstance(code, str) and CODE.fullmatch(code):
            yield code


def test_a_page_explains_every_code_there_is():
    files = sorted((ROOT / "reconciler").rglob("*.py"))
    used = {code for file in files for code in codes_in(ast.parse(file.read_text(encoding="utf-8")))}
    explained = {*CODES, *IMPORT_CODES, *SAID_OF_PLANS, *(rule.code for rule in RULES)}
    assert len(used) > 80
    assert sorted(used - explained) == []
    assert sorted(SAID_OF_PLANS.keys() - used) == []


def test_no_code_has_two_meanings():
    homes = (CODES, IMPORT_CODES, SAID_OF_PLANS, [rule.code for rule in RULES])
    listed = [code for home in homes for code in home]
    assert len(listed) == len(set(listed))
