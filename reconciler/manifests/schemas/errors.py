"""What is wrong with a document, in words: every broken rule of its schema once, at its place, without echoes.

The schemas carry the words for single values themselves, as `errorMessage`, which editors show too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.schemas.verdict import MAX_PROBLEMS, is_valid, load_schema
from reconciler.manifests.text import Speller, kind_of, kinds_wanted, shown, suggest

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from reconciler.diagnostics import Span
    from reconciler.manifests.parsing.parsed import Document

    Path = tuple[str | int, ...]

_PRIORITY = {"type": 0, "minLength": 1, "minItems": 1, "const": 1, "enum": 1, "not": 1}
"""Which of several errors about one value is the one to tell; the lower first."""

_MAX_ERRORS = 10 * MAX_PROBLEMS
"""How many errors are asked for. Several may be about one value; millions would not fit into memory."""

_OTHER_WORDS = {
    "source": "from", "sources": "from", "callers": "from", "allow": "ingress", "inbound": "ingress", "reason": "why",
    "expires": "until", "organization": "org", "organisation": "org", "domain": "routes", "names": "match",
    "namespace": "space", "team": "owner", "hostnames": "routes", "policies": "network_policies",
    "orgs": "organizations",
}  # fmt: skip
"""What people write who know another tool."""


def explain(schema: Mapping[str, Any], document: Document) -> list[Diagnostic]:
    """Give the diagnostics for a document that does not fit the schema, which is that of the kind in its title."""
    found = _validator(schema["title"]).iter_errors(document.data)
    errors = sorted(islice(found, _MAX_ERRORS), key=_weight)
    told = _Told(document)
    for problem in errors:
        told.tell(problem)
    return told.diagnostics()


@lru_cache
def _validator(kind: str) -> Any:  # noqa: ANN401 - made by jsonschema at run time
    """Make a validator that reads patterns and days as the fast one does, so that the two never disagree.

    Two rules are its own, for time: which items of a list are worth a look, and whether two are the same.
    """

    def pattern(_validator: object, wanted: str, value: object, _schema: object) -> Iterator[Any]:
        # In Python `$` also matches before a final line break; in JSON Schema it does not.
        if isinstance(value, str) and not re.search(wanted.replace("$", r"\Z"), value):
            yield jsonschema.ValidationError("does not match")

    def items(validator: Any, wanted: Any, value: object, _schema: object) -> Iterator[Any]:  # noqa: ANN401 - jsonschema's
        reference = wanted.get("$ref") if len(wanted) == 1 else None
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if reference is None or not is_valid(kind, item, reference):
                yield from validator.descend(item, wanted, path=index)

    def unique_items(_validator: object, wanted: object, value: object, _schema: object) -> Iterator[Any]:
        if wanted and isinstance(value, list) and len({_identity(item) for item in value}) < len(value):
            yield jsonschema.ValidationError("names something twice")

    rules = {"pattern": pattern, "items": items, "uniqueItems": unique_items}
    extended: Any = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
        jsonschema.Draft202012Validator, rules
    )
    return extended(load_schema(kind), format_checker=jsonschema.FormatChecker(["date"]))


def _identity(value: Any) -> Hashable:  # noqa: ANN401 - any JSON value
    """Give what is equal for values that JSON Schema calls equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, list):
        return (list, tuple(map(_identity, value)))
    if isinstance(value, dict):
        return (dict, frozenset((key, _identity(item)) for key, item in value.items()))
    return value  # type: ignore[no-any-return]


def _weight(problem: Any) -> tuple[int, int]:  # noqa: ANN401 - jsonschema's error
    return (_PRIORITY.get(problem.validator, 2), len(problem.absolute_path))


