"""`c2c rules`: the built-in checks, and the page of each."""

from __future__ import annotations

import click

from reconciler.cli.console import open_console
from reconciler.cli.options import format_option
from reconciler.errors import UsageError
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
        hint = did_you_mean(code, rules) or "`c2c rules` lists them"
        raise UsageError(f"there is no built-in check {code!r}", hint=hint)
    return rules[code.lower()]


def _about(rule: Rule) -> dict[str, str]:
    page = f"docs/rules/{rule.code}.md"
    return {"code": rule.code, "level": rule.level.value, "meaning": rule.meaning, "page": page}
