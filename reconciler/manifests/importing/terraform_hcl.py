"""The network policies of a Terraform module: all its files together, since one may refer to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, error, warning
from reconciler.manifests.importing.declared import (
    DeclaredPolicy,
    NotImported,
    Reading,
    Unresolved,
    read_ports,
    read_protocol,
)
from reconciler.manifests.importing.hcl import parse_hcl
from reconciler.manifests.importing.hcl_nodes import Fields, Items, Reference
from reconciler.manifests.importing.hcl_values import DYNAMIC_REASON, ModuleValues, repeated_reason
from reconciler.manifests.importing.terraform import FIELDS, LISTS, POLICY_TYPES, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.manifests.importing.hcl_nodes import Block, Expression

_SHAPE = (
    "write `policy` blocks, or `policies` as a list of objects, with source_app, destination_app, port and protocol"
)


def read_terraform_module(files: Mapping[str, bytes]) -> Reading:
    """Read the network policies of the files of one folder. What only Terraform can work out is listed, not guessed."""
    blocks: list[Block] = []
    diagnostics: list[Diagnostic] = []
    for file, content in files.items():
        found, problems = parse_hcl(file, content)
        blocks += found
        diagnostics += problems
    reader = _Reader(ModuleValues(blocks), diagnostics)
    for block in blocks:
        if block.kind == "resource" and len(block.labels) == 2 and block.labels[0] in POLICY_TYPES:  # noqa: PLR2004 - a type and a name
            reader.resource(block)
    if not (reader.policies or reader.not_imported or diagnostics) and files:
        span = Span(min(files), 1, 1)
        diagnostics.append(
            warning("nothing-to-import", "no cloudfoundry_network_policy is in the files of this folder", span)
        )
    return Reading(
        policies=tuple(reader.policies), not_imported=tuple(reader.not_imported), diagnostics=tuple(diagnostics)
    )


class _Reader:
    def __init__(self, values: ModuleValues, diagnostics: list[Diagnostic]) -> None:
        self._values = values
        self._diagnostics = diagnostics
        self.policies: list[DeclaredPolicy] = []
        self.not_imported: list[NotImported] = []

    def resource(self, block: Block) -> None:
        name = ".".join(block.labels)
        repeated = repeated_reason(block)
        if repeated is not None:
            self.not_imported.append(NotImported(block.span, name, repeated))
            return
        for inner in block.blocks:
            if inner.kind in LISTS:
                self._policy(inner.span, inner.attributes)
            elif inner.kind == "dynamic" and inner.labels and inner.labels[0] in LISTS:
                self.not_imported.append(NotImported(inner.span, f"{name}, dynamic {inner.labels[0]}", DYNAMIC_REASON))
        for key in LISTS:
            if key in block.attributes:
                self._list(block.attributes[key], name, key)

    def _list(self, value: Expression, name: str, key: str) -> None:
        if not isinstance(value, Items):
            self.not_imported.append(NotImported(value.span, f"{name}.{key}", DYNAMIC_REASON))
            return
        for item in value.items:
            if isinstance(item, Fields):
                self._policy(item.span, item.fields)
            else:
                self.not_imported.append(NotImported(item.span, f"an item of {name}.{key}", DYNAMIC_REASON))

    def _policy(self, span: Span, fields: Mapping[str, Expression]) -> None:
        missing = [name for name in REQUIRED if name not in fields]
        unknown = sorted(fields.keys() - FIELDS)
        for name in missing:
            self._diagnostics.append(error("wrong-shape", f"this policy has no `{name}`", span, hint=_SHAPE))
        for name in unknown:
            message = f"a policy has no `{name}`"
            self._diagnostics.append(error("wrong-shape", message, fields[name].span, hint=_SHAPE))
        if missing:
            return
        source, destination = (self._values.app(fields[name]) for name in REQUIRED[:2])
        port, protocol = self._values.text(fields["port"]), self._protocol(fields.get("protocol"))
        for found in (port, protocol):
            if isinstance(found, Unresolved):
                what = f"{source} -> {destination}, {found}"
                self.not_imported.append(NotImported(span, what, found.reason))
                return
        ports = read_ports(port, fields["port"].span)
        kind = read_protocol(protocol, fields["protocol"].span if "protocol" in fields else span)
        self._diagnostics += [item for item in (ports, kind) if isinstance(item, Diagnostic)]
        if not isinstance(ports, Diagnostic) and not isinstance(kind, Diagnostic):
            self.policies.append(DeclaredPolicy(span, source, destination, kind, ports))

    def _protocol(self, value: Expression | None) -> str | Unresolved | None:
        """Work out a protocol; `null` is as good as nothing."""
        if value is None or (isinstance(value, Reference) and value.steps == ("null",)):
            return None
        return self._values.text(value)
