"""Every table over one database."""

from __future__ import annotations

import uuid
from pathlib import Path

from localcloud.store.charges import AllocationTable, ChargeTable
from localcloud.store.database import Database
from localcloud.store.events import ChangeTable, EventTable
from localcloud.store.jobs import JobTable, RunTable
from localcloud.store.nodes import NodeTable
from localcloud.store.telemetry import TelemetryTable


class Store:
    """What the cloud remembers; raises `StoreError` where the file cannot be used."""

    def __init__(self, path: Path, *, changes_kept: int) -> None:
        self.database = Database(path)
        self.nodes = NodeTable(self.database)
        self.jobs = JobTable(self.database)
        self.runs = RunTable(self.database)
        self.allocations = AllocationTable(self.database)
        self.charges = ChargeTable(self.database)
        self.events = EventTable(self.database)
        self.changes = ChangeTable(self.database, changes_kept)
        self.telemetry = TelemetryTable(self.database)

    def tenant_id(self) -> str:
        """The id this cloud got when its database was made."""
        database = self.database
        sql = "INSERT OR IGNORE INTO meta (key, value) VALUES ('tenant_id', ?)"
        row = database.row("SELECT value FROM meta WHERE key = 'tenant_id'")
        if row is None:
            database.run(sql, (uuid.uuid4().hex,))
            row = database.row("SELECT value FROM meta WHERE key = 'tenant_id'")
        return "" if row is None else str(row[0])
