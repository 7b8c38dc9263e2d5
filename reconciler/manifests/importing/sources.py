"""Reading what an import is given: files, folders of a Terraform module, and standard input."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.discovery import printable
from reconciler.manifests.importing.app_manifest import read_app_manifest
from reconciler.manifests.importing.cf_table import read_cf_table
from reconciler.manifests.importing.declared import Reading
from reconciler.manifests.importing.formats import Format, recognise
from reconciler.manifests.importing.terraform_hcl import read_terraform_module
from reconciler.manifests.importing.terraform_state import MAX_STATE_BYTES, read_terraform_state
from reconciler.manifests.parsing.reading import MAX_MANIFEST_BYTES, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.model.live import LiveState
    from reconciler.model.names import SpaceRef

STANDARD_INPUT = "-"
_SHOWN_INPUT = "<stdin>"
_SUFFIX = ".tf"
_INTERNAL = frozenset({"apps.internal"})
"""The internal domains where no live state lists them: the one that every foundation has."""


def read_sources(
    files: Sequence[str],
    wanted: Format | None,
    home: SpaceRef | None,
    live: LiveState | None,
    stdin_bytes: Callable[[int], bytes],
) -> list[Reading]:
    """Read every file in its format. What cannot be read is a diagnostic of some reading; nothing is raised."""
    readings: list[Reading] = []
    modules: dict[str, dict[str, bytes]] = {}
    domains = _INTERNAL if live is None else live.internal_domains
    for file in dict.fromkeys(chain.from_iterable(map(_files_of, files))):
        content = _content(file, stdin_bytes)
        if isinstance(content, Diagnostic):
            readings.append(Reading(diagnostics=(content,)))
            continue
        shown = _SHOWN_INPUT if file == STANDARD_INPUT else printable(file)
        found = wanted or recognise(file, content)
        if found is Format.TERRAFORM_HCL:
            modules.setdefault(os.path.dirname(file), {})[shown] = content  # noqa: PTH120 - paths stay as they were given
        else:
            readings.append(_read(found, shown, content, home, domains))
    return readings + [read_terraform_module(module) for module in modules.values()]


def _read(found: Format | None, shown: str, content: bytes, home: SpaceRef | None, domains: frozenset[str]) -> Reading:
    if found is not Format.TERRAFORM_STATE and len(content) > MAX_MANIFEST_BYTES:
        size = MAX_MANIFEST_BYTES // 1024**2
        problem = error("file-too-large", f"the file is larger than {size} MiB", Span(shown, 1, 1), hint="split it")
        return Reading(diagnostics=(problem,))
    match found:
        case Format.CF:
            return read_cf_table(shown, content, home)
        case Format.TERRAFORM_STATE:
            return read_terraform_state(shown, content)
        case Format.RFC_0034:
            return read_app_manifest(shown, content, home, domains)
        case _:
            message = "neither the name nor the content of this file says what it is"
            hint = f"say it: --from {', '.join(Format)}"
            return Reading(diagnostics=(error("unknown-format", message, Span(shown, 1, 1), hint=hint),))


def _files_of(path: str) -> list[str]:
    """Give the files of a Terraform module for a folder, and any other path as it is."""
    if path == STANDARD_INPUT or not os.path.isdir(path):  # noqa: PTH112 - paths stay as they were given
        return [path]
    try:
        names = sorted(name for name in os.listdir(path) if name.endswith(_SUFFIX))  # noqa: PTH208 - as above
    except OSError:
        return [path]
    return [os.path.join(path, name) for name in names] or [path]  # noqa: PTH118 - as above


def _content(file: str, stdin_bytes: Callable[[int], bytes]) -> bytes | Diagnostic:
    if os.path.isdir(file):  # noqa: PTH112 - paths stay as they were given
        hint = "a folder is a Terraform module; name other files one by one"
        span = Span(printable(file), 1, 1)
        return error("unknown-format", "no *.tf file is in this folder, or it cannot be read", span, hint=hint)
    if file != STANDARD_INPUT:
        return read_file(file, MAX_STATE_BYTES)
    content = stdin_bytes(MAX_STATE_BYTES + 1)
    if len(content) > MAX_STATE_BYTES:
        return error("file-too-large", "standard input is larger than any state", Span(_SHOWN_INPUT, 1, 1))
    return content
