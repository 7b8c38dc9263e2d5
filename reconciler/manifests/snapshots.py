"""Snapshots: a live state in a file, read for the embedded foundation and for plans without a platform."""

from __future__ import annotations

from typing import Any

import orjson

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.collector import still_collector
from reconciler.manifests.reading import MAX_MANIFEST_BYTES, read_file
from reconciler.manifests.schema import check_document, is_valid
from reconciler.manifests.source import Document, parse_documents
from reconciler.manifests.text import shown

MAX_SNAPSHOT_BYTES = 1024 * 1024 * 1024
"""The largest snapshot that is read as JSON. As YAML the limit is that of a manifest."""

_KIND = "Snapshot"
Outcome = tuple[dict[str, Any] | None, tuple[Diagnostic, ...]]


def load_snapshot(path: str) -> Outcome:
    """Read a snapshot: plain data that fits its schema, or None and what is wrong with the file.

    A file whose name ends with `.json` is read as JSON and may be large; a key that stands twice in it keeps its last
    value there. Any other file is read as YAML, like a manifest.
    """
    is_json = path.endswith(".json")
    with still_collector():
        content = read_file(path, MAX_SNAPSHOT_BYTES if is_json else MAX_MANIFEST_BYTES)
        if isinstance(content, Diagnostic):
            return None, (content,)
        return _from_json(path, content) if is_json else _from_yaml(path, content)


def _from_json(path: str, content: bytes) -> Outcome:
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        span = Span(path, problem.lineno, problem.colno)
        return None, (error("json-syntax", f"not JSON: {problem.msg}", span, hint="write the snapshot anew"),)
    if _is_snapshot(data) and is_valid(_KIND, data):
        return data, ()
    # Something is wrong: only now is it worth knowing where. JSON is YAML, so the same reader finds the places.
    if len(content) <= MAX_MANIFEST_BYTES:
        documents, problems = parse_documents(path, content)
        if len(documents) == 1 and not problems:
            return None, _problems(documents[0])
    try:
        return None, _problems(Document(path, data))
    except RecursionError:
        message = "lists and mappings nest deeper than a snapshot needs"
        return None, (error("too-deep", message, Span(path, 1, 1), hint="write the snapshot anew"),)


def _from_yaml(path: str, content: bytes) -> Outcome:
    documents, problems = parse_documents(path, content)
    if not documents and not problems:
        problems = [error("no-snapshot", "the file holds no document", Span(path, 1, 1), hint="write a Snapshot in it")]
    for document in documents[1:]:
        hint = "give every snapshot a file of its own"
        problems.append(error("no-snapshot", "a snapshot is the only document of its file", document.span(), hint=hint))
    if documents:
        told = {problem.span for problem in problems}
        problems += [problem for problem in _problems(documents[0]) if problem.span not in told]
    if problems:
        return None, tuple(sorted(problems, key=lambda problem: problem.sort_key))
    return documents[0].data, ()


def _problems(document: Document) -> tuple[Diagnostic, ...]:
    data = document.data
    if not _is_snapshot(data):
        kind = data.get("kind") if isinstance(data, dict) else None
        message = f"this is no snapshot, but kind {shown(kind)}" if kind else "this is no snapshot"
        hint = "write `apiVersion: c2c/v1` and `kind: Snapshot`"
        return (error("no-snapshot", message, document.span("kind"), hint=hint),)
    return tuple(sorted(check_document(_KIND, document), key=lambda problem: problem.sort_key))


def _is_snapshot(data: object) -> bool:
    return isinstance(data, dict) and data.get("kind") == _KIND
