"""What expressions of a Terraform module come to, as far as the module's own files tell without running Terraform."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.manifests.importing.declared import AppGuid, Unresolved
from reconciler.manifests.importing.hcl_nodes import Block, Fields, Items, Reference, Text
from reconciler.manifests.importing.terraform import APP_TYPES, ORG_TYPES, SPACE_TYPES
from reconciler.model.names import AppRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.manifests.importing.declared import End
    from reconciler.manifests.importing.hcl_nodes import Expression

MAX_STEPS = 32
"""How often a value may lead to another one."""

MAX_TEXT = 2_000
"""The longest text that is put together: names are far shorter, and locals that double each other are not."""

_USE_THE_STATE = "import the state, where Terraform has worked it out (`terraform state pull`)"
_REPEATED = ("count", "for_each")
_GUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IDENTITY = {"id", "id_bg"}

_NAMING_TYPES = APP_TYPES | SPACE_TYPES | ORG_TYPES
_NAMES = {"name", "space_name", "org_name"}

Key = tuple[str, ...]


class ModuleValues:
    """The values of one module: its locals, and the resources and data sources that name apps, spaces and orgs."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._locals: dict[str, Expression] = {}
        self._named: dict[Key, Block] = {}
        self._known: dict[Key, str | Unresolved] = {}
        for block in blocks:
            if block.kind == "locals":
                self._locals |= block.attributes
            elif block.kind in {"resource", "data"} and len(block.labels) == 2:  # noqa: PLR2004 - a type and a name
                self._named[block.kind, *block.labels] = block

    def app(self, value: Expression) -> End:
        """Say which app an attribute such as `source_app` means."""
        for _ in range(MAX_STEPS):
            reference = _reference_in(value)
            known = None if reference is None else self._local(reference)
            if known is None:
                break
            value = known
        if reference is None:
            found = self.text(value)
            return AppGuid(found) if isinstance(found, str) else found
        block = self._block(reference, APP_TYPES)
        if isinstance(block, Unresolved):
            return block
        if reference.steps[-1] not in _IDENTITY:
            return Unresolved(str(reference), "this is no attribute that identifies an app")
        return self._address(block, str(reference))

    def _local(self, reference: Reference) -> Expression | None:
        match reference.steps:
            case ("local", name):
                return self._locals.get(name)
        return None

    def _address(self, block: Block, written: str) -> End:
        """Put the names of an app together: as the official provider has them, or by the space it refers to."""
        name = self._attribute(block, "name", "name_or_id")
        if isinstance(name, str) and "name_or_id" in block.attributes and _GUID.fullmatch(name):
            return AppGuid(name)
        space, org = self._attribute(block, "space_name"), self._attribute(block, "org_name")
        if isinstance(space, Unresolved) and "space" in block.attributes:
            space, org = self._space(block.attributes["space"])
        for part in (name, space, org):
            if isinstance(part, Unresolved):
                return Unresolved(written, part.reason)
        return AppRef(str(org), str(space), str(name))

    def _space(self, value: Expression) -> tuple[str | Unresolved, str | Unresolved]:
        """Name a space by the reference to it, and its organization."""
        block = self._referred(value, SPACE_TYPES, "its space is given by GUID")
        if isinstance(block, Unresolved):
            return block, block
        org = self._attribute(block, "org_name")
        if isinstance(org, Unresolved) and "org" in block.attributes:
            found = self._referred(block.attributes["org"], ORG_TYPES, "its organization is given by GUID")
            org = found if isinstance(found, Unresolved) else self._attribute(found, "name")
        return self._attribute(block, "name"), org

    def _referred(self, value: Expression, types: frozenset[str], otherwise: str) -> Block | Unresolved:
        reference = _reference_in(value)
        if reference is None:
            return Unresolved("", f"{otherwise}; {_USE_THE_STATE}")
        return self._block(reference, types)

    def _attribute(self, block: Block, *names: str) -> str | Unresolved:
        for name in names:
            if name in block.attributes:
                return self.text(block.attributes[name])
        return Unresolved(names[0], f"`{'.'.join(block.labels)}` has no `{names[0]}`")

    def text(self, value: Expression, steps: int = MAX_STEPS) -> str | Unresolved:
        """Work out a text, or say why Terraform has to."""
        if isinstance(value, Reference):
            return self._referred_text(value, steps)
        if not isinstance(value, Text):
            return Unresolved(_shown(value), f"only Terraform can work this out; {_USE_THE_STATE}")
        parts: list[str] = []
        length = 0
        for part in value.parts:
            found = part if isinstance(part, str) else self.text(part, steps - 1)
            if isinstance(found, Unresolved):
                return found
            parts.append(found)
            length += len(found)
            if length > MAX_TEXT:
                return Unresolved(_shown(value), "this comes to more text than a name has")
        return "".join(parts)

    def _referred_text(self, reference: Reference, steps: int) -> str | Unresolved:
        """Follow a reference to a text. Each is followed once: locals may be built of other locals, twice each."""
        known = self._known.get(reference.steps)
        if known is None:
            value = self._value(reference) if steps > 0 else None
            known = _elsewhere(reference) if value is None else self.text(value, steps - 1)
            if isinstance(known, Unresolved):
                # What a local holds may be a secret; what is shown is what leads there.
                known = Unresolved(str(reference), known.reason)
            self._known[reference.steps] = known
        return known

    def _value(self, reference: Reference) -> Expression | None:
        """Give what the files say that a reference is; None if they do not."""
        match reference.steps:
            case ("local", _):
                return self._local(reference)
            case ("data", kind, name, attribute):
                block = self._named.get(("data", kind, name))
            case (kind, name, attribute):
                block = self._named.get(("resource", kind, name))
            case _:
                return None
        if block is None or block.labels[0] not in _NAMING_TYPES or attribute not in _NAMES:
            return None
        return None if repeated_reason(block) else block.attributes.get(attribute)

    def _block(self, reference: Reference, types: frozenset[str]) -> Block | Unresolved:
        """Find the resource or data source that a reference names."""
        steps = reference.steps
        key = ("data", *steps[1:3]) if steps[0] == "data" else ("resource", *steps[:2])
        length = 4 if steps[0] == "data" else 3
        block = self._named.get(key)
        if block is None or block.labels[0] not in types:
            return _elsewhere(reference)
        repeated = repeated_reason(block)
        if repeated is not None:
            return Unresolved(str(reference), repeated)
        return block if len(steps) == length else _elsewhere(reference)


