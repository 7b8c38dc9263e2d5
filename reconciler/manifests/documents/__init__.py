"""The documents as frozen values. They load exactly what the JSON Schemas accept; tests bind the two both ways.

The schemas in `schemas/v1` are the contract and give the error messages; nothing here is meant to be read by users.
"""

from __future__ import annotations

from reconciler.manifests.documents.apps import AppsWritten
from reconciler.manifests.documents.expectation import Clause, ExpectationManifest
from reconciler.manifests.documents.foundation import Foundation, RemovalLimits
from reconciler.manifests.documents.guardrail import GuardrailManifest, LimitsWritten, MatchWritten, WaiverManifest
from reconciler.manifests.documents.space import SELF, App, Ingress, Manages, Port, Source, Space, read_source
from reconciler.manifests.documents.template import Template

__all__ = [
    "SELF",
    "App",
    "AppsWritten",
    "Clause",
    "ExpectationManifest",
    "Foundation",
    "GuardrailManifest",
    "Ingress",
    "LimitsWritten",
    "Manages",
    "MatchWritten",
    "Port",
    "RemovalLimits",
    "Source",
    "Space",
    "Template",
    "WaiverManifest",
    "read_source",
]
