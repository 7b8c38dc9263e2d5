"""The plan as JSON text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.codec import encode_plan
from reconciler.report.json_text import render_json

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan


def render_plan_json(plan: Plan, *, show_foreign: bool = False) -> str:
    """Write a plan in format version 1.0. Foreign policies are listed where that is asked for."""
    listed = {"foreign": [str(policy) for policy in sorted(plan.foreign)]} if show_foreign else {}
    return render_json(encode_plan(plan) | listed)
