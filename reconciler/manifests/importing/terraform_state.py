"""Terraform's state, version 4: the network policies in it, and the names of the apps that it knows.

A state may hold any secret. Only the network policies are read, and of apps, spaces and organizations their ids and
names; nothing else is looked at, kept or shown, not even in a message about a mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from reconciler.diagnostics import Diagnostic, Span, error, warning
from reconciler.manifests.importing.declared import (
    AppGuid,
    DeclaredPolicy,
    NotImported,
    Reading,
    Unresolved,
    read_ports,
    read_protocol,
)
from reconciler.manifests.importing.terraform import APP_TYPES, LISTS, ORG_TYPES, POLICY_TYPES, REQUIRED, SPACE_TYPES
from reconciler.manifests.parsing.reading import MAX_MANIFEST_BYTES
from reconciler.manifests.parsing.source import parse_documents
from reconciler.model.names import AppRef, SpaceRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.importing.declared import End
    from reconciler.manifests.parsing.parsed import Document

VERSION = 4
"""The format since Terraform 0.12."""

MAX_STATE_BYTES = 256 * 1024 * 1024
"""The largest state that is read. Beyond the size of a manifest, positions are those of the file."""

_PULL = "write the state with `terraform state pull > FILE`"
_SHAPE = "the provider's schema is not one that is known here: please report it, without the state"

Json = dict[str, Any]
Path = tuple[str | int, ...]


def read_terraform_state(file: str, content: bytes) -> Reading:
    """Read the network policies of a state, and the names that it gives to apps."""
    start = Span(file, 1, 1)
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        span = Span(file, problem.lineno, problem.colno)
        return Reading(diagnostics=(error("json-syntax", f"not JSON: {problem.msg}", span, hint=_PULL),))
    unsupported = _unsupported(data, start)
    if unsupported is not None:
        return Reading(diagnostics=(unsupported,))
    reader = _Reader(file, content, data)
    reader.read()
    if not (reader.policies or reader.not_imported or reader.diagnostics):
        reader.diagnostics.append(
            warning("nothing-to-import", "no cloudfoundry_network_policy is in this state", start)
        )
    return Reading(
        policies=tuple(reader.policies),
        not_imported=tuple(reader.not_imported),
        names=reader.names,
        diagnostics=tuple(reader.diagnostics),
    )


def _unsupported(data: object, start: Span) -> Diagnostic | None:
    if isinstance(data, dict) and "format_version" in data:
        message = "this is what `terraform show -json` prints, not the state itself"
    elif not isinstance(data, dict) or not isinstance(data.get("resources"), list):
        message = "this is not a Terraform state with its resources"
    elif data.get("version") != VERSION:
        message = f"this state is not of version {VERSION}"
    else:
        return None
    return error("unsupported-state", message, start, hint=_PULL)


class _Reader:
    def __init__(self, file: str, content: bytes, data: Json) -> None:
        self._file = file
        self._content = content
        self._data = data
        self._document: Document | None = None
        self._located = False
        self.names: dict[str, AppRef] = {}
        self.policies: list[DeclaredPolicy] = []
        self.not_imported: list[NotImported] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self) -> None:
        self.names = self._apps()
        for attributes, path, number in self._instances(POLICY_TYPES):
            resource = self._data["resources"][number]
            name = f"{resource['type']}.{resource.get('name', '')}"
            if not any(key in attributes for key in LISTS):
                self._wrong("this network policy holds no policies", path)
            for key in LISTS:
                self._list(attributes.get(key), (*path, key), name)

    def _instances(self, types: frozenset[str]) -> Iterator[tuple[Json, Path, int]]:
        """Give the attributes of every current instance of some types, their place, and the number of the resource."""
        for number, resource in enumerate(self._data["resources"]):
            if not isinstance(resource, dict) or resource.get("type") not in types:
                continue
            path: Path = ("resources", number, "instances")
            instances = resource.get("instances")
            for index, instance in enumerate(instances if isinstance(instances, list) else [None]):
                attributes = instance.get("attributes") if isinstance(instance, dict) else None
                if isinstance(attributes, dict) and not instance.get("deposed"):
                    yield attributes, (*path, index, "attributes"), number
                elif types is POLICY_TYPES:
                    self._not_current(instance, resource, (*path, index))

    def _not_current(self, instance: object, resource: Json, path: Path) -> None:
        if not isinstance(instance, dict) or not instance.get("deposed"):
            self._wrong("this network policy has no attributes", path)
            return
        what = f"{resource['type']}.{resource.get('name', '')}"
        reason = "it is deposed: Terraform has replaced it, and is about to delete it"
        self.not_imported.append(NotImported(self._span(path), what, reason))

    def _apps(self) -> dict[str, AppRef]:
        """Name the apps: the official provider keeps all three names, the community provider the space's GUID."""
        orgs = {
            found["id"]: found["name"] for found, *_ in self._instances(ORG_TYPES) if _has_text(found, "id", "name")
        }
        spaces = {
            found["id"]: SpaceRef(orgs[found["org"]], found["name"])
            for found, *_ in self._instances(SPACE_TYPES)
            if _has_text(found, "id", "name", "org") and found["org"] in orgs
        }
        apps = {}
        for found, *_ in self._instances(APP_TYPES):
            if _has_text(found, "id", "name", "space_name", "org_name"):
                ref = AppRef(found["org_name"], found["space_name"], found["name"])
            elif _has_text(found, "id", "name", "space") and found["space"] in spaces:
                ref = AppRef(*spaces[found["space"]], found["name"])
            else:
                continue
            apps[found["id"]] = ref
            if _has_text(found, "id_bg"):
                apps[found["id_bg"]] = ref
        return apps

    def _list(self, value: object, path: Path, name: str) -> None:
        if value is None:
            return
        if not isinstance(value, list):
            self._wrong("this is not a list of policies", path)
            return
        for number, item in enumerate(value):
            self._policy(item, (*path, number), name)

    def _policy(self, item: object, path: Path, name: str) -> None:
        if not isinstance(item, dict) or any(key not in item for key in REQUIRED):
            self._wrong(f"a policy of {name} lacks one of {', '.join(REQUIRED)}", path)
            return
        ports = read_ports(item["port"], self._span((*path, "port")))
        protocol = read_protocol(item.get("protocol") or None, self._span((*path, "protocol")))
        self.diagnostics += [found for found in (ports, protocol) if isinstance(found, Diagnostic)]
        if isinstance(ports, Diagnostic) or isinstance(protocol, Diagnostic):
            return
        source, destination = _end(item["source_app"]), _end(item["destination_app"])
        self.policies.append(DeclaredPolicy(self._span(path), source, destination, protocol, ports))

    def _wrong(self, message: str, path: Path) -> None:
        self.diagnostics.append(error("wrong-shape", message, self._span(path), hint=_SHAPE))

    def _span(self, path: Path) -> Span:
        """Give the place of a value. JSON is YAML, so the manifests' reader finds it; where it cannot, the file's."""
        if not self._located:
            self._located = True
            if len(self._content) <= MAX_MANIFEST_BYTES:
                documents, problems = parse_documents(self._file, self._content)
                self._document = documents[0] if len(documents) == 1 and not problems else None
        return self._document.span(*path) if self._document else Span(self._file, 1, 1)


def _has_text(found: Json, *names: str) -> bool:
    return all(isinstance(found.get(name), str) and found[name] for name in names)


def _end(value: object) -> End:
    if isinstance(value, str) and value:
        return AppGuid(value)
    return Unresolved("(no app)", "Terraform does not know this app yet; run `terraform apply`, and import again")
