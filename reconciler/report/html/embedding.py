"""Putting data, script and style into a page so that nothing in the data can become script, style or markup."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

import orjson
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

_BREAKING_OUT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ESCAPES = str.maketrans(_BREAKING_OUT)


def embedded_json(value: object) -> Markup:
    """Write JSON that may stand inside a script element: no character in it can end the element or begin a comment.

    JSON has `<`, `>`, `&` and the line separators only inside strings, where an escape means the same.
    """
    return Markup(orjson.dumps(value).decode().translate(_ESCAPES))  # noqa: S704 - this is what escapes


def asset(name: str) -> str:
    """Read a file of the page's own: template, style or script."""
    return (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")


def joined_assets(names: Iterable[str]) -> Markup:
    """Join files of the page's own into the contents of one element."""
    return Markup("\n" + "\n".join(map(asset, names)))  # noqa: S704 - our own files, no input


def source_hash(contents: str) -> str:
    """Name the contents of an inline element as a Content-Security-Policy does."""
    digest = hashlib.sha256(contents.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def content_security_policy(*, script: str, style: str) -> str:
    """Allow exactly this script and this style, and nothing from anywhere else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {source_hash(script)}",
            f"style-src {source_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
