"""The kinds of limits, by what they look at. The engine asks each kind once per distinct thing, not once per policy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.guardrails.subjects import Case, Pair, Statement
    from reconciler.model.network import AppFacts
    from reconciler.model.policy import Opening
    from reconciler.model.route import InternalRoute
    from reconciler.model.selection import AppSelection


class Limit(ABC):
    """One limit of one guardrail, ready to judge. `key` is its word in the manifest."""

    key: ClassVar[str]
    __slots__ = ()

    @property
    @abstractmethod
    def hint(self) -> str:
        """Say what would satisfy the limit."""


class PolicyLimit(Limit):
    """A limit that judges one policy at a time."""

    __slots__ = ()

    @abstractmethod
    def fault(self, case: Case) -> str:
        """Say what is wrong with a policy that breaks the limit; the sentence begins with the policy."""


class OpeningLimit(PolicyLimit):
    """A limit on the ports that are opened."""

    __slots__ = ()

    @abstractmethod
    def allows(self, opening: Opening) -> bool:
        """Say whether these ports may be opened."""


class GrantLimit(PolicyLimit):
    """A limit on what entries say. Each entry that asks for a policy has to keep it: a second one hides nothing."""

    __slots__ = ()

    @abstractmethod
    def allows(self, statement: Statement) -> bool:
        """Say whether an entry may ask like this."""


class PairLimit(PolicyLimit):
    """A limit on what two apps have in common. It does not look at an app's policies with itself."""

    __slots__ = ()

    @abstractmethod
    def allows(self, pair: Pair) -> bool:
        """Say whether apps with this much in common may speak."""


class CallerLimit(PolicyLimit):
    """A limit on who may call. It does not look at an app's policies with itself."""

    __slots__ = ()

    @property
    @abstractmethod
    def selections(self) -> tuple[AppSelection, ...]:
        """Give the apps that the limit names."""

    @abstractmethod
    def allows(self, *, named: bool) -> bool:
        """Say whether an app may call, by whether it is among those named."""


class CalleeLimit(PolicyLimit):
    """A limit on the app that is called."""

    __slots__ = ()

    @abstractmethod
    def allows(self, facts: AppFacts, routes: Sequence[InternalRoute]) -> bool:
        """Say whether an app with these facts and internal routes may be called."""


class RoutesLimit(CalleeLimit):
    """A limit on the internal routes of the app that is called."""

    __slots__ = ()

    @abstractmethod
    def refused(self, routes: Iterable[InternalRoute]) -> list[InternalRoute]:
        """List the routes that the app may not have."""


class ExpressionLimit(PolicyLimit):
    """A limit that has to be asked about each policy and every entry that asks for it."""

    __slots__ = ()


class CountLimit(Limit):
    """A limit on how many other apps one app has on one side. An app does not count for itself."""

    __slots__ = ()
    callers: ClassVar[bool]
    """Whether the apps that call are counted, or those that are called."""

    @property
    @abstractmethod
    def most(self) -> int:
        """Give the number that is allowed."""

    @abstractmethod
    def fault(self, count: int) -> str:
        """Say what is wrong with this many; the sentence begins with the app."""
