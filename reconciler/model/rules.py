"""The built-in checks by name: what waivers may name beside guardrails. Their code is in `guardrails.rules`."""

from __future__ import annotations

from typing import NamedTuple

from reconciler.model.finding import Severity

_WARN, _AUDIT = Severity.WARN, Severity.AUDIT


class Rule(NamedTuple):
    """A built-in check: its code, what is done with its findings, and what it finds, in one line."""

    code: str
    level: Severity
    meaning: str


RULES = (
    Rule("app-without-zone", _AUDIT, "Apps take part in policies, but no zone says what they are."),
    Rule("auto-tls-without-route", _WARN, "Platform TLS leads to an app whose certificate carries no name."),
    Rule(
        "caller-without-trust",
        _AUDIT,
        "A caller of platform TLS does not trust the platform's certificates.",
    ),
    Rule("covered-policy", _AUDIT, "A policy opens nothing that another one does not open too."),
    Rule(
        "misspelt-zone",
        _WARN,
        "A guardrail, waiver or expectation names a zone that is close to a real one.",
    ),
    Rule("near-policy-quota", _AUDIT, "A source app has nearly all the policies that a developer may give it."),
    Rule(
        "no-internal-route",
        _AUDIT,
        "An app may be called, but no internal route gives callers a name for it.",
    ),
    Rule("plaintext-beside-tls", _WARN, "The plaintext port stays open beside platform TLS, with no end."),
    Rule("reserved-port-open", _WARN, "A policy opens a port that the platform keeps for itself."),
    Rule("route-without-callers", _AUDIT, "An internal route leads to apps that nobody may call."),
    Rule("source-matches-everything", _WARN, "A grant's source is every app of the foundation."),
    Rule("unlisted-app", _AUDIT, "An app that may be called lies in a managed space, but nobody governs it."),
    Rule("wide-port-range", _WARN, "A policy opens a range of more than 100 ports."),
)
"""Every built-in check, by code."""
