"""Any parameter schema that may stand in a template gives a verdict on any value, in words when it does not fit."""

from __future__ import annotations

import hypothesis.strategies as st
import jsonschema
from hypothesis import assume, given

from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.schemas.verdict import is_valid
from reconciler.manifests.templates.parameters import misfits, read_parameters

TEXTS = st.sampled_from(["", "a", "ab", "2027-01-01"])
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 5), st.floats(-5, 5), st.sampled_from(["", "a", "ab", "2027-01-01"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
    max_leaves=5,
)
COUNT = st.integers(0, 3)
KEYWORDS = {
    "type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null", ["string", "array"]]),
    "enum": st.lists(VALUES, min_size=1, max_size=2),
    "const": VALUES,
    "minItems": COUNT,
    "maxItems": COUNT,
    "uniqueItems": st.booleans(),
    "minLength": COUNT,
    "maxLength": COUNT,
    "pattern": st.sampled_from(["^a", "b$", "[0-9]+"]),
    "format": st.just("date"),
    "minimum": st.integers(-5, 5),
    "exclusiveMaximum": st.integers(-5, 5),
    "multipleOf": st.sampled_from([1, 2, 0.5]),
    "required": st.just(["a"]),
    "minProperties": COUNT,
    "maxProperties": COUNT,
    "description": st.just("what it is for"),
}


def mapping(below):
    several = st.lists(below, min_size=1, max_size=2)
    return st.one_of(
        st.fixed_dictionaries({}, optional=dict.fromkeys(("items", "contains", "not", "if", "then", "else"), below)),
        st.fixed_dictionaries({}, optional={"anyOf": several, "oneOf": several, "allOf": several}),
        st.fixed_dictionaries({}, optional={"prefixItems": several, "items": st.booleans()}),
        st.fixed_dictionaries(
            {"properties": st.dictionaries(st.sampled_from("ab"), below, max_size=2)},
            optional={"additionalProperties": st.one_of(st.booleans(), below)},
        ),
    )


SCHEMAS = st.recursive(
    st.dictionaries(st.sampled_from(sorted(KEYWORDS)), st.none(), max_size=3).flatmap(
        lambda chosen: st.fixed_dictionaries({key: KEYWORDS[key] for key in chosen})
    ),
    mapping,
    max_leaves=4,
)


@given(SCHEMAS, VALUES)
def test_a_value_fits_or_it_is_said_how_it_does_not(schema, value):
    assume(is_valid("Template", schema, "#/$defs/parameter"))
    validators, problems = read_parameters(Document("f", {}), {"p": schema})
    assert problems == []
    said = list(misfits(validators["p"], "p", schema, value))
    checker = jsonschema.FormatChecker(["date"])
    assert bool(said) != jsonschema.Draft202012Validator(schema, format_checker=checker).is_valid(value)
    for path, message, hint in said:
        assert message.isprintable()
        assert hint.isprintable()
        found = value
        for step in path:
            found = found[step]
