"""`tls`: who ends TLS for the ports that are opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reconciler.guardrails.limits.kinds import GrantLimit
from reconciler.guardrails.words import either
from reconciler.model.ports import TlsMode

if TYPE_CHECKING:
    from reconciler.guardrails.subjects import Case, Statement

_FAULTS = {
    TlsMode.AUTO: "uses platform TLS",
    TlsMode.MANUAL: "uses TLS that the app ends itself",
    TlsMode.NONE: "is plaintext",
    None: "may be plaintext: no manifest says what the port speaks",
}


@dataclass(frozen=True, slots=True)
class Tls(GrantLimit):
    """Allows some modes. What nobody knows is not allowed; the platform's own TLS port proves `auto` by itself."""

    key: ClassVar[str] = "tls"
    modes: tuple[TlsMode, ...]

    def allows(self, statement: Statement) -> bool:
        """Say whether the mode is among those allowed."""
        return statement.tls in self.modes

    def fault(self, case: Case) -> str:
        """Name the mode that is not allowed."""
        return next(_FAULTS[said.tls] for said in case.statements if not self.allows(said))

    @property
    def hint(self) -> str:
        """Name the modes that are."""
        return f"declare the port with {either(f'`tls: {mode}`' for mode in self.modes)}"
