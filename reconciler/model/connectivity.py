"""What a change of policies means: who may open connections that were not allowed before, and who no longer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.ports import TlsMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.model.desired import Origins
    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.ports import PortRange


class ConnectivityKind(StrEnum):
    """What happens between two apps, worst first.

    `decrypted` and `encrypted`: the ports move from TLS to plaintext, and from plaintext to TLS. `chained`: nothing
    between the two, but a chain of apps newly leads from the first into the protected zone of the second. `changed`:
    some ports open and others close. `unchanged`: other policies, the same openings.
    """

    DECRYPTED = "decrypted"
    CHAINED = "chained"
    GAINED = "gained"
    WIDENED = "widened"
    CHANGED = "changed"
    LOST = "lost"
    NARROWED = "narrowed"
    ENCRYPTED = "encrypted"
    UNCHANGED = "unchanged"


class Risk(StrEnum):
    """How much more is exposed, worst first; `none` where nothing is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class OpenPorts(NamedTuple):
    """Ports that are open from one app to another, and what they speak; None where nobody said."""

    protocol: str
    ports: PortRange
    tls: TlsMode | None

    def __str__(self) -> str:
        """Write the ports as policies show them."""
        return f"{self.protocol}/{self.ports}"


Openings = tuple[OpenPorts, ...]
"""What one app may open to another, in order; neighbours that speak the same are one."""


@dataclass(frozen=True, slots=True)
class ConnectivityChange:
    """What happens between two apps. `gained` and `lost` are the ports that open and close.

    `origins` are the manifest lines that ask for what is new. `path` is the way of a `chained` change, hop by hop as
    far as anybody would read, and `zone` the protected zone that it leads into.
    """

    kind: ConnectivityKind
    source: AppRef
    destination: AppRef
    before: Openings
    after: Openings
    gained: Openings = ()
    lost: Openings = ()
    origins: Origins = ()
    risk: Risk = Risk.NONE
    path: tuple[NetworkPolicy, ...] = ()
    zone: str | None = None

    def __str__(self) -> str:
        """Say what happens, with full addresses."""
        return self.describe(str)

    def describe(self, name: Callable[[AppRef], str], quote: Callable[[str], str] = str) -> str:
        """Say what happens in one sentence. `name` names the apps, `quote` sets off ports and zones from the words."""
        exchanged = f"{_listed(self.lost)} => {_listed(self.gained)}" if self.gained else _listed(self.after)
        return _SENTENCES[self.kind].format(
            source=name(self.source),
            destination="itself" if self.source == self.destination else name(self.destination),
            spoken=_spoken(self.gained),
            gained=quote(_listed(self.gained)),
            lost=quote(_listed(self.lost)),
            exchanged=quote(exchanged),
            after=quote(_listed(self.after)),
            zone=quote(str(self.zone)),
            through=" and ".join(name(hop.source) for hop in self.path[1:]),
        )


_SENTENCES = {
    ConnectivityKind.DECRYPTED: "{source} falls back to plaintext on the way to {destination} ({exchanged})",
    ConnectivityKind.GAINED: "{source} gains {spoken}access to {destination} ({gained})",
    ConnectivityKind.WIDENED: "{source} gains {spoken}access to more ports of {destination} ({gained})",
    ConnectivityKind.CHANGED: "{source} gains {spoken}access to other ports of {destination} ({exchanged})",
    ConnectivityKind.CHAINED: "{source} now reaches {destination} in zone {zone} through {through}",
    ConnectivityKind.LOST: "{source} loses access to {destination} ({lost})",
    ConnectivityKind.NARROWED: "{source} loses access to some ports of {destination} ({lost})",
    ConnectivityKind.ENCRYPTED: "{source} moves to TLS on the way to {destination} ({exchanged})",
    ConnectivityKind.UNCHANGED: "{source} to {destination}: reachability unchanged ({after})",
}


def _listed(openings: Iterable[OpenPorts]) -> str:
    return ", ".join(map(str, openings))


def _spoken(openings: Iterable[OpenPorts]) -> str:
    """Name what new ports speak, where all of them speak the same and somebody said what."""
    modes = {opening.tls for opening in openings}
    if modes <= {TlsMode.AUTO, TlsMode.MANUAL}:
        return "TLS "
    return "plaintext " if modes == {TlsMode.NONE} else ""
