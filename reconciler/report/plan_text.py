"""The plan as text, as Terraform users read one: the verdict, then changes by space, marked `+` `-` `~`, then the rest.

A plan that changes nothing is told in few lines: what asks for attention, and numbers for what does not.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from reconciler.model.finding import Severity
from reconciler.planning.changes import VariableSetting
from reconciler.planning.encoding import timestamp
from reconciler.report.change_table import render_change_tables
from reconciler.report.change_words import KIND_WORDS, short_origin
from reconciler.report.connectivity_text import render_connectivity
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.findings_text import render_findings, render_waivers
from reconciler.report.style import PLAIN, Style
from reconciler.report.verdict import render_closing, render_verdict
from reconciler.report.wrap import wrap_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.names import AppRef
    from reconciler.planning.plan import Plan

_STALE = "Stale: one end cannot be named; policies of deleted apps go by themselves"


def render_plan_text(plan: Plan, *, style: Style = PLAIN, show_foreign: bool = False, width: int | None = None) -> str:
    """Write a plan for people. The verdict is on top, the digest in the last line.

    `width` are the columns of the terminal that shows it; None leaves lines as long as they are.
    """
    restarts = _restarts(plan, width)
    blocks = [
        _heading(plan, style),
        *render_change_tables(plan.changes, style, width),
        render_connectivity(plan.connectivity, style),
        restarts,
        _pending(plan, style),
        _blocked(plan, style),
        _listing(_STALE, () if plan.is_empty else map(str, plan.stale)),
        _listing("Foreign: outside the scope, never touched", map(str, sorted(plan.foreign))) if show_foreign else "",
        *_judgement(plan, style),
        render_closing(plan, style),
    ]
    return "\n".join(block if block is restarts else wrap_lines(block, width) for block in blocks if block)


def _heading(plan: Plan, style: Style) -> str:
    revision = f", revision {plan.manifests.revision[:12]}" if plan.manifests.revision else ""
    rollback_of = plan.options.rollback_of
    what = "Plan" if rollback_of is None else f"Rollback of {escape(rollback_of)}"
    title = style.paint(f"{what} for {escape(plan.foundation)}", "bold")
    read = f"live state read {timestamp(plan.live.taken_at) or 'at an unknown time'}{escape(revision)}"
    return f"{title}\n{render_verdict(plan, style)}{read}\n"


def _restarts(plan: Plan, width: int | None) -> str:
    """Give the commands that restart apps. They are there to be copied, so they stay whole."""
    apps = sorted({change.item.variable.app for change in plan.changes if isinstance(change.item, VariableSetting)})
    if not apps:
        return ""
    commands = "".join(f"  {escape(_restart_command(app))}\n" for app in apps)
    lead = wrap_lines("Environment changes take effect when the app restarts, for example with", width)
    return f"{lead}\n{commands}"


def _restart_command(app: AppRef) -> str:
    return f"cf restart {shlex.quote(app.app)} --strategy rolling   # in {app.space_ref}"


def _pending(plan: Plan, style: Style) -> str:
    if not plan.pending:
        return ""
    lines = [style.paint("Pending: declared, and made by an apply that finds the app", "bold")]
    for item in plan.pending:
        missing = f"{' and '.join(item.missing)} not found"
        what = f"{KIND_WORDS[item.kind]}{item.address}"
        lines.append(f"  . {escape(what)}  ({escape(missing)})  {escape(short_origin(item.origins))}".rstrip())
    return "\n".join(lines) + "\n"


def _blocked(plan: Plan, style: Style) -> str:
    if not plan.blocked:
        return ""
    lines = [style.paint("Blocked: out of this caller's reach, and left alone", "bold")]
    for item in plan.blocked:
        what = f"{KIND_WORDS[item.kind]}{item.address}"
        lines.append(f"  ! {escape(what)}  {escape(short_origin(item.origins))}".rstrip())
        lines.append(f"      {escape(item.reason)}")
        lines.append(f"      can be done by {escape(item.who)}")
    return "\n".join(lines) + "\n"


def _listing(title: str, lines: Iterable[str]) -> str:
    entries = [f"  . {escape(line)}" for line in lines]
    return "\n".join([title, *entries]) + "\n" if entries else ""


def _judgement(plan: Plan, style: Style) -> list[str]:
    """Write findings and waivers; where nothing changes, only what asks for attention."""
    if not plan.is_empty:
        return [render_findings(plan.findings, style=style), render_waivers(plan.waivers, style=style)]
    urgent = [item for item in plan.findings if item.severity is not Severity.AUDIT]
    return [render_findings(urgent, style=style), _not_listed(plan, notes=len(plan.findings) - len(urgent))]


def _not_listed(plan: Plan, *, notes: int) -> str:
    counts = (
        (len(plan.stale), "stale policy", "stale policies"),
        (notes, "note", "notes"),
        (len(plan.waivers), "waiver", "waivers"),
    )
    named = ", ".join(count_of(number, one, many) for number, one, many in counts if number)
    return f"Not listed: {named}; `c2c plan --format markdown` has them\n" if named else ""
