"""Loading: from paths to a bundle of manifests, or to everything that is wrong with them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

from reconciler.diagnostics import Diagnostic, Span, error, has_errors
from reconciler.manifests.checks import run_checks
from reconciler.manifests.discovery import find_manifests, printable
from reconciler.manifests.garbage_collection import still_collector
from reconciler.manifests.loaded import Bundle, Documents, Loaded, SpaceDocument
from reconciler.manifests.parsing import FileContent, parse_files
from reconciler.manifests.reading import read_file
from reconciler.manifests.rules import expectations_of, expressions_of, guardrails_of, waivers_of
from reconciler.manifests.schema import MAX_PROBLEMS
from reconciler.manifests.schema_checks import check_manifest
from reconciler.manifests.space import read_space, uses_templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from reconciler.manifests.parsed import Document
    from reconciler.manifests.parsed_files import ParsedFiles
    from reconciler.manifests.parsing import Parsed
    from reconciler.model.guardrail import Expression


def load_bundle(paths: Sequence[str], *, today: date, cache: ParsedFiles | None = None) -> Loaded:
    """Load every manifest at and below the paths. `today` (UTC) decides which grants have run out.

    With a cache, files that were parsed before are not parsed again; whether they fit their schemas is always asked.

    Never raises for what the files hold: whatever is wrong is a diagnostic.
    """
    loader = _Loader()
    with still_collector():
        files, problems = find_manifests(paths)
        loader.problems += problems
        for parsed in parse_files(loader.contents(files), cache):
            loader.take(parsed)
        loader.check(today)
    if cache is not None:
        cache.tidy()
    diagnostics = tuple(sorted(loader.problems, key=_order))
    bundle = None if has_errors(diagnostics) else loader.bundle(files)
    return Loaded(bundle, diagnostics, loader.expressions())


def _order(problem: Diagnostic) -> tuple[Span, str, str]:
    return problem.sort_key


class _Loader:
    """What one call has read so far. Spaces that use templates are read last: templates may stand in any file."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []
        self._documents = Documents()
        self._spaces: list[SpaceDocument | Document] = []
        self._hashes: list[bytes] = []

    def contents(self, files: Sequence[str]) -> Iterator[FileContent]:
        """Read files. What one holds counts towards the digest even when it is wrong."""
        for file in files:
            content = read_file(file)
            if isinstance(content, Diagnostic):
                self.problems.append(content)
                continue
            digest = hashlib.sha256(content).digest()
            self._hashes.append(digest)
            yield FileContent(printable(file), content, digest)

    def take(self, parsed: Parsed) -> None:
        """Take in the documents of one file."""
        problems = parsed.problems
        told = {problem.span for problem in problems}
        for document in parsed.documents:
            problems += [problem for problem in self._take(document) if problem.span not in told]
            if len(problems) > MAX_PROBLEMS:
                break  # nothing will come of this file: what else is wrong with it is not worth the time
        self.problems += _bounded(parsed.name, problems)

    def _take(self, document: Document) -> list[Diagnostic]:
        opened = document.opened()
        kind, problems = check_manifest(opened)
        if kind == "Space":
            waits = uses_templates(opened.data)
            self._spaces.append(opened if waits else SpaceDocument(document, read_space(opened.data)))
        elif kind is not None:
            from reconciler.manifests.kinds import READERS  # noqa: PLC0415 - pydantic is slow to import

            READERS[kind](self._documents, opened)
        return problems

    def check(self, today: date) -> None:
        """Look at everything together."""
        complete = not has_errors(self.problems)
        problems = self._expand(today, complete=complete)
        complete = complete and not has_errors(problems)
        found = run_checks(self._documents, today=today, complete=complete)
        uses = {place: use for item in self._documents.spaces for place, use in item.uses.items()}
        if uses:
            from reconciler.manifests.templates.places import point_to_templates  # noqa: PLC0415 - few use templates

            found = point_to_templates(found, uses)
        by_file: dict[str, list[Diagnostic]] = {}
        for problem in (*problems, *found):
            by_file.setdefault(problem.span.file if problem.span else "", []).append(problem)
        for file, said in by_file.items():
            self.problems += _bounded(file, said)

    def _expand(self, today: date, *, complete: bool) -> list[Diagnostic]:
        """Read the Spaces that use templates. With `complete` false some documents could not be read."""
        if not self._documents.templates and all(isinstance(item, SpaceDocument) for item in self._spaces):
            self._documents.spaces = cast("list[SpaceDocument]", self._spaces)
            return []
        from reconciler.manifests.templates.expansion import Expander  # noqa: PLC0415 - few use templates
        from reconciler.manifests.templates.reading import read_templates  # noqa: PLC0415 - as above

        templates, problems = read_templates(self._documents.templates, today)
        expander = Expander(templates, complete=complete)
        self._documents.spaces = [
            item if isinstance(item, SpaceDocument) else expander.read(item) for item in self._spaces
        ]
        return [*problems, *expander.problems]

    def expressions(self) -> tuple[Expression, ...]:
        """Give the expressions of what was read, whatever else is wrong."""
        return expressions_of(self._documents)

    def bundle(self, files: Sequence[str]) -> Bundle:
        """Give what was read; to be called only when nothing is wrong."""
        documents = self._documents
        digest = hashlib.sha256(b"".join(sorted(self._hashes))).hexdigest()
        return Bundle(
            spaces=tuple(documents.spaces),
            foundation=documents.foundations[0] if documents.foundations else None,
            files=tuple(map(printable, files)),
            digest=f"sha256:{digest}",
            guardrails=guardrails_of(documents),
            waivers=waivers_of(documents),
            expectations=expectations_of(documents),
        )


def _bounded(file: str, problems: list[Diagnostic]) -> list[Diagnostic]:
    """Keep the first problems that were found in a file that has too many of them."""
    if len(problems) <= MAX_PROBLEMS:
        return problems
    kept = sorted(problems, key=_order)[:MAX_PROBLEMS]
    message = f"more than {MAX_PROBLEMS:,} problems in this file; the others are not shown"
    return [*kept, error("too-many-problems", message, Span(file, 1, 1))]
