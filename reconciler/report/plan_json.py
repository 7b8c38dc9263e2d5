"""Values as JSON text. The objects are made by the codecs; here they become bytes that read well in a diff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from reconciler.planning.codec import encode_plan, encode_span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.diagnostics import Diagnostic
    from reconciler.planning.plan import Plan


def render_json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Write a JSON value with two spaces of indentation and a final newline."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def render_plan_json(plan: Plan) -> str:
    """Write a plan in format version 1.0."""
    return render_json(encode_plan(plan))


def encode_diagnostics(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Turn diagnostics into JSON objects, in the order given."""
    return [
        {
            "severity": item.severity.value,
            "code": item.code,
            "message": item.message,
            "hint": item.hint,
            "origin": encode_span(item.span) if item.span else None,
            "related": [encode_span(span) for span in item.related],
        }
        for item in diagnostics
    ]
