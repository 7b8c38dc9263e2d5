"""Values as JSON text. The objects are made by the codecs; here they become bytes that read well in a diff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from reconciler.errors import C2CError, ManifestError, PlatformError
from reconciler.planning.encoding import encode_span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.diagnostics import Diagnostic


def render_json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Write a JSON value with two spaces of indentation and a final newline. What is no Unicode is escaped."""
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        return orjson.dumps(value, option=option).decode()
    except orjson.JSONEncodeError:
        return orjson.dumps(_as_unicode(value), option=option).decode()


def _as_unicode(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Escape bytes that are no text: names of files, and words typed on the command line, may hold any."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_as_unicode(key): _as_unicode(item) for key, item in value.items()}
    return [_as_unicode(item) for item in value] if isinstance(value, list | tuple) else value


def encode_error(error: C2CError) -> dict[str, Any]:
    """Turn what stopped a run into a JSON object."""
    encoded: dict[str, Any] = {"summary": error.summary, "hint": error.hint, "exit_code": error.exit_code}
    if isinstance(error, PlatformError):
        encoded |= {"request": error.request_line, "outcome_unknown": error.outcome_unknown}
    if error.details:
        encoded["details"] = list(error.details)
    if isinstance(error, ManifestError):
        encoded["diagnostics"] = encode_diagnostics(error.diagnostics)
    return encoded


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
