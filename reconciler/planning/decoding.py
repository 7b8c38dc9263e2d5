"""A saved plan read back, to be shown again. The inverse of `reconciler.planning.codec`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.model.connectivity import ConnectivityChange, ConnectivityKind, OpenPorts, Risk
from reconciler.model.desired import Kind, Pending
from reconciler.model.finding import Finding, Severity, WaiverUse
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.ports import PortRange, parse_port_range
from reconciler.planning.codec import encode_plan
from reconciler.planning.item_decoding import app_of, decode_change, decode_origins, decode_span, mode_of
from reconciler.planning.json_fields import fields_of, list_of, number_of, optional, text_of
from reconciler.planning.plan import Blocked, LiveVersion, ManifestsVersion, Plan, PlanOptions
from reconciler.planning.saved import read_saved_plan

if TYPE_CHECKING:
    from reconciler.model.names import AppRef

_MOST_ARROWS = 1000
"""Arrows after which a policy is not looked through any further: three names have room for two hundred."""

_UNKNOWN_APP = re.compile(r"\(unknown app (.*)\)", re.DOTALL)


def decode_plan(data: object) -> Plan:
    """Read the JSON object of a saved plan, for a report: every report of it says what one of the plan itself says.

    It is not for carrying out: of foreign policies there is only the number, and neither the quota nor the network
    around the changes is known. Raise
    UsageError for a file that is no plan or is damaged, and StaleError when its changes do not fit its digest.
    """
    saved = read_saved_plan(data)
    fields = fields_of(data)
    try:
        plan = _plan(fields)
        again = encode_plan(plan)
        wrong = [key for key, value in again.items() if key != "tool_version" and fields.get(key) != value]
    except (KeyError, TypeError, ValueError) as problem:
        raise _damaged(f"{type(problem).__name__}: {problem}") from problem
    if wrong:
        raise _damaged(f"it contradicts itself in `{wrong[0]}`")
    assert again["digest"] == saved.digest  # noqa: S101 - the same changes have the same digest
    return plan


def _damaged(why: str) -> UsageError:
    return UsageError(f"the saved plan is damaged, or from another version of c2c: {why}", hint="make the plan anew")


def _plan(fields: dict[str, object]) -> Plan:
    manifests, live, options, summary = (fields_of(fields[key]) for key in ("manifests", "live", "options", "summary"))
    return Plan(
        foundation=text_of(fields["foundation"]),
        changes=list_of(fields["changes"], decode_change),
        manifests=ManifestsVersion(
            text_of(manifests["digest"]), optional(manifests["revision"], text_of), list_of(manifests["paths"], text_of)
        ),
        live=LiveVersion(
            text_of(live["digest"]),
            optional(live["taken_at"], _moment),
            {app: text_of(mark) for app, mark in fields_of(live["apps"]).items()},
        ),
        options=PlanOptions(
            date.fromisoformat(text_of(options["today"])),
            options["all_environments"] is True,
            optional(options["rollback_of"], text_of),
        ),
        unchanged=number_of(summary["unchanged"]),
        pending=list_of(fields["pending"], _pending),
        blocked=list_of(fields["blocked"], _blocked),
        foreign_unlisted=number_of(summary["foreign"]),
        stale=list_of(fields["stale"], _stale),
        findings=list_of(fields["findings"], _finding),
        waivers=list_of(fields["waivers"], _waiver),
        connectivity=list_of(fields["connectivity"], _connectivity),
    )


def _moment(value: object) -> datetime:
    return datetime.strptime(text_of(value), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _pending(data: object) -> Pending:
    fields = fields_of(data)
    return Pending(
        Kind(text_of(fields["kind"])),
        text_of(fields["address"]),
        list_of(fields["missing"], text_of),
        decode_origins(fields["origin"]),
    )


def _blocked(data: object) -> Blocked:
    fields = fields_of(data)
    return Blocked(
        Kind(text_of(fields["kind"])),
        text_of(fields["address"]),
        text_of(fields["reason"]),
        text_of(fields["who"]),
        decode_origins(fields["origin"]),
    )


def _finding(data: object) -> Finding:
    fields = fields_of(data)
    return Finding(
        Severity(text_of(fields["severity"])),
        text_of(fields["code"]),
        text_of(fields["message"]),
        decode_span(fields["origin"]) if fields["origin"] else None,
        optional(fields["hint"], text_of),
        optional(fields["limit"], text_of),
        optional(fields["subject"], text_of),
        optional(fields["rule"], decode_span),
        decode_origins(fields["related"]),
    )


def _waiver(data: object) -> WaiverUse:
    fields = fields_of(data)
    return WaiverUse(
        text_of(fields["name"]),
        text_of(fields["guardrail"]),
        number_of(fields["count"]),
        date.fromisoformat(text_of(fields["until"])),
        text_of(fields["why"]),
        decode_span(fields["origin"]),
    )


def _connectivity(data: object) -> ConnectivityChange:
    fields = fields_of(data)
    source = app_of(fields["source"])
    return ConnectivityChange(
        ConnectivityKind(text_of(fields["kind"])),
        source,
        app_of(fields["destination"]),
        list_of(fields["before"], _opening),
        list_of(fields["after"], _opening),
        list_of(fields["gained"], _opening),
        list_of(fields["lost"], _opening),
        origins=decode_origins(fields["origin"]),
        risk=Risk(text_of(fields["risk"])),
        path=_path(source, list_of(fields["path"], text_of)),
        zone=optional(fields["zone"], text_of),
    )


def _opening(data: object) -> OpenPorts:
    fields = fields_of(data)
    ports = PortRange(number_of(fields["start"]), number_of(fields["end"]))
    return OpenPorts(text_of(fields["protocol"]), ports, optional(fields["tls"], mode_of))


def _path(source: AppRef, hops: tuple[str, ...]) -> tuple[NetworkPolicy, ...]:
    """Read a way hop by hop. Each begins where the last one ended, so no arrow in a name can be mistaken."""
    path: list[NetworkPolicy] = []
    for hop in hops:
        here = path[-1].destination if path else source
        start = f"{here} -> "
        if not hop.startswith(start):
            raise ValueError(f"the way does not go on from {here}: {hop!r}")
        destination, protocol, ports = _ports(hop.removeprefix(start))
        path.append(NetworkPolicy(here, app_of(destination), protocol, *ports))
    return tuple(path)


def _stale(value: object) -> StalePolicy:
    """Read a policy with an end that has no name. Of several ways to part it any will do: all are written alike."""
    ends, protocol, ports = _ports(text_of(value))
    cuts = (match.start() for match in re.finditer(" -> ", ends))
    for cut in islice(cuts, _MOST_ARROWS):
        try:
            return StalePolicy(_end(ends[:cut]), _end(ends[cut + 4 :]), protocol, *ports)
        except ValueError:
            continue
    raise ValueError(f"not a policy: {value!r}")


def _end(text: str) -> AppRef | UnknownApp:
    unknown = _UNKNOWN_APP.fullmatch(text)
    return UnknownApp(unknown[1]) if unknown else app_of(text)


def _ports(text: str) -> tuple[str, str, PortRange]:
    """Part `... tcp/8080` into what stands before, the protocol and the ports."""
    rest, _, last = text.rpartition(" ")
    protocol, _, numbers = last.partition("/")
    return rest, protocol, parse_port_range(numbers)
