"""Expectation documents."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, model_validator

from reconciler.manifests.documents.apps import Callers, Selection
from reconciler.manifests.documents.values import Name, Ports, Strict, Words
from reconciler.model.ports import Protocol


class Clause(Strict):
    """One thing that must hold: `sources` and `allowed`, or `only_from`, which is None where it is not written."""

    sources: Selection | None = Field(default=None, alias="from")
    to: Selection
    port: Ports | None = None
    protocol: Protocol | None = None
    allowed: StrictBool | None = None
    via: Literal["any", "direct"] = "direct"
    only_from: Callers | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Clause:
        reach = (self.sources is not None, self.allowed is not None)
        if reach != (self.only_from is None, self.only_from is None):
            raise ValueError("either from, to and allowed, or to and only_from")
        return self


class ExpectationManifest(Strict):
    """An Expectation document."""

    api_version: Literal["c2c/v1"] = Field(alias="apiVersion")
    kind: Literal["Expectation"]
    name: Name
    description: Words | None = None
    expect: Annotated[tuple[Clause, ...], Field(min_length=1, max_length=10_000)]
