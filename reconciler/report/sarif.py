"""Remarks as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reconciler import __version__
from reconciler.diagnostics import Span
from reconciler.manifests.codes import CODES
from reconciler.model.rules import RULES
from reconciler.report.escape import escape
from reconciler.report.json_text import render_json

if TYPE_CHECKING:
    from reconciler.report.remarks import Remark, Remarks

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_FINGERPRINT = "primaryLocationLineHash"
"""The name under which code scanning looks for what makes two results of two runs the same."""

_MEANINGS = {**CODES, **{rule.code: rule.meaning for rule in RULES}}


def render_sarif(remarks: Remarks) -> str:
    """Write a log with one run. Results keep their fingerprints when lines move."""
    codes = sorted({item.code for item in remarks.items})
    numbers = {code: number for number, code in enumerate(codes)}
    driver = {
        "name": "c2c",
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"c2c/{remarks.command}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, mark, numbers[item.code], remarks.place) for mark, item in remarks.marked()],
        "properties": {"summary": escape(remarks.summary)},
    }
    return render_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: str) -> dict[str, Any]:
    shown = escape(code)
    meaning = _MEANINGS.get(code)
    described = {"shortDescription": {"text": meaning}} if meaning else {}
    return {"id": shown, **described, "properties": {"tags": ["security", "network-policy"]}}


def _result(item: Remark, mark: str, rule: int, place: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": escape(item.code),
        "ruleIndex": rule,
        "level": item.level.value,
        "message": {"text": _plain(item.text)},
        "locations": [_location(item.span or Span(place, 1, 1))],
        "partialFingerprints": {_FINGERPRINT: mark},
    }
    if item.related:
        result["relatedLocations"] = [
            {"id": number, **_location(span)} for number, span in enumerate(dict.fromkeys(item.related))
        ]
    return result


def _plain(text: str) -> str:
    """Write a message in which nothing is a link: `[words](target)` would be one."""
    return escape(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(span: Span) -> dict[str, Any]:
    region = {"startLine": max(1, span.line), "startColumn": max(1, span.column)}
    return {"physicalLocation": {"artifactLocation": _file(span.file), "region": region}}


def _file(path: str) -> dict[str, str]:
    """Write a path as a reference: relative ones stay relative to where the command ran."""
    uri = quote(path, errors="surrogatepass")
    return {"uri": f"file://{uri}" if path.startswith("/") else uri}
