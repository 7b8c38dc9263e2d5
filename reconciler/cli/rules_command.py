"""`c2c rules`: the built-in checks, and the page of each."""

from __future__ import annotations

from types import MappingProxyType

import click

from reconciler.cli.console import open_console
from reconciler.cli.options import format_option
from reconciler.errors import UsageError
from reconciler.manifests.codes import CODES
from reconciler.manifests.importing.codes import IMPORT_CODES
from reconciler.manifests.text import did_you_mean
from reconciler.model.rules import RULES, Rule
from reconciler.report.json_text import render_json
from reconciler.report.wrap import wrap_page
from reconciler.resources import rule_pages_path

EPILOG = """\b
Example:
  c2c rules
  c2c rules plaintext-beside-tls
"""

SAID_OF_PLANS = MappingProxyType(
    {
        "environments-closed": "docs/ownership.md",
        "environments-not-read": "docs/ownership.md",
        "expectation-matches-nothing": "docs/expectations.md",
        "expectation-not-judged": "docs/expectations.md",
        "guardrail-matches-nothing": "docs/guardrails.md",
        "guardrail-not-judged": "docs/guardrails.md",
        "max-revokes": "docs/plan.md",
        "not-rolled-back": "docs/applying.md",
        "policy-quota": "docs/applying.md",
        "policy-quota-gap": "docs/applying.md",
        "policy-quota-order": "docs/applying.md",
        "partial-view": "docs/permissions.md",
        "run-failed": "docs/reports.md",
        "trust-not-set": "docs/manifests.md",
        "unnamed-apps": "docs/permissions.md",
        "waiver-unused": "docs/guardrails.md",
        "impossible-ports": "docs/permissions.md",
    }
)
"""Codes of findings that no check makes, and the page that explains each."""


@click.command("rules", epilog=EPILOG)
@click.argument("code", required=False)
@format_option()
def command(code: str | None, output_format: str) -> int:
    """List the built-in checks, or show the page of one: what it finds, why, and what to do.

    `warn` asks for attention, `audit` is only listed. None of them refuses a plan: that is for guardrails.
    """
    console = open_console()
    if code is not None:
        rule = _known(code)
        page = (rule_pages_path() / f"{rule.code}.md").read_text(encoding="utf-8")
        as_json = render_json(_about(rule) | {"text": page})
        console.result(as_json if output_format == "json" else wrap_page(page, console.width))
    elif output_format == "json":
        console.result(render_json({"rules": [_about(rule) for rule in RULES]}))
    else:
        width = max(len(rule.code) for rule in RULES)
        console.text("".join(f"{rule.code:{width}}  {rule.level:5}  {rule.meaning}\n" for rule in RULES))
        console.text("\n`c2c rules CODE` shows its page, docs/rules/CODE.md: why, and what to do\n")
    return 0


def _known(code: str) -> Rule:
    rules = {rule.code: rule for rule in RULES}
    if code.lower() not in rules:
        raise _explained_elsewhere(code.lower()) or UsageError(
            f"there is no built-in check {code!r}", hint=did_you_mean(code, rules) or "`c2c rules` lists them"
        )
    return rules[code.lower()]


def _explained_elsewhere(code: str) -> UsageError | None:
    """Say where a code is explained that is no check: reports show all kinds of codes alike."""
    if meaning := CODES.get(code):
        hint = f"docs/diagnostics.md#{code} says what to do"
        return UsageError(f"{code} is no built-in check, but said of manifests: {meaning}", hint=hint)
    if meaning := IMPORT_CODES.get(code):
        hint = "docs/importing.md says what to do"
        return UsageError(f"{code} is no built-in check, but said by imports: {meaning}", hint=hint)
    if page := SAID_OF_PLANS.get(code):
        return UsageError(f"{code} is no built-in check, but said of plans and audits", hint=f"{page} explains it")
    return None


def _about(rule: Rule) -> dict[str, str]:
    page = f"docs/rules/{rule.code}.md"
    return {"code": rule.code, "level": rule.level.value, "meaning": rule.meaning, "page": page}
