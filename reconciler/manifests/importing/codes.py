"""Every code that an import can report beside those of reading YAML and files. `docs/importing.md` explains each."""

from __future__ import annotations

from types import MappingProxyType

IMPORT_CODES = MappingProxyType(
    {
        "unknown-format": "A file is none of those that an import reads, or could be several.",
        "no-space": "A list or an app manifest does not say of which space it is.",
        "contradicting-space": "An app manifest names one space, and --space or another comment in it another.",
        "unreadable-line": "A line is no part of what `cf network-policies` prints.",
        "ambiguous-row": "A row of a table can be read in two ways, because of blanks in a name.",
        "wide-column": "A column is wider than its names: rows are missing, or a name ends with a blank.",
        "hcl-syntax": "A file is not HCL.",
        "unsupported-state": "A file is Terraform's, but not a state of version 4.",
        "wrong-shape": "A network policy is not written as its provider, or the RFC, writes it.",
        "bad-port": "Ports that the policy server does not take.",
        "bad-protocol": "A protocol that the policy server does not take.",
        "nothing-to-import": "A file holds no network policy, or none of any file could be imported.",
    }
)
