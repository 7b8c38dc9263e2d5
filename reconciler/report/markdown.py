"""The plan as Markdown, for the comment on a merge request: verdict, risks, findings, the exact operations folded.

It fits a number of bytes, because such comments have a limit: what weighs least is left out first, and counted.
"""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from reconciler.model.connectivity import ConnectivityKind, Risk
from reconciler.model.finding import Severity
from reconciler.model.live import SNAPSHOT
from reconciler.planning.changes import VariableSetting
from reconciler.planning.digest import plan_digest
from reconciler.planning.encoding import timestamp
from reconciler.report.addresses import seen_from
from reconciler.report.budget import BUDGET, LEAST_BUDGET, Fitted, Section, fit
from reconciler.report.change_words import KIND_WORDS, details_of, note_of, short_origin, subject_of
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.graph import drawable
from reconciler.report.markdown_sections import (
    folded,
    line_of,
    listed,
    more_places,
    remark_entry,
    waiver_entry,
)
from reconciler.report.markdown_text import code, fenced, prose
from reconciler.report.mermaid import render_mermaid
from reconciler.report.verdict import deniers_of
from reconciler.report.words import REASON_WORDS, SEVERITY_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.connectivity import ConnectivityChange
    from reconciler.model.desired import Pending
    from reconciler.model.finding import Finding
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.planning.changes import Change
    from reconciler.planning.plan import Blocked, Plan

_WEIGHTS = (8, 9, 4, 4, 6, 5, 3, 3, 2, 1, 1, 0)
"""Of the sections in their order: findings weigh most, then who gains access, then the picture."""

_MOST_DRAWN = 25
_LONGEST_PLACE = 100
_MOST_DENIERS = 3
_LONGEST_DENIER = 40
_LONGEST_COMMAND = 1000
_LONGEST_OPERATION = 600
_RESERVED = 600
_MARKS = {"create": "+", "replace": "!", "delete": "-"}

_FOUND_WORDS = {
    Severity.DENY: ("denied", "denied"),
    Severity.WARN: ("warning", "warnings"),
    Severity.AUDIT: ("note", "notes"),
}


def render_plan_markdown(plan: Plan, *, budget: int = BUDGET, show_foreign: bool = False) -> str:
    """Write a plan for a merge request, in at most `budget` bytes of UTF-8. The verdict is the first line.

    Raise ValueError for a budget below LEAST_BUDGET.
    """
    if budget < LEAST_BUDGET:
        raise ValueError(f"a budget of {budget} bytes is less than {LEAST_BUDGET}")
    top, bottom = _verdict(plan), _how_to_apply(plan)
    foreign = sorted(plan.foreign) if show_foreign else ()
    parts = (
        _connectivity(plan),
        _findings(plan),
        _notes(plan),
        _waivers(plan),
        _picture(plan),
        _operations(plan),
        _restarts(plan),
        _named("Blocked: out of this caller's reach", "blocked change", map(_blocked_line, plan.blocked)),
        _named("Pending: made by an apply that finds the app", "pending thing", map(_pending_line, plan.pending)),
        _named("Stale: policies with an end that cannot be named", "stale policy", map(_policy_line, plan.stale)),
        _named("Foreign: outside the scope, never touched", "foreign policy", map(_policy_line, foreign)),
        _unchanged(plan),
    )
    sections = [replace(part, weight=weight) for part, weight in zip(parts, _WEIGHTS, strict=True)]
    room = budget - len((top + bottom).encode())
    fitted = fit(sections, room)
    if any(item.left_out for item in fitted):
        fitted = fit(sections, room - _RESERVED)
        top += _shortened(fitted, budget)
    return top + "".join(item.text for item in fitted if item.section.entries) + bottom


def _verdict(plan: Plan) -> str:
    counts = plan.summary
    todo = f"{counts.create:,} to create, {counts.replace:,} to replace, {counts.delete:,} to delete"
    head = f"Plan: {todo}"
    if plan.is_refused:
        head = f"Refused: {todo}"
    elif plan.is_empty:
        head = "Nothing to change"
    revision = f", revision {code(plan.manifests.revision[:12])}" if plan.manifests.revision else ""
    read = timestamp(plan.live.taken_at) or "at an unknown time"
    undone = plan.options.rollback_of
    what = "For" if undone is None else f"Rollback of {code(undone, longest=_LONGEST_PLACE)} for"
    foundation = code(plan.foundation, longest=_LONGEST_PLACE)
    # Said at once: the findings themselves stand below who gains access.
    by = deniers_of(plan, partial(code, longest=_LONGEST_DENIER), most=_MOST_DENIERS) if plan.is_refused else ""
    refused = f"Denied by {by}.\n\n" if by else ""
    return f"## {head}\n\n{refused}{what} {foundation}, live state read {read}{revision}. {_other_counts(plan)}\n\n"


