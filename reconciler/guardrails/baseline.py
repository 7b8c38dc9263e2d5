"""A baseline: the violations that are known already, so that only new ones fail an audit.

An entry names the guardrail, the limit and what breaks it: no line numbers and no counts, so that it stays true while
manifests are edited, and a reviewer can read in a diff what is let pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT_VERSION = "1.0"
_HOW_TO_WRITE = "write it anew with `c2c audit --baseline FILE --write-baseline`"


class Known(NamedTuple):
    """A violation that may be: a guardrail, its limit, and the address of the policy or app."""

    guardrail: str
    limit: str
    subject: str


def encode_baseline(known: Iterable[Known]) -> dict[str, Any]:
    """Turn a baseline into a JSON object, sorted."""
    return {"format_version": FORMAT_VERSION, "baseline": [entry._asdict() for entry in sorted(known)]}


def decode_baseline(data: object) -> frozenset[Known]:
    """Read the JSON object of a baseline. Raise UsageError for anything else."""
    if not isinstance(data, dict) or not isinstance(data.get("baseline"), list):
        raise UsageError("this is not a baseline", hint=_HOW_TO_WRITE)
    if data.get("format_version") != FORMAT_VERSION:
        raise UsageError(
            f"the baseline is in format version {data.get('format_version')}; this c2c reads {FORMAT_VERSION}",
            hint=_HOW_TO_WRITE,
        )
    return frozenset(map(_entry, data["baseline"]))


def _entry(item: object) -> Known:
    values = [item.get(name) for name in Known._fields] if isinstance(item, dict) else []
    guardrail, limit, subject = values or (None, None, None)
    if not (isinstance(guardrail, str) and isinstance(limit, str) and isinstance(subject, str)):
        raise UsageError("the baseline is damaged: an entry lacks its guardrail, limit or subject", hint=_HOW_TO_WRITE)
    return Known(guardrail, limit, subject)
