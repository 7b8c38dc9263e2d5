"""Labels: selectors over them and changes to them.

Source: cloud_controller_ng `app/messages/metadata_validator_helper.rb`, `app/models/helpers/metadata_helpers.rb`,
`app/messages/validators/label_selector_requirement_validator.rb`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.simulator.cloud_controller.errors import ApiError, bad_query, unprocessable

if TYPE_CHECKING:
    from reconciler.simulator.entities import Labelled
    from reconciler.simulator.settings import Settings

MAX_REQUIREMENTS = 50
MAX_VALUE = 63
MAX_ANNOTATION = 5000

_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"(?=.{1,253}\Z)[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+")
_KEY = r"(?P<key>[^\s=!,()]+)"
_FORMS = (
    ("exists", re.compile(_KEY)),
    ("absent", re.compile(f"!{_KEY}")),
    ("equal", re.compile(rf"{_KEY}==?(?P<values>[^\s=!,()]*)")),
    ("other", re.compile(rf"{_KEY}!=(?P<values>[^\s=!,()]*)")),
    ("equal", re.compile(rf"{_KEY} in \((?P<values>[^()]*)\)")),
    ("other", re.compile(rf"{_KEY} notin \((?P<values>[^()]*)\)")),
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One part of a selector."""

    kind: str
    key: str
    values: frozenset[str]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels meet the requirement; `!=` and `notin` also accept a label that is absent."""
        value = labels.get(self.key)
        if self.kind in {"exists", "absent"}:
            return (value is None) == (self.kind == "absent")
        return (value in self.values) == (self.kind == "equal")


def parse_selector(text: str) -> tuple[Requirement, ...]:
    """Read a label selector. Raise ApiError where it is wrong."""
    if not text:
        raise bad_query("Missing label_selector value")
    parts = re.split(r",(?![^(]*\))", text)
    if len(parts) > MAX_REQUIREMENTS:
        raise bad_query("Label_selector exceeded maximum number of requirements")
    return tuple(_requirement(part) for part in parts)


def _requirement(part: str) -> Requirement:
    for kind, form in _FORMS:
        match = form.fullmatch(part)
        if match:
            values = match.groupdict().get("values")
            return Requirement(kind, match["key"], frozenset(values.split(",")) if values is not None else frozenset())
    raise bad_query("Invalid label_selector value")


def change_metadata(item: Labelled, metadata: object, settings: Settings) -> None:
    """Merge new labels and annotations in; null deletes. Raise ApiError and change nothing where one is wrong."""
    if metadata is None:
        return
    if not isinstance(metadata, Mapping):
        raise unprocessable("'metadata' is not an object")
    labels = _read(metadata, "labels", "label")
    annotations = _read(metadata, "annotations", "annotation")
    problems = [*_key_problems(labels, "label"), *_key_problems(annotations, "annotation"), *_value_problems(labels)]
    problems += [
        f"Metadata annotation value error: '{str(value)[:8]}...' is greater than {MAX_ANNOTATION} characters"
        for value in annotations.values()
        if value is not None and len(value) > MAX_ANNOTATION
    ]
    if problems:
        raise unprocessable(*problems)
    merged = _merged(item.labels, labels)
    noted = _merged(item.annotations, annotations)
    _check_limit(merged, settings.max_labels_per_resource, 390020, "CF-LabelLimitExceeded", "labels")
    _check_limit(noted, settings.max_annotations_per_resource, 390023, "CF-AnnotationLimitExceeded", "annotations")
    item.labels, item.annotations = merged, noted


def _read(metadata: Mapping[str, object], name: str, what: str) -> Mapping[str, str | None]:
    found = metadata.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise unprocessable(f"'{name}' is not an object")
    if any(value is not None and not isinstance(value, str) for value in found.values()):
        raise unprocessable(f"Metadata {what} value error: must be a string")
    return found


def _key_problems(entries: Mapping[str, str | None], what: str) -> list[str]:
    problems = []
    for key in entries:
        prefix, slash, name = key.rpartition("/")
        if slash and not _PREFIX.fullmatch(prefix):
            problems.append(f"Metadata {what} key error: prefix '{prefix}' must be in valid dns format")
        elif prefix.lower() == "cloudfoundry.org":
            problems.append(f"Metadata {what} key error: prefix 'cloudfoundry.org' is reserved")
        if not _PART.fullmatch(name):
            problems.append(f"Metadata {what} key error: '{key}' contains invalid characters")
    return problems


def _value_problems(labels: Mapping[str, str | None]) -> list[str]:
    return [
        f"Metadata label value error: '{value}' contains invalid characters"
        if len(value) <= MAX_VALUE
        else f"Metadata label value error: '{value[:8]}...' is greater than {MAX_VALUE} characters"
        for value in labels.values()
        if value and not _PART.fullmatch(value)
    ]


def _merged(old: Mapping[str, str], new: Mapping[str, str | None]) -> dict[str, str]:
    merged: dict[str, str | None] = {**old, **new}
    return {key: value for key, value in merged.items() if value is not None}


def _check_limit(entries: Mapping[str, str], limit: int, code: int, title: str, what: str) -> None:
    if len(entries) > limit:
        detail = f"Failed to add {len(entries)} {what} because it would exceed maximum of {limit}"
        raise ApiError(422, code, title, detail)
