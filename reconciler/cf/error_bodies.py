"""What failing answers say, read from the six forms in which the platform's parts say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    from reconciler.cf.exchange import Answer

CAUSE_LIMIT = 600
"""Characters of a cause that errors repeat: enough for every known message, too few to flood a terminal."""

BODY_LIMIT = 2**20
"""Bytes of a body without JSON that are looked at: the cause is cut only after its secrets are hidden."""

_UNESCAPED = re.compile(r'^\s*\{\s*"error"\s*:\s*"(.*)"\s*\}\s*$', re.DOTALL)


class Cause(NamedTuple):
    """Why a request failed, in the words of whoever refused it.

    `code` and `title` are Cloud Controller's; for the UAA the title is its `error`. `router` is true when the answer
    came from the gorouter and never reached the service.
    """

    text: str
    code: int | None = None
    title: str | None = None
    router: bool = False


def read_cause(answer: Answer) -> Cause:
    """Read the cause from an answer's body. Never fails: whatever the body is, something is said."""
    body = answer.body[:BODY_LIMIT].decode("utf-8", "replace").strip()
    # Only the gorouter sets this header. Source: gorouter `errorwriter/error_writer.go`.
    router = answer.headers.get("x-cf-routererror")
    cause = _from_json(answer.body) or _from_text(body)
    if router:
        cause = Cause(f"{body or 'no text'} (router: {router})", router=True)
    return cause._replace(text=answer.request.secrets.brief(cause.text, CAUSE_LIMIT))


def _from_json(body: bytes) -> Cause | None:
    try:
        decoded: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(decoded, dict):
        return None
    if isinstance(decoded.get("errors"), list):
        return _from_v3(decoded["errors"])
    if isinstance(decoded.get("error_code"), str):
        return _cause(decoded.get("description"), decoded.get("code"), decoded["error_code"])
    if isinstance(decoded.get("error_description"), str):
        return _cause(decoded["error_description"], None, decoded.get("error"))
    return _cause(decoded["error"]) if isinstance(decoded.get("error"), str) else None


def _from_v3(errors: list[object]) -> Cause | None:
    known = [item for item in errors if isinstance(item, dict)]
    details = [item["detail"] for item in known if isinstance(item.get("detail"), str)]
    if not known:
        return None
    return _cause("; ".join(details) or known[0].get("title"), known[0].get("code"), known[0].get("title"))


def _from_text(body: str) -> Cause:
    # The policy server puts its message between quotes without escaping it, so a message that holds a quote makes
    # the body invalid JSON. Source: cf-networking-helpers `httperror/error_response.go`.
    unescaped = _UNESCAPED.match(body)
    if unescaped:
        return _cause(unescaped[1])
    if body.startswith("<"):
        title = _title(body)
        return _cause("a web page instead of an API answer" if title is None else f"a web page titled {title!r}")
    return _cause(body)


def _cause(message: object, code: object = None, title: object = None) -> Cause:
    number = code if isinstance(code, int) and not isinstance(code, bool) else None
    words = message if isinstance(message, str) and message else "no further detail"
    return Cause(words, number, title if isinstance(title, str) else None)


def _title(page: str) -> str | None:
    _, start, rest = page.partition(_spelling(page, "<title>"))
    title, end, _ = rest.partition(_spelling(rest, "</title>"))
    return title.strip() if start and end else None


def _spelling(page: str, tag: str) -> str:
    found = re.search(re.escape(tag), page, re.IGNORECASE)
    return found[0] if found else tag
