"""What differs between two versions of one thing, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deepdiff import DeepDiff

if TYPE_CHECKING:
    from collections.abc import Mapping


def field_edits(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """List the fields that change, as `field: "old" => "new"`, sorted by field."""
    changed = DeepDiff(dict(before), dict(after), view="tree").get("values_changed", ())
    return sorted(f'{level.path(output_format="list")[0]}: "{level.t1}" => "{level.t2}"' for level in changed)
