"""How guardrails, waivers and expectations name apps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, InstanceOf

from reconciler.manifests.documents.values import Name, Strict, Words, listed, read_app_pattern

_MOST = 1000
_Names = Annotated[tuple[Name, ...], BeforeValidator(listed), Field(min_length=1, max_length=_MOST)]
_Texts = Annotated[tuple[Words, ...], BeforeValidator(listed), Field(min_length=1, max_length=_MOST)]


@dataclass(frozen=True, slots=True)
class AppsWritten:
    """Apps by what they are, as written; empty where nothing is. `labels` are label selectors, still in text."""

    org: tuple[str, ...] = ()
    space: tuple[str, ...] = ()
    app: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class _AppsMapping(Strict):
    """The mapping form."""

    org: _Names = Field(default=(), validate_default=False)
    space: _Names = Field(default=(), validate_default=False)
    app: _Names = Field(default=(), validate_default=False)
    zone: _Texts = Field(default=(), validate_default=False)
    labels: _Texts = Field(default=(), validate_default=False)


def _read_apps(value: object) -> AppsWritten:
    if isinstance(value, str):
        org, space, app = read_app_pattern(value)
        return AppsWritten((org,), (space,), (app,))
    mapping = _AppsMapping.model_validate(value)
    return AppsWritten(mapping.org, mapping.space, mapping.app, mapping.zone, mapping.labels)


_Apps = Annotated[InstanceOf[AppsWritten], BeforeValidator(_read_apps)]
Selection = Annotated[tuple[_Apps, ...], BeforeValidator(listed), Field(min_length=1, max_length=_MOST)]
"""One form or a list of them, any of which counts."""

Callers = Annotated[tuple[_Apps, ...], BeforeValidator(listed), Field(max_length=_MOST)]
"""As `Selection`, but the list may be empty: nobody."""
