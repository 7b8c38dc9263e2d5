"""The policy server's request and answer bodies, in both versions of its API.

Source: policy-server `api/api.go`, `api/api_v0/api.go`, `api/policy_validator.go`, `api/api_v0/validator.go`.
"""

from __future__ import annotations

import json
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.simulator.policy_server.go_binding import INT, STRING, GoTypeError, Slice, Struct, unmarshal
from reconciler.simulator.policy_server.go_json import GoSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.simulator.policy_server.store import Policy

MAX_PORT = 65535
MAX_COLUMN = 2**31 - 1
"""The largest port number that the database column holds."""

_INDEX_ROW = 2692
"""The longest id, in bytes, that PostgreSQL can index when it does not compress."""

_COMPRESSIBLE = 0.7
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class BadPayloadError(ValueError):
    """A body that the server refuses with 400; the message is the server's."""


class Asked(NamedTuple):
    """One policy of a request, before validation."""

    source: str
    destination: str
    protocol: str
    start: int
    end: int
    tagged: bool


def _structs(package: str, ports: dict[str, Any], extra: dict[str, Any], top: str) -> Struct:
    source = Struct(f"{package}.Source", {"id": STRING, "tag": STRING} | extra)
    ends = {"id": STRING, "tag": STRING, "protocol": STRING} | ports | extra
    destination = Struct(f"{package}.Destination", ends)
    policy = Struct(f"{package}.Policy", {"source": source, "destination": destination})
    return Struct(top, {"total_policies": INT, "policies": Slice(policy)})


_IP_RANGES = {"ips": Slice(Struct("api.IPRange", {"start": STRING, "end": STRING}))}
_PORTS = {"ports": Struct("api.Ports", {"start": INT, "end": INT})}
_V1 = _structs("api", _PORTS | _IP_RANGES, {"type": STRING}, "api.PoliciesPayload")
_V0 = _structs("api_v0", {"port": INT}, {}, "api_v0.Policies")

_POLICY_KEYS = frozenset({"source", "destination"})
_SOURCE_KEYS = frozenset({"id"})
_DESTINATION_KEYS = frozenset({"id", "protocol", "ports"})
_PORT_KEYS = frozenset({"start", "end"})


def read_policies(body: bytes, version: str) -> list[Policy]:
    """Read and validate the policies of a request. Raise BadPayloadError with the server's words."""
    asked = (_read_plain(body) if version == "v1" else None) or _read_any(body, version)
    validate = _validate_v1 if version == "v1" else _validate_v0
    if not asked:
        raise BadPayloadError("mapper: validate policies: missing policies")
    for policy in asked:
        problem = validate(policy)
        if problem is not None:
            raise BadPayloadError(f"mapper: validate policies: {problem}")
    return [policy[:5] for policy in asked]


def _read_any(body: bytes, version: str) -> list[Asked]:
    try:
        payload = unmarshal(body, _V1 if version == "v1" else _V0)
    except (GoSyntaxError, GoTypeError) as error:
        raise BadPayloadError(f"mapper: unmarshal json: {error}") from error
    return [_asked(policy, version) for policy in payload["policies"]]


def _asked(policy: dict[str, Any], version: str) -> Asked:
    source, destination = policy["source"], policy["destination"]
    ports = destination["ports"] if version == "v1" else {"start": destination["port"], "end": destination["port"]}
    tagged = bool(source["tag"] or destination["tag"])
    return Asked(source["id"], destination["id"], destination["protocol"], ports["start"], ports["end"], tagged)


def _read_plain(body: bytes) -> list[Asked] | None:
    """Read a body in the form that clients send, many times faster; None for anything in the least unusual."""
    if b"\\" in body:
        return None
    try:
        payload = json.loads(body.decode(), object_pairs_hook=_plain_object)
        return [_plain_policy(policy) for policy in payload["policies"]] if payload.keys() == {"policies"} else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _plain_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _plain_policy(policy: dict[str, Any]) -> Asked:
    source, destination = policy["source"], policy["destination"]
    ports = destination["ports"]
    plain = (
        policy.keys() == _POLICY_KEYS
        and source.keys() == _SOURCE_KEYS
        and destination.keys() == _DESTINATION_KEYS
        and ports.keys() == _PORT_KEYS
    )
    asked = Asked(source["id"], destination["id"], destination["protocol"], ports["start"], ports["end"], tagged=False)
    if not plain or tuple(map(type, asked)) != (str, str, str, int, int, bool) or max(asked[3:5]) > MAX_COLUMN:
        raise ValueError("unusual")
    return asked


def _validate_ends(policy: Asked) -> str | None:
    if not policy.source:
        return "missing source id"
    if not policy.destination:
        return "missing destination id"
    if policy.protocol not in {"tcp", "udp"}:
        return "invalid destination protocol, specify either udp or tcp"
    return None


def _validate_v1(policy: Asked) -> str | None:
    problem = _validate_ends(policy)
    if problem is not None:
        return problem
    start, end = policy.start, policy.end
    if start > end:
        return f"invalid port range {start}-{end}, start must be less than or equal to end"
    if start < 0:
        return f"invalid start port {start}, must be in range 1-65535"
    if start == 0:
        return "missing start port"
    if end > MAX_PORT:
        return f"invalid end port {end}, must be in range 1-65535"
    return "tags may not be specified" if policy.tagged else None


def _validate_v0(policy: Asked) -> str | None:
    problem = _validate_ends(policy)
    if problem is not None:
        return problem
    if policy.start < 0:
        return f"invalid port {policy.start}, must be in range 1-65535"
    if policy.start == 0:
        return "missing port"
    return "tags may not be specified" if policy.tagged else None


def storable(policies: Iterable[Policy]) -> bool:
    """Say whether PostgreSQL can hold the policies: no NUL, no id too long for an index, no port over 32 bits."""
    return all(
        policy[4] <= MAX_COLUMN and all("\0" not in app and _indexable(app) for app in policy[:2])
        for policy in policies
    )


def _indexable(app: str) -> bool:
    if len(app) <= _INDEX_ROW // 4:
        return True
    raw = app.encode(errors="surrogatepass")
    packed = len(zlib.compress(raw))
    # PostgreSQL's own compression keeps the plain text unless it saves a quarter.
    return (len(raw) if packed > _COMPRESSIBLE * len(raw) else packed) <= _INDEX_ROW


def listing(policies: Sequence[Policy], version: str) -> bytes:
    """Write a list as the server does: compact, `<>&` escaped; v0 leaves ranges out and does not count them."""
    if version == "v0":
        policies = [policy for policy in policies if policy[3] == policy[4]]
    write = _write_v1 if version == "v1" else _write_v0
    items = ",".join(map(write, policies))
    return f'{{"total_policies":{len(policies)},"policies":[{items}]}}'.encode()


def _write_v1(policy: Policy) -> str:
    source, destination, protocol, start, end = policy
    return (
        f'{{"source":{{"id":{go_string(source)}}},"destination":{{"id":{go_string(destination)},'
        f'"protocol":"{protocol}","ports":{{"start":{start},"end":{end}}}}}}}'
    )


def _write_v0(policy: Policy) -> str:
    source, destination, protocol, start, _ = policy
    return (
        f'{{"source":{{"id":{go_string(source)}}},"destination":{{"id":{go_string(destination)},'
        f'"protocol":"{protocol}","port":{start}}}}}'
    )


@lru_cache(maxsize=200_000)
def go_string(text: str) -> str:
    """Write a JSON string as Go's `encoding/json` does."""
    return json.dumps(text, ensure_ascii=False).translate(_HTML)
