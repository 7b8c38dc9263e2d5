"""An app entry that uses a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from reconciler.manifests.parsing import marks
    from reconciler.manifests.parsing.parsed import Document


class TemplatedEntry(NamedTuple):
    """An app entry that uses a template: where it stands, and what it says."""

    document: Document
    number: int
    data: dict[str, Any]
    mark: marks.Mark

    @property
    def path(self) -> tuple[str | int, ...]:
        """The path of the use in its document."""
        return ("apps", self.number, "template")

    @property
    def place(self) -> int:
        """The position of the `template` key, where everything stands that the template gives."""
        position: int = self.mark[1]["template"][0]
        return position

    @property
    def given(self) -> dict[str, Any]:
        """The values of the parameters."""
        values: dict[str, Any] = self.data["template"].get("with", {})
        return values

    @property
    def given_marks(self) -> dict[str, marks.Mark]:
        """The marks of those values."""
        use = self.mark[1]["template"][1][1]
        return {name: mark for name, (_, mark) in use["with"][1][1].items()} if "with" in use else {}
