"""Query parameters of lists.

Source: cloud_controller_ng `app/messages/base_message.rb`, `app/messages/list_message.rb`,
`app/messages/validators.rb`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from reconciler.simulator.cloud_controller.errors import bad_query
from reconciler.simulator.cloud_controller.labels import Requirement, parse_selector
from reconciler.simulator.cloud_controller.page_numbers import page_numbers
from reconciler.simulator.entities import Labelled, Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_COMMON = ("page", "per_page", "order_by", "created_ats", "updated_ats", "guids")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
}


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What one list understands: filters, values of `include`, and columns to order by."""

    filters: tuple[str, ...]
    includes: tuple[str, ...] = ()
    orders: tuple[str, ...] = ("created_at", "updated_at")

    @property
    def known(self) -> tuple[str, ...]:
        """Every parameter, in the order of the error message."""
        return (*_COMMON, *self.filters, *(("include",) if self.includes else ()))


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The parameters of one request. `raw` holds decoded values, `values` those of comma-separated filters."""

    raw: dict[str, str]
    values: dict[str, list[str]]
    selector: tuple[Requirement, ...]
    page: int
    per_page: int

    def get(self, name: str) -> list[str] | None:
        """Give the values of a filter, or None where it was not given."""
        return self.values.get(name)

    def chosen(self, name: str) -> frozenset[str] | None:
        """Give the values of a filter as a set, or None where it was not given."""
        values = self.values.get(name)
        return None if values is None else frozenset(values)

    def includes(self, name: str) -> bool:
        """Say whether the caller wants related resources of this kind."""
        return name in self.values.get("include", ())

    def canonical(self) -> dict[str, str]:
        """Give the filters as page links repeat them; commas inside a value stay escaped."""
        values = {
            name: ",".join(item.replace("%", "%25").replace(",", "%2C") for item in items)
            for name, items in self.values.items()
        }
        if "label_selector" in self.raw:
            values["label_selector"] = self.raw["label_selector"]
        if "order_by" in self.raw:
            order = self.raw["order_by"]
            values["order_by"] = order if order[:1] in {"+", "-"} else f"+{order}"
        return values

    def matches(self, item: Resource) -> bool:
        """Apply the filters that every list has, and the label selector."""
        if self.selector and isinstance(item, Labelled):
            return all(part.matches(item.labels) for part in self.selector) and self._matches_times(item)
        return self._matches_times(item)

    def _matches_times(self, item: Resource) -> bool:
        for key, values in self.raw.items():
            name, _, operator = key.rstrip("]").partition("[")
            if name in {"created_ats", "updated_ats"}:
                stamp = getattr(item, f"{name[:7]}_at")
                if operator and not _COMPARISONS[operator](stamp, values):
                    return False
                if not operator and stamp not in values.split(","):
                    return False
        return True


def read_list_query(query: str, spec: ListSpec) -> ListQuery:
    """Read the parameters. Raise ApiError for one that is unknown or wrong."""
    raw = dict(parse_qsl(query, keep_blank_values=True))
    if raw.get("order_by", "").startswith(" "):
        # A plus sign that was not encoded has been read as a space.
        raw["order_by"] = f"+{raw['order_by'][1:]}"
    _check_known(raw, spec)
    values = {name: _split(raw[name]) for name in (*spec.filters, "guids", "include") if name in raw}
    values.pop("label_selector", None)
    _check_values(raw, values, spec)
    selector = parse_selector(raw["label_selector"]) if "label_selector" in raw else ()
    return ListQuery(raw, values, selector, *page_numbers(raw))


def _split(value: str) -> list[str]:
    # Each value is decoded once more, so that `%252C` can stand for a comma that separates nothing.
    return [unquote(item) for item in re.split(r",\s*", value)]


def _check_known(raw: Iterable[str], spec: ListSpec) -> None:
    unknown = [name for name in raw if name not in spec.known and not _is_comparison(name)]
    if unknown:
        listed = "', '".join(unknown)
        known = "', '".join(spec.known)
        raise bad_query(f"Unknown query parameter(s): '{listed}'. Valid parameters are: '{known}'")


def _is_comparison(name: str) -> bool:
    return re.fullmatch(r"(created|updated)_ats\[(lt|lte|gt|gte)\]", name) is not None


def _check_values(raw: dict[str, str], values: dict[str, list[str]], spec: ListSpec) -> None:
    unknown = [item for item in values.get("include", ()) if item not in spec.includes]
    if unknown:
        known = "', '".join(spec.includes)
        raise bad_query(f"Invalid included resource: '{unknown[0]}'. Valid included resources are: '{known}'")
    order = raw.get("order_by")
    if order and order.removeprefix("+").removeprefix("-") not in spec.orders:
        known = ", ".join(f"'{name}'" for name in spec.orders)
        raise bad_query(f"Order by can only be: {known}")
    for name, value in raw.items():
        if name.startswith(("created_ats", "updated_ats")) and not all(map(_TIME.fullmatch, value.split(","))):
            label = name[:11].replace("_", " ").capitalize()
            raise bad_query(
                f"{label} has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'"
            )


def narrowed(candidates: Iterable[Any], wanted: frozenset[str] | None, value: Callable[[Any], str]) -> Iterable[Any]:
    """Keep the candidates whose value is wanted; all of them where nothing was asked."""
    return candidates if wanted is None else (item for item in candidates if value(item) in wanted)
