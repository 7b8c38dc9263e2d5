"""The built-in checks. Each has one code and, under that name, a module here, a test file and a page in `docs/rules`.

This list is all there is. The modules are imported when the rules are run, so that listing them costs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from reconciler.planning.plan import Severity


class Rule(NamedTuple):
    """A built-in check: its code, how much its findings weigh, and what it finds, in one line."""

    code: str
    level: Severity
    meaning: str

    @property
    def module(self) -> str:
        """The module that holds it. There, `check` takes a RuleInput and yields remarks."""
        return f"{__name__}.{self.code.replace('-', '_')}"


RULES = (
    Rule("app-without-zone", Severity.AUDIT, "Apps take part in policies, but no zone says what they are."),
    Rule("auto-tls-without-route", Severity.WARN, "Platform TLS leads to an app whose certificate carries no name."),
    Rule(
        "caller-without-trust", Severity.AUDIT, "A caller of platform TLS does not trust the platform's certificates."
    ),
    Rule("covered-policy", Severity.AUDIT, "A policy opens nothing that another one does not open too."),
    Rule(
        "misspelt-zone", Severity.WARN, "A guardrail, waiver or expectation names a zone that is close to a real one."
    ),
    Rule("near-policy-quota", Severity.AUDIT, "A source app has nearly all the policies that a developer may give it."),
    Rule(
        "no-internal-route", Severity.AUDIT, "An app may be called, but no internal route gives callers a name for it."
    ),
    Rule("plaintext-beside-tls", Severity.WARN, "The plaintext port stays open beside platform TLS, with no end."),
    Rule("reserved-port-open", Severity.WARN, "A policy opens a port that the platform keeps for itself."),
    Rule("route-without-callers", Severity.AUDIT, "An internal route leads to apps that nobody may call."),
    Rule("source-matches-everything", Severity.WARN, "A grant's source is every app of the foundation."),
    Rule("unlisted-app", Severity.AUDIT, "An app that may be called lies in a managed space, but nobody governs it."),
    Rule("wide-port-range", Severity.WARN, "A policy opens a range of more than 100 ports."),
)
"""Every built-in check, by code."""
