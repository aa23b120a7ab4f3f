"""Allocations of slots and the charges made of them; both outlive their job."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from localcloud.store.codec import decode, encode, insertion
from localcloud.store.database import Database, Value
from localcloud.store.rows import AllocationRow, ChargeRow


@dataclass(frozen=True)
class ChargeFilter:
    """Charges whose period starts in [start, end), seconds since 1970."""

    start: int | None = None
    end: int | None = None
    job_name: str = ""


class AllocationTable:
    """Reads and writes allocations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, allocation: AllocationRow) -> None:
        columns = encode(allocation)
        self._database.run(insertion("allocations", columns), tuple(columns.values()))

    def close(self, run_id: str, end: int) -> None:
        """End an allocation, never before it began; one that has ended stays as it is."""
        sql = (
            'UPDATE allocations SET "end" = MAX(start, ?), charged = 0'
            ' WHERE id = ? AND "end" IS NULL'
        )
        self._database.run(sql, (end, run_id))

    def of_job(self, job_uid: str) -> list[AllocationRow]:
        sql = "SELECT * FROM allocations WHERE job_uid = ? ORDER BY start, attempt, rank"
        return [decode(AllocationRow, row) for row in self._database.rows(sql, (job_uid,))]

    def uncharged(self) -> list[AllocationRow]:
        """Allocations whose charges are not final."""
        rows = self._database.rows("SELECT * FROM allocations WHERE charged = 0 ORDER BY start")
        return [decode(AllocationRow, row) for row in rows]

    def mark_charged(self, run_id: str) -> None:
        self._database.run("UPDATE allocations SET charged = 1 WHERE id = ?", (run_id,))

    def accelerator_seconds(self, job_uids: Iterable[str], now: int) -> dict[str, int]:
        """Whole seconds x slots held so far, by job."""
        found: dict[str, int] = {}
        sql = (
            'SELECT SUM(MAX(0, COALESCE("end", ?) - start) * accelerators)'
            " FROM allocations WHERE job_uid = ?"
        )
        for uid in job_uids:
            row = self._database.row(sql, (now, uid))
            found[uid] = 0 if row is None or row[0] is None else int(row[0])
        return found


class ChargeTable:
    """Reads and writes charges, in the order they were first written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_allocation(self, run_id: str) -> list[sqlite3.Row]:
        sql = "SELECT * FROM charges WHERE allocation = ? ORDER BY hour"
        return self._database.rows(sql, (run_id,))

    def put(self, charge: ChargeRow) -> None:
        """Write the charge of one allocation and hour, replacing an earlier reckoning."""
        sql = (
            'INSERT INTO charges (allocation, hour, start, "end", sku, unit_price, currency, cost)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (allocation, hour) DO UPDATE SET"
            ' start = excluded.start, "end" = excluded."end", cost = excluded.cost'
        )
        self._database.run(
            sql,
            (
                charge.allocation.id,
                charge.hour,
                charge.start,
                charge.end,
                charge.sku,
                charge.unit_price,
                charge.currency,
                charge.cost,
            ),
        )

    def drop(self, run_id: str, hour: int) -> None:
        """Remove the charge of one allocation and hour."""
        sql = "DELETE FROM charges WHERE allocation = ? AND hour = ?"
        self._database.run(sql, (run_id, hour))

    def page(self, wanted: ChargeFilter, after: int, limit: int) -> list[ChargeRow]:
        where, values = _where(wanted)
        sql = (
            'SELECT c.seq, c.hour, c.start AS c_start, c."end" AS c_end, c.sku, c.unit_price,'
            " c.currency, c.cost, a.* FROM charges c JOIN allocations a ON a.id = c.allocation"
            f" WHERE c.seq > ? AND {where} ORDER BY c.seq LIMIT ?"
        )
        return [_charge(row) for row in self._database.rows(sql, (after, *values, limit))]

    def count(self, wanted: ChargeFilter) -> int:
        where, values = _where(wanted)
        sql = (
            "SELECT COUNT(*) FROM charges c JOIN allocations a ON a.id = c.allocation"
            f" WHERE {where}"
        )
        row = self._database.row(sql, values)
        return 0 if row is None else int(row[0])


def _charge(row: sqlite3.Row) -> ChargeRow:
    return ChargeRow(
        allocation=decode(AllocationRow, row),
        hour=row["hour"],
        start=row["c_start"],
        end=row["c_end"],
        sku=row["sku"],
        unit_price=row["unit_price"],
        currency=row["currency"],
        cost=row["cost"],
        seq=row["seq"],
    )


def _where(wanted: ChargeFilter) -> tuple[str, list[Value]]:
    parts, values = ["1"], list[Value]()
    if wanted.start is not None:
        parts.append("c.start >= ?")
        values.append(wanted.start)
    if wanted.end is not None:
        parts.append("c.start < ?")
        values.append(wanted.end)
    if wanted.job_name:
        parts.append("a.job_name = ?")
        values.append(wanted.job_name)
    return " AND ".join(parts), values
