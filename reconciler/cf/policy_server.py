"""The policy server's external API v1: list everything, create, delete, clean up."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from msgspec.json import Decoder

from reconciler.cf.decoding import shaped
from reconciler.cf.exchange import POLICY_LIST_LIMIT, Answer, Service
from reconciler.cf.fields import described
from reconciler.cf.http import READ_SECONDS
from reconciler.cf.policy_list import PolicyList, PolicyRow, policy_list, read_policies
from reconciler.cf.shapes import Policies
from reconciler.errors import AuthorizationError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from reconciler.cf.api import Api

SECONDS_PER_POLICY = 0.005
"""What one policy in a call may take: creating measured 1 to 2 ms, deleting up to 4 ms with 100,000 stored."""

CLEAN_UP_SECONDS = READ_SECONDS + 120.0
"""What a clean-up may take: the server asks Cloud Controller about every app that has a policy, 100 at a time."""

_REMOVED = Decoder(Policies)


class PolicyServer:
    """The calls that this tool makes. Its address comes from the API root and lies on the API's own host."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def policies(self) -> PolicyList:
        """List every policy that the caller may see, in no order.

        Without `network.admin` the server leaves out, without a word, what the caller may not see.
        Source: policy-server `handlers/policy_filter.go`.
        """
        return read_policies(self._listed())

    def policies_meanwhile(self, *, busy: bool) -> AbstractContextManager[Callable[[], PolicyList]]:
        """List every policy; a long list is read while its reader is busy with something else."""
        if not busy:
            found = self.policies()
            return nullcontext(lambda: found)
        from reconciler.cf.policy_process import read_meanwhile  # noqa: PLC0415 - for large foundations only

        return read_meanwhile(self._listed)

    def accepts_admin_calls(self) -> bool:
        """Ask whether the caller has `network.admin`: only with it does the server say who they are.

        A server that knows no such question proves nothing, so the answer is no.
        """
        try:
            self._api.get(self._path("/whoami"), service=Service.POLICY_SERVER)
        except (AuthorizationError, NotFoundError):
            return False
        return True

    def create(self, policies: Sequence[PolicyRow]) -> None:
        """Add policies: all or none. Those that exist stay. Source: policy-server `store/store.go`."""
        self._post("/policies", policies)

    def delete(self, policies: Sequence[PolicyRow]) -> None:
        """Remove policies: all or none. Those that are gone stay gone. Source: policy-server `store/store.go`."""
        self._post("/policies/delete", policies)

    def clean_up(self) -> int:
        """Remove policies with an app that Cloud Controller does not list. Needs `network.admin`.

        Return how many were removed. Source: policy-server `cleaner/policy_cleaner.go`.
        """
        path, seconds = self._path("/policies/cleanup"), CLEAN_UP_SECONDS
        answer = self._api.write("POST", path, service=Service.POLICY_SERVER, read_seconds=seconds)
        with described(answer):
            # A policy with two dead ends may be listed twice.
            return len(set(policy_list(shaped(answer, _REMOVED).policies)))

    def _post(self, path: str, policies: Sequence[PolicyRow]) -> None:
        if not policies:
            # An empty list is refused, and any other call makes every cell fetch its policies again.
            return
        body = {"policies": [_element(policy) for policy in policies]}
        seconds = READ_SECONDS + len(policies) * SECONDS_PER_POLICY
        self._api.write("POST", self._path(path), body, service=Service.POLICY_SERVER, read_seconds=seconds)

    def _listed(self) -> Answer:
        return self._api.get(self._path("/policies"), service=Service.POLICY_SERVER, limit=POLICY_LIST_LIMIT)

    def _path(self, path: str) -> str:
        base = self._api.root.policies
        if base is None:
            raise NotFoundError(
                "this foundation offers no network policy API: its root has no link network_policy_v1",
                hint="check that CF_API is right; container networking may not be deployed there",
                method="GET",
                path="/",
            )
        return base + path


def _element(policy: PolicyRow) -> dict[str, object]:
    return {
        "source": {"id": policy.source},
        "destination": {
            "id": policy.destination,
            "protocol": policy.protocol,
            "ports": {"start": policy.start, "end": policy.end},
        },
    }
