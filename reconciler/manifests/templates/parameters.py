"""The parameters of a template: JSON Schemas that are safe to run, and the verdict on values.

The schemas come with the manifests and are as hostile as they are. What is checked here takes time in proportion to
schema times value: there are no references, and regular expressions run on an engine that does not backtrack.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.text import kind_of, kinds_wanted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.manifests.parsing.parsed import Document

MAX_SCHEMA_VALUES = 500
"""How many values the schemas of one template may hold: every value of every use is held against them."""

_MAX_TOLD = 20
"""How much is said about the value of one parameter."""

_PATTERN_BYTES = 1_000_000
"""How much memory a compiled pattern may take."""

Validators = dict[str, jsonschema_rs.Draft202012Validator]


def size_of(value: Any) -> int:  # noqa: ANN401 - any data
    """Count the values of which a value consists, itself included."""
    count, waiting = 0, [value]
    while waiting:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return count


def read_parameters(
    document: Document, schemas: Mapping[str, Mapping[str, Any]]
) -> tuple[Validators, list[Diagnostic]]:
    """Make a validator for each parameter, or say what is wrong with its schema or its default."""
    if size_of(schemas) > MAX_SCHEMA_VALUES:
        message = f"the schemas of these parameters hold more than {MAX_SCHEMA_VALUES} values"
        hint = "make them simpler, or make two templates of it"
        return {}, [error("bad-parameter-schema", message, document.key_span("parameters"), hint=hint)]
    validators: Validators = {}
    problems: list[Diagnostic] = []
    for name, schema in schemas.items():
        try:
            validators[name] = _validator(schema)
        except jsonschema_rs.ValidationError as problem:
            problems.append(_refused(document, name, problem))
            continue
        if "default" in schema and not validators[name].is_valid(schema["default"]):
            message = f"the default of parameter {shown(name)} does not fit its own schema"
            hint = "correct the default or the schema; without a default every use gives a value"
            problems.append(error("bad-default", message, document.span("parameters", name, "default"), hint=hint))
    return validators, problems


def _validator(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    engine = jsonschema_rs.RegexOptions(size_limit=_PATTERN_BYTES, dfa_size_limit=_PATTERN_BYTES)
    return jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, pattern_options=engine)


def _refused(document: Document, name: str, problem: jsonschema_rs.ValidationError) -> Diagnostic:
    span = document.span("parameters", name, *problem.instance_path)
    if problem.instance_path and problem.instance_path[-1] == "pattern":
        message = f"{shown(problem.instance)} is not a regular expression that c2c runs"
        hint = "check its brackets; look-around, back-references and large repetitions are not part of it"
        return error("bad-parameter-schema", message, span, hint=hint)
    message = f"the schema of parameter {shown(name)} is not a JSON Schema"
    hint = "write one of draft 2020-12, such as {type: string}"
    return error("bad-parameter-schema", message, span, hint=hint)


def misfits(
    validator: jsonschema_rs.Draft202012Validator,
    name: str,
    schema: Mapping[str, Any],
    value: Any,  # noqa: ANN401
) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Say where in a value, and how, it does not fit the schema of its parameter, with a hint; nothing if it fits."""
    if validator.is_valid(value):
        return
    told = set()
    for problem in islice(validator.iter_errors(value), _MAX_TOLD):
        path = tuple(problem.instance_path)
        if path not in told:
            told.add(path)
            yield path, _said(name, schema, problem), _hint(schema)


def _said(name: str, schema: Mapping[str, Any], problem: jsonschema_rs.ValidationError) -> str:
    path = problem.instance_path
    what = f"an item of {shown(name)}" if path and isinstance(path[-1], int) else shown(path[-1] if path else name)
    keyword = str(problem.schema_path[-1]) if problem.schema_path else "false"
    wanted = _at(schema, problem.schema_path)
    if keyword == "type" and problem.instance is None:
        return f"{what} has no value; it must be {kinds_wanted(wanted)}"
    if keyword == "type":
        return f"{what} must be {kinds_wanted(wanted)}; this is {kind_of(problem.instance)}"
    return f"{what} does not keep to {shown(f'{keyword}: {_written(wanted)}')} of the template"


def _at(schema: Any, path: list[str | int]) -> Any:  # noqa: ANN401 - any part of a schema
    for step in path:
        schema = schema[step]
    return schema


def _hint(schema: Mapping[str, Any]) -> str:
    if "description" in schema:
        return f"the template says of it: {shown(schema['description'])}"
    bare = {key: value for key, value in schema.items() if key not in ("default", "examples", "title", "$comment")}
    return f"the template wants {shown(_written(bare))}"


def _written(value: Any) -> str:  # noqa: ANN401 - any data
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
