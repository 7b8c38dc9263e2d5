"""Findings as text: worst first, and of one kind no more than somebody reads."""

import pytest

from reconciler.diagnostics import Span
from reconciler.model.finding import Finding, Severity
from reconciler.report.findings_text import MOST_SHOWN, render_findings


def many(number, severity=Severity.WARN, code="no-route", limit=None):
    return [
        Finding(severity, code, f"message {index}", Span("web.yml", index + 1, 1), limit=limit)
        for index in range(number)
    ]


def test_up_to_the_most_all_are_shown():
    assert len(render_findings(many(MOST_SHOWN)).splitlines()) == MOST_SHOWN


@pytest.mark.parametrize("severity", [Severity.WARN, Severity.AUDIT])
def test_of_one_code_the_first_are_shown_and_the_others_counted(severity):
    lines = render_findings(many(46, severity)).splitlines()
    assert len(lines) == MOST_SHOWN + 1
    assert lines[-1].endswith("[no-route] 26 more findings; --format json has them")


def test_what_neighbours_have_in_common_stands_once_below_them():
    alike = [item._replace(hint="use TLS", rule=Span("rules.yml", 9, 1)) for item in many(3, code="tls", limit="tls")]
    other = [item._replace(hint="use TLS") for item in many(1, code="plaintext", limit="tls")]
    seen_elsewhere = alike[2]._replace(related=(Span("other.yml", 1, 1),))
    assert render_findings([*alike[:2], seen_elsewhere, alike[2], *other]).splitlines() == [
        "web.yml:1:1: warning[tls] message 0",
        "web.yml:2:1: warning[tls] message 1",
        "    rule: rules.yml:9:1",
        "    hint: use TLS",
        "web.yml:3:1: warning[tls] message 2",
        "    see also other.yml:1:1",
        "    rule: rules.yml:9:1",
        "    hint: use TLS",
        "web.yml:3:1: warning[tls] message 2",
        "    rule: rules.yml:9:1",
        "    hint: use TLS",
        "web.yml:1:1: warning[plaintext] message 0",
        "    hint: use TLS",
    ]


def test_codes_and_limits_are_cut_each_by_itself():
    text = render_findings([*many(21), *many(21, code="rule", limit="tls"), *many(20, code="rule", limit="ports")])
    assert text.splitlines()[-2:] == [
        "warning[no-route] 1 more finding; --format json has them",
        "warning[rule] `tls`: 1 more finding; --format json has them",
    ]


def test_what_is_more_stands_with_those_of_its_weight():
    text = render_findings([*many(30, Severity.DENY, "rule", "tls"), *many(30)])
    assert text.index("denied[rule] `tls`: 10 more findings") < text.index("warning[no-route] message 0")


def test_every_expectation_that_fails_is_shown():
    assert len(render_findings(many(50, Severity.DENY, "ledger-is-private")).splitlines()) == 50
