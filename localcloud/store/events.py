"""Events as they happened, and the numbered changes a watch delivers."""

from __future__ import annotations

from dataclasses import dataclass

from api_client.models.event import FAILURE_REASONS, Event
from api_client.models.slim import from_json, to_json
from api_client.models.watch import Change
from localcloud.store.database import Database, Value


@dataclass(frozen=True)
class EventFilter:
    """What a list of events is narrowed by; empty means everything."""

    kind: str = ""
    subject: str = ""
    since: float | None = None
    about_failures: bool = False


class EventTable:
    """Reads and appends events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_seq(self) -> int:
        """The number the next event gets; numbers are never used twice."""
        row = self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
        return 1 if row is None else int(row[0]) + 1

    def append(self, seq: int, event: Event) -> None:
        sql = (
            "INSERT INTO events (seq, time, kind, subject, reason, body) VALUES (?, ?, ?, ?, ?, ?)"
        )
        body = to_json(event).decode()
        subject = event.subject
        row = (seq, event.time.timestamp(), subject.kind, subject.id, event.reason, body)
        self._database.run(sql, row)

    def page(
        self, wanted: EventFilter, after: int | None, limit: int, *, newest_first: bool = False
    ) -> list[tuple[int, Event]]:
        """Events that follow the number `after` in this order, each with its number."""
        where, values = _where(wanted)
        side, order = ("<", "DESC") if newest_first else (">", "ASC")
        if after is not None:
            where = f"seq {side} ? AND {where}"
            values = [after, *values]
        sql = f"SELECT seq, body FROM events WHERE {where} ORDER BY seq {order} LIMIT ?"
        rows = self._database.rows(sql, (*values, limit))
        return [(int(row["seq"]), from_json(row["body"], Event)) for row in rows]

    def count(self, wanted: EventFilter) -> int:
        where, values = _where(wanted)
        row = self._database.row(f"SELECT COUNT(*) FROM events WHERE {where}", values)
        return 0 if row is None else int(row[0])


class ChangeTable:
    """The last changes, numbered by resource version; older ones are dropped."""

    def __init__(self, database: Database, kept: int) -> None:
        self._database = database
        self._kept = kept

    def newest(self) -> int:
        """The version of the last change, 0 before the first."""
        row = self._database.row("SELECT MAX(version) FROM changes")
        return 0 if row is None or row[0] is None else int(row[0])

    def oldest(self) -> int:
        """The version of the oldest change kept, 1 before the first."""
        row = self._database.row("SELECT MIN(version) FROM changes")
        return 1 if row is None or row[0] is None else int(row[0])

    def append(self, change: Change) -> None:
        version = change.resource_version
        sql = "INSERT INTO changes (version, body) VALUES (?, ?)"
        self._database.run(sql, (version, to_json(change).decode()))
        self._database.run("DELETE FROM changes WHERE version <= ?", (version - self._kept,))

    def after(self, version: int, limit: int) -> list[Change]:
        sql = "SELECT body FROM changes WHERE version > ? ORDER BY version LIMIT ?"
        rows = self._database.rows(sql, (version, limit))
        return [from_json(row["body"], Change) for row in rows]


def _where(wanted: EventFilter) -> tuple[str, list[Value]]:
    parts, values = ["1"], list[Value]()
    if wanted.kind:
        parts.append("kind = ?")
        values.append(wanted.kind)
    if wanted.subject:
        parts.append("subject = ?")
        values.append(wanted.subject)
    if wanted.since is not None:
        parts.append("time >= ?")
        values.append(wanted.since)
    if wanted.about_failures:
        parts.append(f"reason IN ({', '.join('?' * len(FAILURE_REASONS))})")
        values += sorted(FAILURE_REASONS)
    return " AND ".join(parts), values
