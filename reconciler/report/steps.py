"""The steps of an apply in words."""

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
from reconciler.report.counts import count_of
from reconciler.report.escape import escape

if TYPE_CHECKING:
    from reconciler.planning.steps import Step


def describe_step(step: Step) -> str:
    """Say in a few words what a step does. The text is escaped."""
    return escape(_words(step))


def _words(step: Step) -> str:
    match step:
        case CreateRoute(route, space):
            words = f"create internal route {route} in {space}"
        case AddDestination(destination):
            words = f"map {destination.route} to {destination.app}"
        case CreatePolicies(policies):
            words = f"create {count_of(len(policies), 'network policy', 'network policies')}"
        case SetEnvironment(app, variables, _):
            words = f"change {' and '.join(sorted(variables))} of {app}"
        case DeletePolicies(policies):
            words = f"delete {count_of(len(policies), 'network policy', 'network policies')}"
        case RemoveDestination(destination):
            words = f"unmap {destination.route} from {destination.app}"
        case DeleteRoute(route, _, apps):
            words = f"delete internal route {route} (mapped to {' and '.join(map(str, apps))})"
        case CleanUp():
            words = "clean up: the server removes the policies of deleted apps"
        case _:
            assert_never(step)
    return words
