"""Loading: from paths to a bundle of manifests, or to everything that is wrong with them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, error, has_errors
from reconciler.manifests.discovery import find_manifests, printable
from reconciler.manifests.garbage_collection import still_collector
from reconciler.manifests.loaded import Bundle, FoundationDocument, Loaded, SpaceDocument
from reconciler.manifests.reading import read_file
from reconciler.manifests.schema import MAX_PROBLEMS, check_manifest
from reconciler.manifests.snapshot_file import load_snapshot
from reconciler.manifests.source import parse_documents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reconciler.manifests.source import Document

__all__ = ["MAX_PROBLEMS", "Bundle", "FoundationDocument", "Loaded", "SpaceDocument", "load_bundle", "load_snapshot"]

_KEEP_BYTES = 1024 * 1024
"""From this much text on, what was loaded is kept away from the garbage collector for good."""


def load_bundle(paths: Sequence[str], *, today: date) -> Loaded:
    """Load every manifest at and below the paths. `today` (UTC) decides which grants have run out.

    Never raises for what the files hold: whatever is wrong is a diagnostic.
    """
    loader = _Loader()
    with still_collector():
        files, problems = find_manifests(paths)
        loader.problems += problems
        for file in files:
            loader.read(file)
        loader.check(today)
    if loader.bytes_read > _KEEP_BYTES:
        with still_collector(keep=True):
            pass
    diagnostics = tuple(sorted(loader.problems, key=_order))
    bundle = None if has_errors(diagnostics) else loader.bundle(files)
    return Loaded(bundle, diagnostics)


def _order(problem: Diagnostic) -> tuple[Span, str, str]:
    return problem.sort_key


class _Loader:
    """What one call has read so far."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []
        self.bytes_read = 0
        self._spaces: list[SpaceDocument] = []
        self._foundations: list[FoundationDocument] = []
        self._hashes: list[bytes] = []

    def read(self, file: str) -> None:
        """Read one file. What it holds counts towards the digest even when it is wrong."""
        content = read_file(file)
        if isinstance(content, Diagnostic):
            self.problems.append(content)
            return
        self.bytes_read += len(content)
        self._hashes.append(hashlib.sha256(content).digest())
        name = printable(file)
        documents, problems = parse_documents(name, content)
        told = {problem.span for problem in problems}
        for document in documents:
            problems += [problem for problem in self._take(document) if problem.span not in told]
            if len(problems) > MAX_PROBLEMS:
                break  # nothing will come of this file: what else is wrong with it is not worth the time
        self.problems += _bounded(name, problems)

    def _take(self, document: Document) -> list[Diagnostic]:
        from reconciler.manifests.documents import Foundation, Space  # noqa: PLC0415 - pydantic is slow to import

        kind, problems = check_manifest(document)
        if kind == "Space":
            self._spaces.append(SpaceDocument(document, Space.model_validate(document.data)))
        elif kind == "Foundation":
            self._foundations.append(FoundationDocument(document, Foundation.model_validate(document.data)))
        return problems

    def check(self, today: date) -> None:
        """Look at everything together."""
        from reconciler.manifests.checks import run_checks  # noqa: PLC0415 - after the models it reads

        complete = not has_errors(self.problems)
        found: dict[str, list[Diagnostic]] = {}
        for problem in run_checks(self._spaces, self._foundations, today=today, complete=complete):
            found.setdefault(problem.span.file if problem.span else "", []).append(problem)
        for file, problems in found.items():
            self.problems += _bounded(file, problems)

    def bundle(self, files: Sequence[str]) -> Bundle:
        """Give what was read; to be called only when nothing is wrong."""
        foundation = self._foundations[0] if self._foundations else None
        digest = hashlib.sha256(b"".join(sorted(self._hashes))).hexdigest()
        return Bundle(tuple(self._spaces), foundation, tuple(map(printable, files)), f"sha256:{digest}")


def _bounded(file: str, problems: list[Diagnostic]) -> list[Diagnostic]:
    """Keep the first problems that were found in a file that has too many of them."""
    if len(problems) <= MAX_PROBLEMS:
        return problems
    kept = sorted(problems, key=_order)[:MAX_PROBLEMS]
    message = f"more than {MAX_PROBLEMS:,} problems in this file; the others are not shown"
    return [*kept, error("too-many-problems", message, Span(file, 1, 1))]
