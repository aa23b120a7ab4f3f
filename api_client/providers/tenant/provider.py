"""All that the Tenant API offers, as one provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from api_client.budget import RequestBudget
from api_client.models.identity import Tenant
from api_client.options import Option, OptionKind
from api_client.providers.tenant.billing import TenantBilling
from api_client.providers.tenant.calls import TenantCalls
from api_client.providers.tenant.events import TenantEvents
from api_client.providers.tenant.jobs import TenantJobs
from api_client.providers.tenant.logs import TenantLogs
from api_client.providers.tenant.nodes import TenantNodes
from api_client.transport import Transport

OPTIONS = (
    Option(
        "url",
        OptionKind.URL,
        "Where the tenant answers: http://, https:// or unix:///path/to.sock.",
        required=True,
        example="unix:///path/to/api.sock",
    ),
    Option("timeout", OptionKind.SECONDS, "Longest silence of one call in seconds.", default="30"),
)


class TenantProvider(TenantJobs, TenantLogs, TenantNodes, TenantEvents, TenantBilling):
    """A tenant behind the Tenant API (docs/tenant-api.yaml)."""

    NAME = "tenant"
    OPTIONS = OPTIONS
    MISSING: ClassVar[Mapping[str, tuple[str, str]]] = {
        "alerts.read": (
            "the embedded cloud evaluates no alert rules yet",
            "failures of jobs and nodes are on the Incidents screen",
        ),
        "finetuning": (
            "the embedded cloud does not offer fine-tuning jobs yet",
            "a fine-tuning program can be run as a training job",
        ),
        "models.read": (
            "the embedded cloud does not serve models yet",
            "checkpoints are in the folder that the job names",
        ),
    }

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._calls = TenantCalls(transport)

    def __repr__(self) -> str:
        return f"TenantProvider({str(self._transport.address)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def budget(self) -> RequestBudget:
        """What was asked of the tenant so far."""
        return self._transport.budget()

    async def tenant(self) -> Tenant:
        """The tenant, and who we are in it."""
        return await self._calls.read(Tenant, "/v1/tenant", action="read the tenant")
