"""What is said while calls are made again: a run that waits for a platform should not look as if it hung."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.wire.attempts import FailedAttempt

if TYPE_CHECKING:
    from stamina.instrumentation import RetryDetails

    from reconciler.cli.console import Console

_MOST_TOLD = 10
"""Troubles that are told in one run: a platform that fails in ever new words should not fill the log."""


def tell_retries(console: Console) -> None:
    """Say on standard error that calls are made again, once for each trouble, from now on."""
    from stamina.instrumentation import set_on_retry_hooks  # noqa: PLC0415 - only commands that go on line pay for it

    told: set[str] = set()

    def tell(details: RetryDetails) -> None:
        cause = details.caused_by
        if isinstance(cause, FailedAttempt) and len(told) < _MOST_TOLD and str(cause) not in told:
            told.add(str(cause))
            console.warn(f"{cause}; trying again", beside_bar=True)

    set_on_retry_hooks([tell])
