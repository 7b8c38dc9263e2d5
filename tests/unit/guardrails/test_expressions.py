import subprocess
import sys

import pytest
from support.guarded import RULE

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