def _other_counts(plan: Plan) -> str:
    counts = plan.summary
    rest = [f"{counts.unchanged:,} unchanged"]
    others = ("pending", "blocked", "foreign", "stale")
    rest += [f"{number:,} {name}" for name in others if (number := getattr(counts, name))]
    weights = Counter(item.severity for item in plan.findings)
    found = [
        f"{weights[severity]:,} {one if weights[severity] == 1 else many}"
        for severity, (one, many) in _FOUND_WORDS.items()
        if weights[severity]
    ]
    judged = f" Findings: {', '.join(found)}." if found else ""
    return f"{', '.join(rest)}.{judged}"


def _shortened(fitted: Iterable[Fitted], budget: int) -> str:
    parts = [
        f"{item.left_out:,} {item.section.one if item.left_out == 1 else item.section.many}"
        for item in fitted
        if item.left_out
    ]
    return f"> Shortened to fit {budget:,} bytes. Left out: {', '.join(parts)}. `c2c plan -o plan.html` has it all.\n\n"


def _connectivity(plan: Plan) -> Section:
    changes = [change for change in plan.connectivity if change.kind is not ConnectivityKind.UNCHANGED]
    opening = "### Who gains access and who loses it, riskiest first\n\n"
    return listed(opening, map(_sentence, changes), "connectivity change")


def _sentence(change: ConnectivityChange) -> str:
    home = change.destination.space_ref
    risk = f"**{change.risk}** in " if change.risk is not Risk.NONE else "in "
    words = change.describe(partial(_app, home), code)
    origin = f" ({code(short_origin(change.origins))})" if change.origins else ""
    return f"- {risk}{code(str(home))}: {words}{origin}\n"


def _app(home: SpaceRef, app: AppRef) -> str:
    return code(seen_from(home, app))


def _findings(plan: Plan) -> Section:
    shown = [item for item in plan.findings if item.severity is not Severity.AUDIT or not plan.is_empty]
    return listed("### Findings\n\n", map(_finding, shown), "finding")


def _notes(plan: Plan) -> Section:
    """Fold the notes of a plan that changes nothing; of any other they stand among its findings."""
    notes = [_finding(item) for item in plan.findings if item.severity is Severity.AUDIT and plan.is_empty]
    return folded(f"Notes: {len(notes):,}", notes, "note")


def _finding(item: Finding) -> str:
    places = [f"at {line_of(item.origin)}"] if item.origin else []
    if item.related:
        places.append(more_places(len(item.related)))
    if item.rule and item.rule != item.origin:
        places.append(f"by the rule at {line_of(item.rule)}")
    return remark_entry(SEVERITY_WORDS[item.severity], item.code, item.message, places, item.hint)


def _waivers(plan: Plan) -> Section:
    lines = [waiver_entry(use) for use in plan.waivers]
    if plan.is_empty:
        return folded(f"Waived: {len(lines):,}", lines, "waiver")
    return listed("### Waived\n\n", lines, "waiver")


def _picture(plan: Plan) -> Section:
    changes = drawable(plan.connectivity)
    if not changes:
        return Section("", (), "picture", "pictures")
    drawing = render_mermaid(changes[:_MOST_DRAWN])
    opening, closing = fenced("mermaid", drawing)
    title = "### What changes between apps"
    if len(changes) > _MOST_DRAWN:
        title += f": the {_MOST_DRAWN} riskiest of {len(changes):,}"
    return Section(f"{title}\n\n", ["\n".join([opening, *drawing, closing, "", ""])], "picture", "pictures")


