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
