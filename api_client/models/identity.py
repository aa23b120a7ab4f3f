"""Who the credential is, and which tenant it opens."""

from __future__ import annotations

from api_client.models.base import Frozen, UtcDatetime


class Principal(Frozen):
    """The person or service behind the credential."""

    name: str
    id: str = ""
    roles: tuple[str, ...] = ()


class ScopePart(Frozen):
    """One step of a provider's scope: `cluster`, `namespace`, `workspace`, ..."""

    name: str
    value: str


class Scope(Frozen):
    """Where the credential acts, outermost part first."""

    parts: tuple[ScopePart, ...] = ()

    def __str__(self) -> str:
        return "/".join(part.value for part in self.parts)


class Tenant(Frozen):
    """What a provider says of itself and of us."""

    id: str
    name: str
    principal: Principal
    currency: str
    simulation: bool = False
    """True where nothing shown is real."""
    version: str = ""
    server_time: UtcDatetime
    resource_version: int = 0
    notices: tuple[str, ...] = ()
    """Sentences the console must show, for example what utilisation means on virtual nodes."""
