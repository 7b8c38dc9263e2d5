"""An audit as JSON. Format version 1.0 is described in `docs/guardrails.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.model.finding import Severity
from reconciler.planning.encoding import encode_finding, encode_waiver, timestamp
from reconciler.report.json_text import render_json

if TYPE_CHECKING:
    from reconciler.guardrails.audit import Audit

FORMAT_VERSION = "1.0"


def render_audit_json(audit: Audit) -> str:
    """Write an audit. `summary` counts everything, also what `findings` leaves out because there is too much of it."""
    subject = audit.subject
    return render_json(
        {
            "format_version": FORMAT_VERSION,
            "tool_version": __version__,
            "foundation": subject.foundation,
            "manifests": {
                "digest": subject.manifests.digest,
                "revision": subject.manifests.revision,
                "paths": list(subject.manifests.paths),
            },
            "live": {"taken_at": timestamp(subject.taken_at)},
            "summary": {
                **{severity.value: audit.counts[severity] for severity in Severity},
                "known": audit.known,
                "gone": audit.gone,
                "waived": audit.waived,
                "policies": subject.policies,
                "stale": subject.stale,
            },
            "findings": [encode_finding(finding) for finding in audit.findings],
            "notes": [encode_finding(finding) for finding in audit.notes],
            "waivers": [encode_waiver(use) for use in audit.waivers],
        }
    )
