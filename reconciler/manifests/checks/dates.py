"""Days that have passed or soon will: warnings, because the calendar must not break a build by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, warning
from reconciler.manifests.checks.walk import port_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from reconciler.manifests.loaded import SpaceDocument, WaiverDocument

SOON_DAYS = 14
"""How many days before its last day a grant or waiver is announced to end."""


def ended_grants(item: SpaceDocument, today: date) -> Iterator[Diagnostic]:
    """Find grants at or near their last day."""
    days = {grant.until for app in item.value.apps for grant in app.ingress}
    if not _some_are_near(days, today):
        return
    for index, app in enumerate(item.value.apps):
        for number, grant in enumerate(app.ingress):
            until = grant.until
            if until is not None and _is_near(until, today):
                span = item.document.span("apps", index, "ingress", number, "until")
                if span not in item.uses:  # what a template says itself is told there, once
                    yield _judge("this grant", "it is no longer wanted", (until - today).days, until, span)


def ended_plaintext(item: SpaceDocument, today: date) -> Iterator[Diagnostic]:
    """Find plaintext ports that are or soon will be closed for good."""
    days = {port.plaintext_until for ports in port_lists(item) for port in ports}
    if not _some_are_near(days, today):
        return
    for index, app in enumerate(item.value.apps):
        for number, port in enumerate(app.ports):
            until = port.plaintext_until
            if until is not None and _is_near(until, today):
                span = item.document.span("apps", index, "ports", number, "plaintext_until")
                gone = "port 8080 is no longer wanted"
                if span not in item.uses:
                    yield _judge("plaintext on this port", gone, (until - today).days, until, span)


def ended_waivers(items: Sequence[WaiverDocument], today: date) -> Iterator[Diagnostic]:
    """Find waivers at or near their last day."""
    for item in items:
        until = item.value.until
        if _is_near(until, today):
            gone = "what it excused is a finding again"
            yield _judge("this waiver", gone, (until - today).days, until, item.document.span("until"))


def _some_are_near(days: Iterable[date | None], today: date) -> bool:
    return any(day is not None and _is_near(day, today) for day in days)


def _is_near(until: date, today: date) -> bool:
    return (until - today).days <= SOON_DAYS


def _judge(what: str, gone: str, days: int, until: date, span: Span) -> Diagnostic:
    if days < 0:
        return warning("expired", f"{what} ended on {until}: {gone}", span, hint="remove it, or set a later day")
    left = "today" if days == 0 else f"in {days} day{'s' if days > 1 else ''}, on {until}"
    return warning("expires-soon", f"{what} ends {left}", span, hint="set a later day if it is still needed")
