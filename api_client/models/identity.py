"""Who the credential is, and which tenant it opens."""

from __future__ import annotations

from api_client.models.base import UtcDatetime
from api_client.models.slim import Slim


class Principal(Slim):
    """The person or service behind the credential."""

    name: str
    id: str = ""
    roles: tuple[str, ...] = ()


class ScopePart(Slim):
    """One step of a provider's scope: `cluster`, `namespace`, `workspace`, ..."""

    name: str
    value: str


class Scope(Slim):
    """Where the credential acts, outermost part first."""

    parts: tuple[ScopePart, ...] = ()

    def __str__(self) -> str:
        return "/".join(part.value for part in self.parts)


class Simulation(Slim):
    """What is shown in place of a real tenant."""

    scenario: str
    """Name of the preset, or of the trace that is replayed."""
    seed: int
    speed: float
    """Simulated seconds that pass in one real second."""
    paused: bool = False


class Tenant(Slim):
    """What a provider says of itself and of us."""

    id: str
    name: str
    principal: Principal
    currency: str
    simulation: Simulation | None = None
    """Set where nothing shown is real."""
    version: str = ""
    server_time: UtcDatetime
    resource_version: int = 0
    notices: tuple[str, ...] = ()
    """Sentences the console must show, for example what utilisation means on virtual nodes."""
