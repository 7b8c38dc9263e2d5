"""The page: what a reviewer reads first stands in the markup, what can be searched is data for the page's script."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2

from reconciler import __version__
from reconciler.model.live import SNAPSHOT
from reconciler.planning.digest import plan_digest
from reconciler.planning.encoding import timestamp
from reconciler.report.escape import escape
from reconciler.report.html.embedding import asset, content_security_policy, embedded_json, joined_assets
from reconciler.report.html.graph import encode_graph
from reconciler.report.html.next_command import next_command
from reconciler.report.html.other_changes import other_changes
from reconciler.report.words import SEVERITY_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markupsafe import Markup

    from reconciler.diagnostics import Span
    from reconciler.model.finding import Finding
    from reconciler.planning.plan import Plan

MOST_FINDINGS = 25
"""Findings of one code and limit that are written out; the others are counted."""

MOST_LISTED = 200
"""Lines of any other list that are written out."""

_STYLES = ("page.css", "picture.css", "print.css")
_SCRIPTS = (
    "elements.js",
    "network.js",
    "filters.js",
    "ranking.js",
    "columns.js",
    "routing.js",
    "layout.js",
    "labels.js",
    "picture.js",
    "viewport.js",
    "details.js",
    "table.js",
    "main.js",
)


class FindingGroup(NamedTuple):
    """The findings of one code and limit, as many as are written out, and how many are not."""

    severity: str
    word: str
    code: str
    limit: str | None
    shown: tuple[Finding, ...]
    rest: int

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.shown) + self.rest


def render_plan_html(plan: Plan) -> str:
    """Write a plan as one HTML file. The same plan gives the same bytes.

    The picture shows the whole network after the plan where the plan has it, else the changes alone, and says which.
    """
    script, style = joined_assets(_SCRIPTS), joined_assets(_STYLES)
    return _template().render(
        plan=plan,
        summary=plan.summary,
        verdict=_verdict(plan),
        digest=plan_digest(plan),
        taken_at=timestamp(plan.live.taken_at),
        command=next_command(plan),
        findings=list(_finding_groups(plan.findings)),
        most=MOST_LISTED,
        tool_version=__version__,
        policy=content_security_policy(script=script, style=style),
        script=script,
        style=style,
        data=_data(plan),
    )


def _data(plan: Plan) -> Markup:
    return embedded_json({**encode_graph(plan), "others": other_changes(plan)})


def _verdict(plan: Plan) -> tuple[str, str]:
    """Name the verdict, with a word that style can hold on to."""
    if plan.is_refused:
        return "Refused", "refused"
    if plan.is_empty:
        return "Nothing to change", "empty"
    return ("Passed" if plan.foundation == SNAPSHOT else "Ready to apply", "ready")


def _finding_groups(findings: Iterable[Finding]) -> Iterator[FindingGroup]:
    """Group neighbours: findings come worst first."""
    for (severity, code, limit), group in groupby(findings, lambda item: (item.severity, item.code, item.limit)):
        members = tuple(group)
        shown = members[:MOST_FINDINGS]
        word = SEVERITY_WORDS[severity]
        yield FindingGroup(severity.value, word, code, limit, shown, len(members) - len(shown))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(asset),
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["place"] = _place
    return environment.get_template("page.html.j2")


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Make text safe to show, wherever a template prints any; markup of our own stays as it is."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else escape(value)


def _place(span: Span) -> str:
    return f"{span.file}:{span.line}"
