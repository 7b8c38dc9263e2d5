"""A checkup as JSON text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.report.json_text import render_json

if TYPE_CHECKING:
    from reconciler.model.checkup import Checkup

FORMAT_VERSION = "1.0"


def render_checkup_json(checkup: Checkup) -> str:
    """Write a checkup in format version 1.0."""
    return render_json(
        {
            "format_version": FORMAT_VERSION,
            "foundation": checkup.foundation,
            "healthy": checkup.healthy,
            "checks": [
                {"name": item.name, "status": item.status.value, "message": item.message, "hint": item.hint}
                for item in checkup.checks
            ],
        }
    )
