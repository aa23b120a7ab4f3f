"""Readings of the nodes, one row per node and moment."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.store.database import Database


@dataclass(frozen=True)
class Reading:
    """One stored reading; the body is JSON."""

    node: str
    time: float
    body: str


class TelemetryTable:
    """Reads, appends and prunes readings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, reading: Reading) -> None:
        sql = "INSERT OR REPLACE INTO telemetry (node, time, body) VALUES (?, ?, ?)"
        self._database.run(sql, (reading.node, reading.time, reading.body))

    def between(self, start: float, end: float, node: str) -> list[Reading]:
        """Readings in [start, end) of one node, or of all where `node` is empty."""
        sql = "SELECT node, time, body FROM telemetry WHERE time >= ? AND time < ?"
        values: tuple[str | float, ...] = (start, end)
        if node:
            sql, values = f"{sql} AND node = ?", (*values, node)
        rows = self._database.rows(f"{sql} ORDER BY time", values)
        return [Reading(row["node"], row["time"], row["body"]) for row in rows]

    def prune(self, before: float) -> None:
        self._database.run("DELETE FROM telemetry WHERE time < ?", (before,))
