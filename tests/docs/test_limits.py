"""A limit that several pages, a schema and the program name is one limit."""

from __future__ import annotations

import json
import re

from support.command import ROOT

from reconciler.guardrails.expression_syntax import MAX_LENGTH


def test_the_length_of_an_expression_is_the_same_everywhere():
    schema = json.loads((ROOT / "schemas/v1/guardrail.schema.json").read_text(encoding="utf-8"))
    expression = schema["$defs"]["limits"]["properties"]["expression"]
    assert expression["maxLength"] == MAX_LENGTH
    assert str(MAX_LENGTH) in expression["errorMessage"]
    manifests, guardrails = (
        (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("manifests.md", "guardrails.md")
    )
    assert re.findall(r"an `expression` \| 1 to ([0-9,]+) characters", manifests) == [f"{MAX_LENGTH:,}"]
    assert re.findall(r"An expression has at most ([0-9,]+) characters", guardrails) == [f"{MAX_LENGTH:,}"]
