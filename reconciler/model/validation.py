"""What can be said of manifests with no platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.finding import Severity

if TYPE_CHECKING:
    from reconciler.diagnostics import Diagnostic
    from reconciler.model.finding import Finding, WaiverUse


class Contents(NamedTuple):
    """How much the manifests hold."""

    files: int
    spaces: int
    apps: int


@dataclass(frozen=True, slots=True)
class Validation:
    """The outcome. `contents` is None where an error keeps the manifests from being judged: then nothing is found.

    `waivers` are those of which it is certain that they hold something back.
    """

    diagnostics: tuple[Diagnostic, ...]
    contents: Contents | None = None
    findings: tuple[Finding, ...] = ()
    waivers: tuple[WaiverUse, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Say whether no diagnostic is an error."""
        return self.contents is not None

    @property
    def is_refused(self) -> bool:
        """Say whether a finding forbids what the manifests describe."""
        return any(finding.severity is Severity.DENY for finding in self.findings)
