"""The plan as text, as Terraform users read one: grouped by space, marked `+` `-` `~`, counts and digest last."""

from __future__ import annotations

import shlex
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from reconciler.planning.changes import VariableSetting
from reconciler.planning.digest import plan_digest
from reconciler.planning.encoding import timestamp
from reconciler.report.change_words import KIND_WORDS, REASON_WORDS, details_of, note_of, short_origin, subject_of
from reconciler.report.connectivity_text import render_connectivity
from reconciler.report.escape import display_width, escape
from reconciler.report.findings_text import render_findings, render_waivers
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.planning.changes import Change
    from reconciler.planning.plan import Plan

_MARKERS = {"create": ("+", "green"), "replace": ("~", "yellow"), "delete": ("-", "red")}
_WIDEST_SUBJECT = 72


class _Row(NamedTuple):
    marker: str
    colour: str
    subject: str
    note: str
    reason: str
    origin: str
    details: list[str]


def render_plan_text(plan: Plan, *, style: Style = PLAIN, show_foreign: bool = False) -> str:
    """Write a plan for people. The digest line is the last one."""
    blocks = [
        _heading(plan, style),
        *_changes(plan, style),
        render_connectivity(plan.connectivity, style),
        _restarts(plan),
        _pending(plan, style),
        _blocked(plan, style),
        _listing("Stale: one end cannot be named; policies of deleted apps go by themselves", map(str, plan.stale)),
        _listing("Foreign: outside the scope, never touched", map(str, sorted(plan.foreign))) if show_foreign else "",
        render_findings(plan.findings, style=style),
        render_waivers(plan.waivers, style=style),
        _closing(plan, style),
    ]
    return "\n".join(block for block in blocks if block)


def summary_line(plan: Plan) -> str:
    """Say in one line what the plan holds."""
    counts = plan.summary
    todo = f"{counts.create} to create, {counts.replace} to replace, {counts.delete} to delete"
    rest = [f"{counts.unchanged} unchanged"]
    others = ("pending", "blocked", "foreign", "stale")
    rest += [f"{number} {name}" for name in others if (number := getattr(counts, name))]
    return f"{todo}; {', '.join(rest)}."


def _heading(plan: Plan, style: Style) -> str:
    revision = f", revision {plan.manifests.revision[:12]}" if plan.manifests.revision else ""
    title = style.paint(f"Plan for {escape(plan.foundation)}", "bold")
    return f"{title}\nlive state read {timestamp(plan.live.taken_at) or 'at an unknown time'}{escape(revision)}\n"


def _changes(plan: Plan, style: Style) -> list[str]:
    rows = [(change.item.home, _row(change)) for change in plan.changes]
    width = min(max((display_width(row.subject) for _, row in rows), default=0), _WIDEST_SUBJECT)
    notes = max((display_width(row.note) for _, row in rows), default=0)
    reasons = max((len(row.reason) for _, row in rows), default=0)
    return [
        _group(space, [row for _, row in group], (width, notes, reasons), style)
        for space, group in groupby(rows, key=lambda pair: pair[0])
    ]


def _group(space: SpaceRef, rows: list[_Row], widths: tuple[int, int, int], style: Style) -> str:
    lines = [style.paint(escape(str(space)), "bold")]
    for row in rows:
        cells = [_pad(text, width) for text, width in zip((row.subject, row.note, row.reason), widths, strict=True)]
        line = "  ".join(cell for cell in (*cells, row.origin) if cell).rstrip()
        lines.append(f"  {style.paint(row.marker, row.colour)} {line}")
        lines += [f"      {detail}" for detail in row.details]
    return "\n".join(lines) + "\n"


def _pad(text: str, width: int) -> str:
    return text + " " * (width - display_width(text))


def _row(change: Change) -> _Row:
    marker, colour = _MARKERS[change.action]
    reason = REASON_WORDS[change.reason]
    origin = escape(short_origin(change.origins))
    details = [escape(line) for line in details_of(change)]
    return _Row(marker, colour, escape(subject_of(change)), escape(note_of(change.item)), reason, origin, details)


def _restarts(plan: Plan) -> str:
    apps = sorted({change.item.variable.app for change in plan.changes if isinstance(change.item, VariableSetting)})
    if not apps:
        return ""
    commands = "".join(f"  {escape(_restart_command(app))}\n" for app in apps)
    return f"Environment changes take effect when the app restarts, for example with\n{commands}"


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


def _closing(plan: Plan, style: Style) -> str:
    verdict = "Nothing to change" if plan.is_empty else "Plan"
    if plan.is_refused:
        verdict = "Refused"
    return f"{style.paint(verdict, 'bold')}: {summary_line(plan)}\nDigest: {plan_digest(plan)}\n"
