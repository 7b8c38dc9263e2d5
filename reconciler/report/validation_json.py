"""A validation as JSON text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.encoding import encode_finding, encode_waiver
from reconciler.report.json_text import encode_diagnostics, render_json

if TYPE_CHECKING:
    from reconciler.model.validation import Validation


def render_validation_json(found: Validation) -> str:
    """Write a validation."""
    return render_json(
        {
            "valid": found.is_valid,
            "diagnostics": encode_diagnostics(found.diagnostics),
            "findings": [encode_finding(item) for item in found.findings],
            "waivers": [encode_waiver(use) for use in found.waivers],
        }
    )
