"""From a step to the one call of the platform that it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from reconciler.planning.steps import (
    AddDestination,
    CleanUp,
    CreatePolicies,
    CreateRoute,
    DeletePolicies,
    DeleteRoute,
    RemoveDestination,
    SetEnvironment,
)

if TYPE_CHECKING:
    from reconciler.model.platform import Platform
    from reconciler.planning.steps import Step


def perform(step: Step, platform: Platform) -> str | None:
    """Make the one call that a step stands for. Return a note for people when it came out otherwise than planned."""
    match step:
        case CreateRoute(route, space):
            platform.create_route(route, space)
        case AddDestination(destination):
            platform.add_destination(destination)
        case CreatePolicies(policies):
            platform.create_policies(policies)
        case SetEnvironment(app, variables, _):
            platform.set_environment(app, variables)
        case DeletePolicies(policies):
            platform.delete_policies(policies)
        case RemoveDestination(destination):
            platform.remove_destination(destination)
        case DeleteRoute(route, _, apps):
            if not platform.delete_route(route, apps):
                return "left in place: another app has been mapped to it in the meantime"
        case CleanUp():
            return f"{platform.clean_up()} removed"
        case _:
            assert_never(step)
    return None