class _Told:
    """What has been said about one document, so that nothing is said twice and nothing only as an echo."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._values: dict[Path, Diagnostic] = {}
        self._unknown: dict[Path, Diagnostic] = {}
        self._missing: dict[Path, Diagnostic] = {}
        self._either: dict[Path, Diagnostic] = {}
        self._meant: set[Path] = set()
        self._speller = Speller()

    def tell(self, problem: Any) -> None:  # noqa: ANN401 - jsonschema's error
        """Take in one broken rule."""
        path: Path = tuple(problem.absolute_path)
        if problem.validator == "additionalProperties":
            self._tell_unknown(path, problem)
        elif problem.validator == "required":
            for key in problem.validator_value:
                if key not in problem.instance:
                    self._missing[(*path, key)] = _missing(key, problem, self._document.span(*path))
        elif problem.validator == "anyOf":
            self._either[path] = error("missing-key", _advice(problem), self._document.span(*path))
        elif path not in self._values:
            self._values[path] = self._about_value(path, problem)

    def diagnostics(self) -> list[Diagnostic]:
        """Give everything that is worth saying. A key that is there under a misspelled name is not missing too."""
        missing = (told for path, told in self._missing.items() if path not in self._meant)
        met = {path[:-1] for path in self._meant}
        either = (told for path, told in self._either.items() if path not in met)
        return [*self._values.values(), *self._unknown.values(), *missing, *either]

    def _tell_unknown(self, path: Path, problem: Any) -> None:  # noqa: ANN401 - as above
        known = {key: part for key, part in problem.schema["properties"].items() if "not" not in part}
        not_here = problem.schema["properties"].keys() - known.keys()
        for key in problem.instance:
            if key not in known and key not in not_here and (*path, key) not in self._unknown:
                span = self._document.key_span(*path, key)
                self._unknown[(*path, key)] = self._about_key(path, key, known, problem.instance, span)

    def _about_key(
        self, path: Path, key: str, known: Mapping[str, Any], instance: Mapping[str, Any], span: Span
    ) -> Diagnostic:
        absent = [name for name in known if name not in instance]
        meant = _OTHER_WORDS.get(key.lower())
        if meant not in absent:
            meant = self._speller.suggest(key, absent)
        if meant in absent:
            self._meant.add((*path, meant))
            return error("unknown-key", f"there is no key {shown(key)} here", span, hint=f"did you mean `{meant}`?")
        hint = "known here: " + ", ".join(sorted(known))
        return error("unknown-key", f"there is no key {shown(key)} here", span, hint=hint)

    def _about_value(self, path: Path, problem: Any) -> Diagnostic:  # noqa: ANN401 - as above
        span = self._document.span(*path)
        if problem.validator == "type":
            return _wrong_type(_name(path), problem, span)
        code, message = _verdict(path, problem)
        return error(code, message, span, hint=_hint(problem))


def _verdict(path: Path, problem: Any) -> tuple[str, str]:  # noqa: ANN401 - jsonschema's error
    """Give code and message for a value of the right type that is not allowed."""
    name = _name(path)
    if path == ("apiVersion",):
        return "unknown-api-version", f"there is no apiVersion {shown(problem.instance)}"
    if problem.validator == "not":
        return "misplaced-key", f"{name} does not belong here"
    if problem.validator == "uniqueItems":
        return "duplicate-item", f"{name} names something twice"
    if problem.instance in ("", [], {}):
        return "empty-value", f"{name} is empty"
    if problem.validator == "maxLength":
        return "too-long", f"{name} is longer than {problem.validator_value} characters"
    value = "this value" if _is_secret(path) else shown(problem.instance)
    return "bad-value", f"{value} is not right for {name}"


def _is_secret(path: Path) -> bool:
    """Say whether a value may hold a secret, which no message repeats: an address with a password in it does."""
    return any(step in _SECRETS for step in path[-2:])


_SECRETS = frozenset(("api", "password", "secret", "environment"))


def _name(path: Path) -> str:
    """Name a value by its key; an item of a list by the key of the list."""
    keys = [step for step in path if isinstance(step, str)]
    if not keys:
        return "the document"
    return f"`{keys[-1]}`" if isinstance(path[-1], str) else f"an item of `{keys[-1]}`"


def _advice(problem: Any) -> str:  # noqa: ANN401 - jsonschema's error
    advice: str = problem.schema.get("errorMessage", "see `c2c schema` for what may stand here")
    return advice


def _hint(problem: Any) -> str:  # noqa: ANN401 - as above
    if problem.validator == "uniqueItems":
        return "keep one of the two"
    if problem.validator == "enum" and isinstance(problem.instance, str):
        meant = suggest(problem.instance, [str(choice) for choice in problem.validator_value])
        if meant is not None:
            return f"did you mean {shown(meant)}?"
    return _advice(problem)


def _missing(key: str, problem: Any, span: Span) -> Diagnostic:  # noqa: ANN401 - as above
    known = problem.schema.get("properties", {})
    part = known.get(key, {})
    hint = part.get("errorMessage") or part.get("else", {}).get("errorMessage") or _MISSING_HINTS.get(key)
    return error("missing-key", f"`{key}` is missing", span, hint=hint)


_MISSING_HINTS = {
    "name": "write `name:` and what it is called",
    "org": "write `org:` and the name of the organization",
    "space": "write `space:` and the name of the space",
    "apps": "list the apps, or write `manages: space`",
    "apiVersion": "write `apiVersion: c2c/v1`",
    "port": "write the port the app listens on; only `tls: auto` does without",
    "from": "name who may call: app, space/app or org/space/app",
    "app": "write what an app that uses the template gets, such as `ports:` and `ingress:`",
    "limits": "write at least one limit, such as `tls: [auto]`",
    "guardrail": "write the name of the guardrail from which this is an exception",
    "why": "say why, and name a ticket if there is one",
    "until": "write the last day as year-month-day, such as 2027-01-31",
}


def _wrong_type(name: str, problem: Any, span: Span) -> Diagnostic:  # noqa: ANN401 - as above
    value = problem.instance
    wanted = problem.validator_value if isinstance(problem.validator_value, list) else [problem.validator_value]
    expected = kinds_wanted(wanted)
    if value is None:
        message = f"{name} has no value; it must be {expected}"
        return error("wrong-type", message, span, hint=_advice(problem))
    message = f"{name} must be {expected}; this is {kind_of(value)}"
    hint = "if it is meant as text, put it in quotes" if _fits_in_quotes(problem, wanted) else _advice(problem)
    return error("wrong-type", message, span, hint=hint)


def _fits_in_quotes(problem: Any, wanted: list[str]) -> bool:  # noqa: ANN401 - as above
    """Say whether a number, true or false was probably meant as a text, which YAML cannot know."""
    if "string" not in wanted or not isinstance(problem.instance, bool | int | float) or "format" in problem.schema:
        return False
    return re.search(problem.schema.get("pattern", ""), shown(problem.instance)[1:-1]) is not None
