"""A foundation that is asked single questions, where `fetch` reads everything at once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.cf.caller import read_caller
from reconciler.cf.directory import name_spaces
from reconciler.cf.exchange import Service
from reconciler.cf.fields import described, items, text
from reconciler.cf.foundation import CloudFoundry, FoundationSettings, settings_for
from reconciler.cf.patterns import SpacePatterns
from reconciler.cf.survey import find_spaces
from reconciler.model.names import AppRef, SpaceRef
from reconciler.wire.secrecy import discreet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.cf.cloud_controller import DomainRow
    from reconciler.cf.policy_list import PolicyList
    from reconciler.cf.target import Target
    from reconciler.model.caller import Caller
    from reconciler.model.scope import SpacePattern


class Contact(CloudFoundry):
    """One foundation, as one caller. What several checks look at is read once."""

    def __init__(self, target: Target, settings: FoundationSettings) -> None:
        super().__init__(target.api_url, target.credentials, settings_for(target, settings))

    @cached_property
    @discreet
    def domains(self) -> tuple[DomainRow, ...]:
        """The domains that the caller may see."""
        return tuple(self._controller.domains().values())

    @cached_property
    @discreet
    def policies(self) -> PolicyList:
        """The policies that the caller may see."""
        return self._policies.policies()

    @discreet
    def tags(self) -> list[str]:
        """List the tags that apps with policies carry; only `network.admin` may."""
        answer = self._api.get(f"{self.root.policies}/tags", service=Service.POLICY_SERVER)
        with described(answer):
            return [text(item, "tag") for item in items(answer.json(), "tags")]

    @discreet
    def spaces(self, patterns: frozenset[SpacePattern]) -> dict[str, SpaceRef]:
        """Find the spaces that the caller may see, by GUID."""
        return find_spaces(self._controller, SpacePatterns(patterns))

    @discreet
    def caller(self, spaces: Mapping[str, SpaceRef]) -> Caller:
        """Find out what the caller may see and change in the spaces."""
        return read_caller(self.claims(), self._controller, self._policies, spaces)

    @discreet
    def app_names(self, guids: Iterable[str]) -> dict[str, AppRef]:
        """Name the apps that the caller may see."""
        listing = self._controller.apps_by_guid(guids)
        homes = name_spaces(listing.spaces.values(), listing.orgs)
        return {
            guid: AppRef(*homes[app.space_guid], app.name)
            for guid, app in listing.rows.items()
            if app.space_guid in homes
        }
