"""Loading manifests with everything that can be said of them without a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import has_errors
from reconciler.manifests.bundle import Loaded, load_bundle

if TYPE_CHECKING:
    from datetime import date

    from reconciler.manifests.parsed_files import ParsedFiles


def checked_bundle(paths: tuple[str, ...], *, today: date, cache: ParsedFiles | None = None) -> Loaded:
    """Load manifests, and try the expressions of their guardrails. A cache spares parsing a file again."""
    loaded = load_bundle(paths, today=today, cache=cache)
    expressive = loaded.bundle and [item for item in loaded.bundle.guardrails if item.limits.expression is not None]
    if not expressive:
        return loaded
    from reconciler.guardrails.expression_problems import expression_problems  # noqa: PLC0415 - CEL is slow to import

    found = expression_problems(expressive)
    diagnostics = tuple(sorted((*loaded.diagnostics, *found), key=lambda item: item.sort_key))
    return Loaded(None if has_errors(diagnostics) else loaded.bundle, diagnostics)
