"""Names and GUIDs of what one reading found, both ways. It does not change after the reading."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.errors import NotFoundError
from reconciler.model.names import AppRef, SpaceRef, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.cf.cloud_controller import AppRow, DomainRow, RouteRow
    from reconciler.cf.paging import OrgRow, SpaceRow
    from reconciler.model.route import InternalRoute

_STALE_READING = "it was not there when the platform was read; plan again"


@dataclass(frozen=True, slots=True)
class Directory:
    """GUID to name in the live spelling, and folded name to GUID; `hosts` are the live spellings of routes."""

    spaces: Mapping[str, SpaceRef] = field(default_factory=dict)
    apps: Mapping[str, AppRef] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    space_guids: Mapping[SpaceRef, str] = field(default_factory=dict)
    app_guids: Mapping[AppRef, str] = field(default_factory=dict)
    domain_guids: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[InternalRoute, str] = field(default_factory=dict)

    def app_guid(self, app: AppRef) -> str:
        """Find an app. Raise NotFoundError if the reading did not."""
        return self._found(self.app_guids.get(app.folded), f"the app {app}")

    def space_guid(self, space: SpaceRef) -> str:
        """Find a space. Raise NotFoundError if the reading did not."""
        return self._found(self.space_guids.get(space.folded), f"the space {space}")

    def domain_guid(self, domain: str) -> str:
        """Find an internal domain. Raise NotFoundError if the reading did not."""
        return self._found(self.domain_guids.get(fold(domain)), f"the internal domain {domain}")

    @staticmethod
    def _found(guid: str | None, what: str) -> str:
        if guid is None:
            raise NotFoundError(f"{what} is not known", hint=_STALE_READING)
        return guid


def name_spaces(spaces: Iterable[SpaceRow], orgs: Mapping[str, OrgRow]) -> dict[str, SpaceRef]:
    """Name the spaces whose organization is known."""
    return {space.guid: SpaceRef(orgs[space.org_guid].name, space.name) for space in spaces if space.org_guid in orgs}


def build_directory(spaces: Mapping[str, SpaceRef], apps: Iterable[AppRow], domains: Iterable[DomainRow]) -> Directory:
    """Index what was read."""
    domain_names = {domain.guid: fold(domain.name) for domain in domains}
    empty = Directory(domains=domain_names, domain_guids={name: guid for guid, name in domain_names.items()})
    return extended(empty, spaces, apps, {})


def extended(
    directory: Directory,
    spaces: Mapping[str, SpaceRef],
    apps: Iterable[AppRow],
    routes: Mapping[InternalRoute, RouteRow],
) -> Directory:
    """Index the apps that were read later, too, and the routes. `spaces` are all that are known by now.

    Two apps can share a name when one was deleted and made again between two pages; lists come in the order of
    creation, so the later one has the name and the other has none.
    """
    homes = {guid: (name, name.folded) for guid, name in spaces.items()}
    named, app_guids = dict(directory.apps), dict(directory.app_guids)
    for app in apps:
        home = homes.get(app.space_guid)
        if home is not None:
            name, folded = home
            address = AppRef(folded.org, folded.space, fold(app.name))
            if address in app_guids:
                named.pop(app_guids[address], None)
            named[app.guid] = AppRef(name.org, name.space, app.name)
            app_guids[address] = app.guid
    return replace(
        directory,
        spaces=spaces,
        apps=named,
        space_guids={folded: guid for guid, (_, folded) in homes.items()},
        app_guids=app_guids,
        hosts={route: row.host for route, row in routes.items()},
    )
