"""Environment variables of apps: there is no list of them, so each app costs a call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.cf.patterns import AppPatterns
from reconciler.errors import AuthorizationError, NotFoundError, PlatformError, UnexpectedAnswerError
from reconciler.model.environment import SYSTEM_TRUST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.cf.cloud_controller import CloudController
    from reconciler.cf.directory import Directory
    from reconciler.model.names import AppRef
    from reconciler.model.scope import ReadSet

PARALLEL = 8
"""Calls at a time: enough to hide the way to the platform, too few to be a burden."""

MAX_LEFTOVERS = 3
"""Apps that are read, unasked, only to find what earlier runs may have left.

One call each, and a plan whose manifests set no variable keeps to six calls and one for each page of a list. Its
shortest run makes eight, five of which are pages: three calls are left for this.
"""


@dataclass(frozen=True, slots=True)
class Environments:
    """The governed variables of the apps that were read.

    Of the possible leftovers, `unread` were left out because they are many, `closed` because the caller may not look.
    """

    variables: Mapping[AppRef, Mapping[str, str]] = field(default_factory=dict)
    unread: int = 0
    closed: int = 0


def read_environments(controller: CloudController, directory: Directory, read_set: ReadSet) -> Environments:
    """Read what the read set needs. An app that is deleted meanwhile is left out.

    An environment that is closed to the caller is left out, too; among possible leftovers it is counted.
    """
    wanted = AppPatterns(read_set.environment).among(directory.app_guids)
    leftovers = AppPatterns(read_set.leftovers).among(directory.app_guids) - wanted
    unread = closed = 0
    if len(leftovers) > MAX_LEFTOVERS and not read_set.all_environments:
        unread, leftovers = len(leftovers), set()
    found: dict[AppRef, Mapping[str, str]] = {}
    asked = {directory.apps[guid]: guid for guid in wanted | leftovers}
    for app, answer in _read_all(controller, asked).items():
        if not isinstance(answer, PlatformError):
            found[app] = answer
        elif isinstance(answer, AuthorizationError) and asked[app] not in wanted:
            closed += 1
    return Environments(found, unread, closed)


def _read_all(
    controller: CloudController, apps: Mapping[AppRef, str]
) -> dict[AppRef, Mapping[str, str] | NotFoundError | AuthorizationError]:
    def read(app: AppRef) -> Mapping[str, str] | NotFoundError | AuthorizationError:
        try:
            return _governed(app, controller.environment(apps[app]))
        except (NotFoundError, AuthorizationError) as error:
            return error

    names = sorted(apps)
    if not names:
        return {}
    with ThreadPoolExecutor(min(PARALLEL, len(names)), thread_name_prefix="c2c-environment") as pool:
        return dict(zip(names, pool.map(read, names), strict=True))


def _governed(app: AppRef, variables: Mapping[str, object]) -> dict[str, str]:
    kept = {}
    for name in SYSTEM_TRUST.keys() & variables.keys():
        value = variables[name]
        if not isinstance(value, str):
            raise UnexpectedAnswerError(f"the environment variable {name} of {app} is not a string")
        kept[name] = value
    return kept
