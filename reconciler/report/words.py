"""Words that several reports use for the same thing."""

from __future__ import annotations

from types import MappingProxyType

from reconciler.model.ports import TlsMode
from reconciler.planning.changes import Reason

SNAPSHOT = "snapshot"
"""Stands where a plan names its foundation, for one that was made against a snapshot."""

TLS_WORDS = MappingProxyType(
    {TlsMode.AUTO: "platform TLS", TlsMode.MANUAL: "app TLS", TlsMode.NONE: "plaintext", None: "TLS unknown"}
)
"""What ports speak; None where only the app's owner knows."""

REASON_WORDS = MappingProxyType(
    {
        Reason.DECLARED: "declared",
        Reason.UNDECLARED: "not declared",
        Reason.EXPIRED: "expired",
        Reason.APP_RECREATED: "app re-created",
        Reason.TLS_CHANGED: "TLS changed",
        Reason.PORTS_CHANGED: "ports changed",
        Reason.VALUE_CHANGED: "value changed",
        Reason.TRUST_REMOVED: "no trust declared",
        Reason.NO_DESTINATIONS: "nothing left on it",
        Reason.ROLLED_BACK: "rolled back",
    }
)
"""Why a change is in a plan."""
