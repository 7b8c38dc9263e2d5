"""Snapshots: a live state in a file, read for the embedded foundation and for plans without a platform."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.discovery import printable
from reconciler.manifests.garbage_collection import still_collector
from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.parsing.reading import MAX_MANIFEST_BYTES, read_file
from reconciler.manifests.parsing.source import parse_documents
from reconciler.manifests.schemas.checks import check_document
from reconciler.manifests.schemas.verdict import is_valid
from reconciler.manifests.snapshots.checks import find_problems
from reconciler.manifests.text import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.manifests.snapshots.checks import Problem
    from reconciler.manifests.snapshots.grammar import Path

MAX_SNAPSHOT_BYTES = 1024 * 1024 * 1024
"""The largest snapshot that is read as JSON. As YAML the limit is that of a manifest."""

MAX_PROBLEMS = 1000
"""How many problems of one snapshot are reported: one that was cut off may have millions."""

_KIND = "Snapshot"
Outcome = tuple[dict[str, Any] | None, tuple[Diagnostic, ...]]


def load_snapshot(path: str, *, verify: Callable[[bytes], None] | None = None) -> Outcome:
    """Read a snapshot: plain data that fits its schema and itself, or None and what is wrong with the file.

    A file whose name ends with `.json` is read as JSON and may be large; a key that stands twice in it keeps its last
    value there. Any other file is read as YAML, like a manifest. `verify` gets the bytes before anything is made of
    them, and raises for those that are not to be trusted.
    """
    is_json = path.endswith(".json")
    with still_collector():
        content = read_file(path, MAX_SNAPSHOT_BYTES if is_json else MAX_MANIFEST_BYTES)
        if isinstance(content, Diagnostic):
            return None, (content,)
        if verify is not None:
            verify(content)
        return _from_json(path, content) if is_json else _from_yaml(path, content)


def _from_json(path: str, content: bytes) -> Outcome:
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        span = Span(printable(path), problem.lineno, problem.colno)
        return None, (error("json-syntax", f"not JSON: {problem.msg}", span, hint="write the snapshot anew"),)
    if _is_snapshot(data) and is_valid(_KIND, data) and next(find_problems(data), None) is None:
        return data, ()
    # Something is wrong: only now is it worth knowing where. JSON is YAML, so the same reader finds the places.
    if len(content) <= MAX_MANIFEST_BYTES:
        documents, unreadable = parse_documents(path, content)
        if len(documents) == 1 and not unreadable and (found := _problems(documents[0], show_paths=True)):
            return None, found
    try:
        return None, _problems(Document(path, data), show_paths=True)
    except RecursionError:
        message = "lists and mappings nest deeper than a snapshot needs"
        return None, (error("too-deep", message, Span(printable(path), 1, 1), hint="write the snapshot anew"),)


def _from_yaml(path: str, content: bytes) -> Outcome:
    documents, problems = parse_documents(path, content)
    if not documents and not problems:
        problems = [
            error(
                "no-snapshot", "the file holds no document", Span(printable(path), 1, 1), hint="write a Snapshot in it"
            )
        ]
    for document in documents[1:]:
        hint = "give every snapshot a file of its own"
        problems.append(error("no-snapshot", "a snapshot is the only document of its file", document.span(), hint=hint))
    if documents:
        told = {problem.span for problem in problems}
        problems += [problem for problem in _problems(documents[0]) if problem.span not in told]
    if problems:
        return None, tuple(sorted(problems, key=lambda problem: problem.sort_key))
    return documents[0].data, ()


def _problems(document: Document, *, show_paths: bool = False) -> tuple[Diagnostic, ...]:
    """List what is wrong. With `show_paths`, for a file that nobody wrote line by line, messages say it in words."""
    data = document.data
    if not _is_snapshot(data):
        kind = data.get("kind") if isinstance(data, dict) else None
        message = f"this is no snapshot, but kind {shown(kind)}" if kind else "this is no snapshot"
        hint = "write `apiVersion: c2c/v1` and `kind: Snapshot`"
        return (error("no-snapshot", message, document.span("kind"), hint=hint),)
    found = check_document(_KIND, document)
    if not found:
        problems = list(islice(find_problems(data), MAX_PROBLEMS + 1))
        found = [_diagnostic(problem, document, show_paths=show_paths) for problem in problems[:MAX_PROBLEMS]]
        if len(problems) > MAX_PROBLEMS:
            message = f"more than {MAX_PROBLEMS} problems; the rest is not shown"
            found.append(error("too-many-problems", message, document.span(), hint="take the snapshot anew"))
    return tuple(sorted(found, key=lambda problem: problem.sort_key))


def _diagnostic(problem: Problem, document: Document, *, show_paths: bool) -> Diagnostic:
    message = f"{_written(problem.path)}: {problem.message}" if show_paths else problem.message
    related = () if problem.first is None else (document.span(*problem.first),)
    return error(problem.code, message, document.span(*problem.path), hint=problem.hint, related=related)


def _written(path: Path) -> str:
    """Write a path as people do: `organizations[0].name`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _is_snapshot(data: object) -> bool:
    return isinstance(data, dict) and data.get("kind") == _KIND
