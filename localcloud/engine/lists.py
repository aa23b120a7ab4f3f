"""Pages of everything that is listed; cursors hold the last row's number."""

from __future__ import annotations

from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.models.compute import NodeSummary
from api_client.models.event import Event
from api_client.models.job import JobSummary
from api_client.models.watch import Change
from localcloud.engine.charge_views import charge
from localcloud.engine.core import Core
from localcloud.engine.cursors import read_cursor, write_cursor
from localcloud.engine.errors import VersionExpired
from localcloud.store.charges import ChargeFilter
from localcloud.store.events import EventFilter
from localcloud.store.jobs import JobFilter


class Lists:
    """One row more than wanted is read, to know whether another page follows."""

    def __init__(self, core: Core, tenant_id: str) -> None:
        self._core = core
        self._store = core.store
        self._tenant_id = tenant_id

    def nodes(self, cursor: str | None, limit: int) -> Page[NodeSummary]:
        """Nodes in the order of their numbers."""
        rows = self._store.nodes.page(read_cursor(cursor) or 0, limit + 1)
        return Page[NodeSummary](
            items=tuple(self._core.node_views.summaries(rows[:limit])),
            next_cursor=write_cursor(rows[limit - 1].ordinal) if len(rows) > limit else None,
            total=self._store.nodes.count(),
            resource_version=self._core.journal.version,
        )

    def jobs(self, wanted: JobFilter, cursor: str | None, limit: int) -> Page[JobSummary]:
        """Jobs, newest first."""
        rows = self._store.jobs.page(wanted, read_cursor(cursor), limit + 1)
        return Page[JobSummary](
            items=tuple(self._core.job_views.summaries(rows[:limit])),
            next_cursor=write_cursor(rows[limit - 1].id) if len(rows) > limit else None,
            total=self._store.jobs.count(wanted),
            resource_version=self._core.journal.version,
        )

    def events(
        self, wanted: EventFilter, cursor: str | None, limit: int, *, newest_first: bool = False
    ) -> Page[Event]:
        """Events, oldest first unless told otherwise."""
        rows = self._store.events.page(
            wanted, read_cursor(cursor), limit + 1, newest_first=newest_first
        )
        return Page[Event](
            items=tuple(event for _, event in rows[:limit]),
            next_cursor=write_cursor(rows[limit - 1][0]) if len(rows) > limit else None,
            total=self._store.events.count(wanted),
            resource_version=self._core.journal.version,
        )

    def charges(self, wanted: ChargeFilter, cursor: str | None, limit: int) -> Page[Charge]:
        """Charges in the order they were first written."""
        rows = self._store.charges.page(wanted, read_cursor(cursor) or 0, limit + 1)
        region = self._core.settings.region
        return Page[Charge](
            items=tuple(charge(row, self._tenant_id, region) for row in rows[:limit]),
            next_cursor=write_cursor(rows[limit - 1].seq) if len(rows) > limit else None,
            total=self._store.charges.count(wanted),
            resource_version=self._core.journal.version,
        )

    def changes_since(self, version: int, limit: int) -> list[Change]:
        """Changes after `version`, oldest first; raises `VersionExpired`."""
        oldest = self._store.changes.oldest()
        if version < oldest - 1 or version > self._core.journal.version:
            raise VersionExpired(version, oldest)
        return self._store.changes.after(version, limit)
