"""Secrets that no error may show, however a server writes them when it repeats them."""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import json
import re
import threading
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import quote, quote_plus, unquote

from reconciler.errors import C2CError, PlatformError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HIDDEN = "[hidden]"
HIDDEN_WHOLE = "[hidden, for it repeats a secret]"

SHORT = 4
"""A secret with fewer characters is part of many words, so only the whole word is hidden."""

_LAYERS = 3
"""How often a text may be encoded over an encoded text."""

_EXPANSION = 8
"""The most characters that stand for one character in any encoding that is looked for, or in one on top of another."""

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([^ux])")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_PACKED = re.compile(r"[A-Za-z0-9+/=_-]")
_DROPPED = re.compile(r"[\s+]+")


class Secrets:
    """A growing collection of secrets. Threads share it."""

    def __init__(self, *secrets: str) -> None:
        self._lock = threading.Lock()
        self._secrets: frozenset[str] = frozenset()
        self._forms: _Forms | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Learn secrets; empty ones are none."""
        with self._lock:
            known = self._secrets | frozenset(filter(None, secrets))
            if known != self._secrets:
                self._secrets, self._forms = known, None

    def hide(self, text: str) -> str:
        """Hide every secret in a text: in place where it is plainly written, else the text as a whole."""
        forms = self._known_forms()
        if forms is None:
            return text
        masked = forms.hide(text)
        return HIDDEN_WHOLE if forms.shown_by(masked) else masked

    def brief(self, text: str, limit: int) -> str:
        """Hide, then cut: a cut through a secret would leave a part of it that no longer looks like one."""
        doubtful = _EXPANSION * max(map(len, self._secrets), default=0)
        reach = 16 * limit + 2 * doubtful
        hidden = self.hide(text[:reach])
        if len(text) > reach:
            hidden = hidden[: max(0, len(hidden) - doubtful)]
        return hidden if len(hidden) <= limit and len(text) <= reach else hidden[: limit - 1] + "…"

    def clean(self, error: BaseException) -> None:
        """Hide every secret in an error and in those that led to it. Hints are this tool's own words."""
        seen: set[int] = set()
        waiting: list[BaseException | None] = [error]
        while waiting:
            one = waiting.pop()
            if one is None or id(one) in seen:
                continue
            seen.add(id(one))
            waiting += [one.__cause__, one.__context__]
            one.args = tuple(self.hide(item) if isinstance(item, str) else item for item in one.args)
            if isinstance(one, C2CError):
                one.summary = self.hide(one.summary)
            if isinstance(one, UsageError):
                one.details = tuple(map(self.hide, one.details))
            if isinstance(one, PlatformError):
                one.path = one.path and self.hide(one.path)
                one.request_id = one.request_id and self.hide(one.request_id)

    def _known_forms(self) -> _Forms | None:
        with self._lock:
            if self._forms is None and self._secrets:
                self._forms = _Forms(self._secrets)
            return self._forms


class _Forms:
    """The ways in which secrets are written."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted(secrets)
        self._plain = _any_of({form for secret in known for form in _plain_forms(secret)})
        self._packed = _any_of({re.escape(form) for secret in known for form in _packed_forms(secret)})
        self._bare = [bare for bare in map(_bare, known) if len(bare) >= SHORT]

    def hide(self, text: str) -> str:
        """Hide the secrets that are plainly written, and the whole of a Base64 text with one inside."""
        parts = []
        done = 0
        while found := self._packed.search(text, done):
            start, end = found.span()
            while start > done and _PACKED.match(text[start - 1]):
                start -= 1
            while end < len(text) and _PACKED.match(text[end]):
                end += 1
            parts += [text[done:start], HIDDEN]
            done = end
        return self._plain.sub(HIDDEN, "".join([*parts, text[done:]]))

    def shown_by(self, text: str) -> bool:
        """Say whether a secret can be read from a text by decoding it."""
        if self._packed.search("".join(text.split())):
            return True
        return any(bare in reading for reading in _readings(text) for bare in self._bare)


def _any_of(forms: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(longest_first) or r"(?!)", re.IGNORECASE)


def _plain_forms(secret: str) -> Iterator[str]:
    """Give regular expressions for a secret that is written out."""
    if len(secret) < SHORT:
        yield rf"(?<!\w){re.escape(secret)}(?!\w)"
        return
    data = secret.encode("utf-8", "replace")
    quoted = json.dumps(secret)[1:-1]
    plain = json.dumps(secret, ensure_ascii=False)[1:-1]
    forms = {secret, quote(data, safe=""), quote(data), quote_plus(data), quoted, plain, repr(secret)[1:-1]}
    forms |= {quoted.replace("/", "\\/"), html.escape(secret), html.escape(secret, quote=False), data.hex()}
    yield from map(re.escape, forms)


def _packed_forms(secret: str) -> Iterator[str]:
    """Give what Base64 makes of a secret wherever it stands in a text.

    Three bytes are written at once, so what stands before and behind the secret reaches into its ends.
    """
    data = secret.encode("utf-8", "replace")
    for before in range(3):
        whole = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        inner = whole[(0, 2, 3)[before] : (len(whole) if (before + len(data)) % 3 == 0 else -1)]
        if len(inner) >= 2 * SHORT - 2:
            yield inner
            yield inner.replace("+", "-").replace("/", "_")


def _readings(text: str) -> Iterator[str]:
    """Read a text as it is and with its encodings taken off, one layer after another."""
    for _ in range(_LAYERS + 1):
        yield _bare(text)
        for opened in _opened(text):
            yield _bare(opened)
            yield _bare(unquote(opened))
        decoded = html.unescape(_ESCAPE.sub(_unescaped, unquote(text)))
        if decoded == text:
            return
        text = decoded


def _opened(text: str) -> Iterable[str]:
    """Decode what looks like Base64 or hexadecimal, also where it was wrapped into lines."""
    for run in {*_RUN.findall(text), *_RUN.findall("".join(text.split()))}:
        standard = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            groups = standard[start:]
            with contextlib.suppress(ValueError, binascii.Error):
                yield base64.b64decode(groups + "A" * (-len(groups) % 4)).decode("utf-8", "replace")
        with contextlib.suppress(ValueError):
            yield bytes.fromhex(run).decode("utf-8", "replace")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else match[3]


def _bare(text: str) -> str:
    # A form writes a space as +, and a + in its own place means the same to whoever guesses.
    return _DROPPED.sub("", text.casefold())


class _Holder(Protocol):
    @property
    def secrets(self) -> Secrets: ...


_Self = TypeVar("_Self", bound=_Holder)
_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def discreet(
    method: Callable[Concatenate[_Self, _Given], _Result],
) -> Callable[Concatenate[_Self, _Given], _Result]:
    """Make a method whose errors show none of its object's secrets."""

    @wraps(method)
    def wrapper(self: _Self, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        try:
            return method(self, *args, **kwargs)
        except Exception as error:
            self.secrets.clean(error)
            raise

    return wrapper
