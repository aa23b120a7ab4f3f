"""Changes as a watch delivers them."""

from __future__ import annotations

from api_client.models.base import LenientEnum
from api_client.models.compute import NodeSummary
from api_client.models.event import Event
from api_client.models.job import JobSummary
from api_client.models.slim import Slim


class ChangeOp(LenientEnum):
    PUT = "PUT"
    """The object is new or changed; `item` is its whole new state."""
    DELETE = "DELETE"
    BOOKMARK = "BOOKMARK"
    """Nothing changed; the version moved on. Keeps an idle stream alive."""
    UNKNOWN = "UNKNOWN"


class Change(Slim):
    """One step of the tenant's history."""

    resource_version: int
    op: ChangeOp
    kind: str
    """job, node, event; empty for a bookmark."""
    id: str = ""
    job: JobSummary | None = None
    node: NodeSummary | None = None
    event: Event | None = None

    @property
    def item(self) -> JobSummary | NodeSummary | Event | None:
        return self.job or self.node or self.event