def _reference_in(value: Expression) -> Reference | None:
    """Give the reference that a value is, bare or alone in a quoted text: `"${a.b.id}"` means `a.b.id`."""
    if isinstance(value, Text) and len(value.parts) == 1 and isinstance(value.parts[0], Reference):
        return value.parts[0]
    return value if isinstance(value, Reference) else None


def _elsewhere(reference: Reference) -> Unresolved:
    what = {
        "var": "a variable",
        "module": "the output of a module",
        "each": "one of several",
        "count": "one of several",
    }
    kind = what.get(reference.steps[0], "defined in no file that is imported, or only known to Terraform")
    return Unresolved(str(reference), f"this is {kind}; {_USE_THE_STATE}")


def _shown(value: Expression) -> str:
    if isinstance(value, Text):
        return "".join(part if isinstance(part, str) else f"${{{_shown(part)}}}" for part in value.parts)
    if isinstance(value, Items | Fields):
        return "[...]" if isinstance(value, Items) else "{...}"
    return str(value) if isinstance(value, Reference) else value.text


def repeated_reason(block: Block) -> str | None:
    """Say why a block stands for any number of resources; None if for one."""
    found = next((name for name in _REPEATED if name in block.attributes), None)
    return None if found is None else f"`{'.'.join(block.labels)}` has `{found}`; {_USE_THE_STATE}"


DYNAMIC_REASON = f"only Terraform knows which blocks this gives; {_USE_THE_STATE}"
"""Why a `dynamic` block is not read."""
