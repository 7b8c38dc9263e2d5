"""Loading manifests with everything that can be said of them without a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import has_errors
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.left_out import rules_left_out
from reconciler.manifests.loaded import Loaded

if TYPE_CHECKING:
    from datetime import date

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Bundle
    from reconciler.manifests.parsed_files import ParsedFiles
    from reconciler.model.guardrail import Expression


def checked_bundle(paths: tuple[str, ...], *, today: date, cache: ParsedFiles | None = None) -> Loaded:
    """Load manifests, try the expressions of their guardrails, and warn of rules that the paths leave out.

    A cache spares parsing a file again.
    """
    loaded = load_bundle(paths, today=today, cache=cache)
    found = _wrong_expressions(loaded.expressions)
    if loaded.bundle is not None:
        found += _left_out(paths, loaded.bundle)
    diagnostics = tuple(sorted((*loaded.diagnostics, *found), key=lambda item: item.sort_key))
    return Loaded(None if has_errors(diagnostics) else loaded.bundle, diagnostics, loaded.expressions)


def _wrong_expressions(expressions: tuple[Expression, ...]) -> list[Diagnostic]:
    if not expressions:
        return []
    from reconciler.guardrails.expression_problems import expression_problems  # noqa: PLC0415 - CEL is slow to import

    return expression_problems(expressions)


def _left_out(paths: tuple[str, ...], bundle: Bundle) -> list[Diagnostic]:
    """Look for rules only where the paths name none: who names some has chosen, for example one of two foundations."""
    if bundle.foundation or bundle.guardrails or bundle.expectations:
        return []
    return rules_left_out(paths, bundle.files)
