import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from support.guarded import RULE

from reconciler.flow.loading import checked_bundle
from reconciler.guardrails.expression_problems import expression_problems
from reconciler.guardrails.expression_syntax import FUNCTIONS, ROOTS
from reconciler.guardrails.expressions import Program
from reconciler.model.guardrail import WrittenExpression

GOOD = [
    "source.org == destination.org || grant.why != ''",
    "source.zone in ['cde', 'web']",
    "has(source.labels.tier) && source.labels.tier == 'web'",
    "'tier' in source.labels && source.labels['tier'] != 'db'",
    "source.labels.exists(key, key == 'a') || source.labels.all(key, key != 'a')",
    "source.app.matches(r'^[a-z]+-web$') || destination.app.startsWith('l')",
    "policy.protocol == 'tcp' && policy.end - policy.start < 10 && policy.tls != 'none' || true",
    "grant.declared && grant.until < '2027-12-31' || size(grant.why) < 300",
    "source == destination || source.owner != '' || source.template == ''",
    "grant.until == '' || timestamp(grant.until + 'T00:00:00Z') < timestamp('2030-01-01T00:00:00Z')",
    "true // source.nothing",
    "source.app != 'source.orgg'",
    "policy.tls in ['auto', 'unknown'] || 'none' != policy.tls || policy.protocol == r'udp'",
]
BAD = {
    "": ("bad-expression", "it is not CEL"),
    "source.org ==": ("bad-expression", "it is not CEL"),
    "source.org == 'a": ("bad-expression", "it is not CEL"),
    "source.org": ("bad-expression", "it gives text, not true or false"),
    "1 + 1": ("bad-expression", "it gives a number"),
    "grant.declared || 'yes'": ("bad-expression", ""),
    "source.orgg == 'acme'": ("bad-expression", "no field of `source` `orgg`"),
    "true || source.orgg == 'acme'": ("bad-expression", "no field of `source` `orgg`"),
    "true || soruce.org == 'acme'": ("bad-expression", "no name `soruce`"),
    "true || source.org.lower() == 'acme'": ("bad-expression", "no function `lower`"),
    "source.labels.tier == 'web'": ("bad-expression", "there is no 'tier'"),
    "source.org == destination.org || source.labels.tier == 'web'": ("bad-expression", "there is no 'tier'"),
    "source.org != destination.org || source.labels.tier == 'web'": ("bad-expression", "there is no 'tier'"),
    "source.org < 1": ("bad-expression", ""),
    "policy.start / 0 == 1": ("bad-expression", "division by zero"),
    "source.org == 'Acme'": ("bad-expression", "lower case"),
    "'Cde' != destination.zone": ("bad-expression", "lower case"),
    "!(source.space in ['web', 'Payments'])": ("bad-expression", "lower case and never is 'Payments'"),
    "policy.tls != 'plaintext'": ("bad-expression", "`policy.tls` never is 'plaintext'"),
    "policy.tls in ['auto', \"platform\"]": ("bad-expression", '`policy.tls` never is "platform"'),
    "'TCP' != policy.protocol": ("bad-expression", "`policy.protocol` never is 'TCP'"),
    "policy.start != '61443'": ("bad-expression", "is a number and never is '61443'"),
    "grant.declared == 'true'": ("bad-expression", "is true or false and never is 'true'"),
    "grant.until < timestamp('2027-01-01T00:00:00Z')": ("bad-expression", "of different kinds"),
    "true" + " && true" * 300: ("costly-expression", "longer than"),
    "(" * 30 + "true" + ")" * 30: ("costly-expression", "nest deeper"),
    "[1].all(x, [1].all(y, x == y))": ("costly-expression", "inside another"),
    "[1].map(x, x + x) == [2]": ("costly-expression", "`map` is not available"),
    "source.app.matches(grant.why)": ("costly-expression", "plain pattern"),
    "matches(source.app, 'a')": ("costly-expression", "plain pattern"),
    "source.app.matches('(a{1,99}){1,99}')": ("costly-expression", "plain pattern"),
    r"source.app.matches('(a\x7b9})')": ("costly-expression", "plain pattern"),
    "source.app.matches('(')": ("bad-expression", "regex"),
    " || ".join(["source.app.matches('a')"] * 5): ("costly-expression", "more than 4 times"),
}

WRONG_IN_SEVERAL_WAYS = """\
apiVersion: c2c/v1
kind: Guardrail
name: one
enforcement: deny
match: {source: {labels: "tier in (web"}}
limits: {expression: "source.orgg == 'acme'"}
---
apiVersion: c2c/v1
kind: Template
name: two
app: {ports: [{name: api, tls: auto}]}
limits: {expression: "source.orgg == 'acme'"}
---
apiVersion: c2c/v1
kind: Waiver
name: three
why: NET-1
guardrail: on
until: 2027-01-31
"""


def problems(text: str):
    return expression_problems([WrittenExpression("rule", text, RULE)])


@pytest.mark.parametrize("text", GOOD)
def test_takes(text):
    assert problems(text) == []


@pytest.mark.parametrize("text", BAD, ids=[text[:40] for text in BAD])
def test_refuses(text):
    code, words = BAD[text]
    (problem,) = problems(text)
    assert (problem.code, problem.span) == (code, RULE)
    assert words in problem.message
    assert "\n" not in problem.message
    assert problem.message.startswith("the expression of `rule` cannot be used: ")


def test_hints_at_a_close_name():
    assert problems("source.orgg == 'a'")[0].hint == "did you mean `org`?"
    assert problems("soruce.org == 'a'")[0].hint == "did you mean `source`?"


@pytest.mark.parametrize("text", ["policy.start = 1", "grant.declared and true", "not grant.declared"])
def test_hints_at_how_cel_writes_what_other_languages_write_otherwise(text):
    assert problems(text)[0].hint == "`==` compares; `&&` is and, `||` is or, `!` is not"


def test_what_is_wrong_elsewhere_hides_no_wrong_expression(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("rules.yml").write_text(WRONG_IN_SEVERAL_WAYS, encoding="utf-8")
    loaded = checked_bundle(("rules.yml",), today=date(2026, 11, 20))
    found = [(problem.code, problem.span.line) for problem in loaded.diagnostics]
    assert found == [("bad-selector", 5), ("bad-expression", 6), ("bad-expression", 12), ("unknown-guardrail", 18)]


@pytest.mark.parametrize("name", ROOTS)
def test_every_name_and_field_can_be_read(name):
    for field in ROOTS[name]:
        assert Program(f"{name}.{field} == {name}.{field}").fields == {name: (field,)}


def test_every_function_is_one_that_cel_has():
    calls = {
        "contains": "'ab'.contains('a')", "double": "double(1) == 1.0", "duration": "duration('1h') > duration('1m')",
        "endsWith": "'ab'.endsWith('b')", "int": "int('1') == 1", "matches": "'a'.matches('a')",
        "size": "size('a') == 1", "startsWith": "'a'.startsWith('a')", "string": "string(1) == '1'",
        "timestamp": "timestamp('2026-01-01T00:00:00Z') < timestamp('2027-01-01T00:00:00Z')", "uint": "uint(1) == 1u",
    }  # fmt: skip
    assert set(calls) == FUNCTIONS
    for call in calls.values():
        assert Program(call).answer() is True


def test_only_an_expression_pays_for_cel():
    code = (
        "import sys, reconciler.flow, reconciler.cli.session, reconciler.guardrails.findings, "
        "reconciler.guardrails.judging; assert 'cel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