def _operations(plan: Plan) -> Section:
    entries = [
        (f"@@ {escape(str(space))} @@\n" if number == 0 else "") + _operation(change)
        for space, group in groupby(plan.changes, key=lambda change: change.item.home)
        for number, change in enumerate(group)
    ]
    opening, closing = fenced("diff", entries)
    marks = "<code>+</code> create, <code>!</code> replace, <code>-</code> delete"
    summary = f"The exact operations: {len(entries):,} ({marks})"
    return folded(summary, entries, "operation", opening=f"{opening}\n", closing=f"{closing}\n")


def _operation(change: Change) -> str:
    words = [note_of(change.item), REASON_WORDS[change.reason], short_origin(change.origins)]
    line = f"{_MARKS[change.action]} {subject_of(change)}  ({', '.join(word for word in words if word)})"
    lines = [line, *(f"    {detail}" for detail in details_of(change))]
    return "".join(f"{escape(text, longest=_LONGEST_OPERATION)}\n" for text in lines)


def _restarts(plan: Plan) -> Section:
    apps = sorted({change.item.variable.app for change in plan.changes if isinstance(change.item, VariableSetting)})
    lines = [
        f"- {code(f'cf restart {shlex.quote(app.app)} --strategy rolling')} in {code(str(app.space_ref))}\n"
        for app in apps
    ]
    return folded(f"Restarts, so that environment changes take effect: {len(lines):,}", lines, "restart")


def _pending_line(item: Pending) -> str:
    missing = " and ".join(map(code, item.missing))
    return f"- {code(KIND_WORDS[item.kind] + item.address)}: {missing} not found{_at(short_origin(item.origins))}\n"


def _blocked_line(item: Blocked) -> str:
    what = code(KIND_WORDS[item.kind] + item.address)
    return f"- {what}: {prose(item.reason)}; can be done by {prose(item.who)}{_at(short_origin(item.origins))}\n"


def _policy_line(policy: object) -> str:
    return f"- {code(str(policy))}\n"


def _at(place: str) -> str:
    return f" ({code(place)})" if place else ""


def _unchanged(plan: Plan) -> Section:
    same = [change for change in plan.connectivity if change.kind is ConnectivityKind.UNCHANGED]
    lines = [f"- {count_of(plan.unchanged, 'managed thing is', 'managed things are')} right already\n"]
    if foreign := plan.summary.foreign:
        lines.append(f"- {count_of(foreign, 'foreign policy is', 'foreign policies are')} never touched\n")
    return folded(f"Unchanged: {plan.unchanged:,}", [*lines, *map(_sentence, same)], "unchanged thing")


def _named(title: str, one: str, entries: Iterable[str]) -> Section:
    lines = list(entries)
    return folded(f"{title} ({len(lines):,})", lines, one)


def _how_to_apply(plan: Plan) -> str:
    digest = f"Digest: {code(plan_digest(plan))}\n"
    if plan.is_refused:
        return f"Nothing is applied while findings deny it.\n\n{digest}"
    if plan.is_empty:
        return f"Nothing to apply.\n\n{digest}"
    if plan.foundation == SNAPSHOT:
        return f"This plan was made against a snapshot. Plan against the foundation to apply it.\n\n{digest}"
    command = _command(plan)
    opening, closing = fenced("sh", [command])
    return f"Exactly this, or nothing, is applied by\n\n{opening}\n{command}\n{closing}\n\n{digest}"


def _command(plan: Plan) -> str:
    digest = plan_digest(plan)
    if plan.options.rollback_of is not None:
        journal = shlex.quote(plan.options.rollback_of)
        whole = f"c2c rollback {journal} -o undo.json && c2c apply undo.json --yes --digest {digest}"
        return (
            _short_enough(whole) or f"c2c rollback JOURNAL -o undo.json && c2c apply undo.json --yes --digest {digest}"
        )
    options = " --all-environments" if plan.options.all_environments else ""
    guard = "-- " if any(path.startswith("-") for path in plan.manifests.paths) else ""
    whole = f"c2c apply --yes{options} --digest {digest} {guard}{shlex.join(plan.manifests.paths)}".rstrip()
    return _short_enough(whole) or f"c2c apply --yes{options} --digest {digest} PATH..."


def _short_enough(command: str) -> str | None:
    """Give a command that can be copied as it is shown, None for one that would be cut."""
    shown = escape(command, longest=len(command))
    return shown if len(shown.encode()) <= _LONGEST_COMMAND else None
