"""Which of the formats a file is in, as far as its name or its content says so."""

from __future__ import annotations

import re
from enum import StrEnum

from reconciler.manifests.discovery import SUFFIXES


class Format(StrEnum):
    """The formats that an import reads."""

    CF = "cf"
    TERRAFORM_STATE = "terraform-state"
    TERRAFORM_HCL = "terraform-hcl"
    RFC_0034 = "rfc-0034"


_BY_SUFFIX = {".tf": Format.TERRAFORM_HCL, ".tfstate": Format.TERRAFORM_STATE} | dict.fromkeys(
    SUFFIXES, Format.RFC_0034
)
_BY_CONTENT = (
    (re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\{"), Format.TERRAFORM_STATE),
    (re.compile(rb"^Listing network policies |^ *source {3,}destination {3,}", re.MULTILINE), Format.CF),
    (re.compile(rb"^network_policies[ \t]*:", re.MULTILINE), Format.RFC_0034),
    (re.compile(rb'^[ \t]*resource[ \t]+"', re.MULTILINE), Format.TERRAFORM_HCL),
)


def recognise(file: str, content: bytes) -> Format | None:
    """Name the format of a file by its suffix, or else by the one thing that only this format has; None if unclear."""
    for suffix, known in _BY_SUFFIX.items():
        if file.endswith(suffix):
            return known
    found = {known for pattern, known in _BY_CONTENT if pattern.search(content)}
    return found.pop() if len(found) == 1 else None
