"""Every format of a plan. Each is loaded when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.report.budget import BUDGET
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan
    from reconciler.report.remarks import Remarks

PLAN_FORMATS = ("text", "json", "markdown", "sarif", "junit", "github", "dot", "html")

REMARK_FORMATS = ("markdown", "sarif", "junit", "github")
"""Formats for what was found: by an audit, by a validation, by a run that failed."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a report is to look. `style` and `width` (columns, None for as wide as needed) are for text alone."""

    style: Style = PLAIN
    width: int | None = None
    show_foreign: bool = False
    budget: int = BUDGET


PLAIN_LOOK = Look()
"""How files look."""


def render_plan(plan: Plan, output_format: str, look: Look) -> str:
    """Write a plan in one of the formats."""
    # Each format is a module of its own: a run pays for those that it uses.
    # ruff: noqa: PLC0415
    match output_format:
        case "json":
            from reconciler.report.plan_json import render_plan_json

            return render_plan_json(plan, show_foreign=look.show_foreign)
        case "markdown":
            from reconciler.report.markdown import render_plan_markdown

            return render_plan_markdown(plan, budget=look.budget, show_foreign=look.show_foreign)
        case "dot":
            from reconciler.report.dot import render_plan_dot

            return render_plan_dot(plan)
        case "html":
            from reconciler.report.html import render_plan_html

            return render_plan_html(plan)
        case _ if output_format in REMARK_FORMATS:
            from reconciler.report.remarks import remarks_of_plan

            return render_remarks(remarks_of_plan(plan), output_format)
    from reconciler.report.plan_text import render_plan_text

    return render_plan_text(plan, style=look.style, show_foreign=look.show_foreign, width=look.width)


def render_remarks(remarks: Remarks, output_format: str) -> str:
    """Write remarks as Markdown, SARIF, JUnit or workflow annotations."""
    match output_format:
        case "markdown":
            from reconciler.report.remarks_markdown import render_remarks_markdown

            return render_remarks_markdown(remarks)
        case "sarif":
            from reconciler.report.sarif import render_sarif

            return render_sarif(remarks)
        case "junit":
            from reconciler.report.junit import render_junit

            return render_junit(remarks)
    from reconciler.report.github import render_github

    return render_github(remarks)
