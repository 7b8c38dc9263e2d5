"""Words that several reports use for the same thing."""

from __future__ import annotations

from types import MappingProxyType

from reconciler.model.ports import TlsMode

TLS_WORDS = MappingProxyType(
    {TlsMode.AUTO: "platform TLS", TlsMode.MANUAL: "app TLS", TlsMode.NONE: "plaintext", None: ""}
)
"""What ports speak; nothing where only the app's owner knows."""
