"""Imported spaces as manifests. They only ever add: what is imported is rarely all that leads to an app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.editing.writer import canonical
from reconciler.manifests.editing.yaml_text import scalar
from reconciler.manifests.export.render import app_lines, comment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.importing.resolution import ImportedSpace

PREFACE = """\
# Imported with c2c. `manages: additions` takes nothing away: files seldom know of every caller. Once all callers are
# here, `manages: apps` makes these apps yours; `c2c plan` then shows who is missing. Each TODO asks what no file tells.
"""


def render_import(item: ImportedSpace) -> bytes:
    """Write the manifest of one space, canonical."""
    text = "".join(f"{line}\n" for line in _document(item)).encode()
    formatted = canonical("import", text)
    # Whatever the formatter cannot take is left as it was written: it means the same.
    return text if isinstance(formatted, list) else formatted


def _document(item: ImportedSpace) -> Iterator[str]:
    yield from PREFACE.splitlines()
    yield "apiVersion: c2c/v1"
    yield "kind: Space"
    yield f"org: {scalar(item.space.org)}"
    yield f"space: {scalar(item.space.space)}"
    yield "# owner: TODO"
    yield "manages: additions"
    for note in item.notes:
        yield comment(f"Not imported, {note.span}: {note.what}")
        yield comment(f"  {note.reason}")
    yield "apps:"
    for number, entry in enumerate(item.apps):
        if number:
            yield ""
        yield from (f"  {line}" for line in app_lines(entry))
