"""Deeds: what steps do, thing by thing, so that two lists of steps can be compared whatever their batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from reconciler.model.environment import EnvironmentVariable
from reconciler.model.policy import NetworkPolicy
from reconciler.model.route import RouteDestination
from reconciler.planning.changes import OwnedRoute
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
    from collections.abc import Collection, Iterable, Iterator

    from reconciler.planning.steps import Step


class Setting(NamedTuple):
    """A variable, what it held and what it is to hold; None for nothing."""

    variable: EnvironmentVariable
    before: str | None
    after: str | None


Subject = NetworkPolicy | OwnedRoute | RouteDestination | Setting


class Deed(NamedTuple):
    """One thing put up, or with `adds` false taken down. A setting is always put up."""

    adds: bool
    subject: Subject

    def __str__(self) -> str:
        """Say it in a few words."""
        subject = self.subject
        if isinstance(subject, Setting):
            return f"{'remove' if subject.after is None else 'set'} {subject.variable}"
        if isinstance(subject, OwnedRoute):
            return f"{'create' if self.adds else 'delete'} {subject.route}"
        if isinstance(subject, NetworkPolicy):
            return f"{'create' if self.adds else 'delete'} {subject}"
        return f"{'map' if self.adds else 'unmap'} {subject}"


def deeds_of(steps: Iterable[Step]) -> frozenset[Deed]:
    """List everything that the steps do to things we manage; a clean-up is the server's own affair."""
    return frozenset(deed for step in steps for deed in _deeds(step))


def _deeds(step: Step) -> Iterator[Deed]:
    match step:
        case CreateRoute(route, space):
            yield Deed(True, OwnedRoute(route, space))
        case AddDestination(destination):
            yield Deed(True, destination)
        case CreatePolicies(policies):
            yield from (Deed(True, policy) for policy in policies)
        case SetEnvironment(app, variables, before):
            for name, value in variables.items():
                yield Deed(True, Setting(EnvironmentVariable(app, name), before.get(name), value))
        case DeletePolicies(policies):
            yield from (Deed(False, policy) for policy in policies)
        case RemoveDestination(destination):
            yield Deed(False, destination)
        case DeleteRoute(route, space, apps):
            yield from (Deed(False, RouteDestination(route, app)) for app in apps)
            yield Deed(False, OwnedRoute(route, space))
        case CleanUp():
            return
        case _:
            assert_never(step)


def parted(step: Step, allowed: Collection[Deed]) -> tuple[tuple[Step, ...], Step | None]:
    """Split a step into the steps that are allowed and what is left of it, None when all of it is allowed."""
    if all(deed in allowed for deed in _deeds(step)):
        return (step,), None
    if isinstance(step, CreatePolicies | DeletePolicies):
        adds, batch = isinstance(step, CreatePolicies), type(step)
        kept = tuple(policy for policy in step.policies if Deed(adds, policy) in allowed)
        rest = batch(tuple(policy for policy in step.policies if Deed(adds, policy) not in allowed))
        return ((batch(kept),) if kept else ()), rest
    if isinstance(step, DeleteRoute):
        unmapped = [RouteDestination(step.route, app) for app in step.apps]
        return tuple(RemoveDestination(item) for item in unmapped if Deed(False, item) in allowed), step
    return (), step
