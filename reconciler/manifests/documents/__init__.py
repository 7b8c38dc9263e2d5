"""The documents other than Spaces as frozen values. They load exactly what the schemas accept; tests bind the two.

The schemas in `schemas/v1` are the contract and give the error messages; nothing here is meant to be read by users.
"""

from __future__ import annotations

from reconciler.manifests.documents.apps import AppsWritten
from reconciler.manifests.documents.expectation import Clause, ExpectationManifest
from reconciler.manifests.documents.foundation import Foundation
from reconciler.manifests.documents.guardrail import GuardrailManifest, LimitsWritten, MatchWritten, WaiverManifest
from reconciler.manifests.documents.template import Template

__all__ = [
    "AppsWritten",
    "Clause",
    "ExpectationManifest",
    "Foundation",
    "GuardrailManifest",
    "LimitsWritten",
    "MatchWritten",
    "Template",
    "WaiverManifest",
]
