"""Jobs and the runs of their workers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api_client.models.job import JobState
from localcloud.store.codec import assignments, decode, encode, insertion
from localcloud.store.database import Database, Value
from localcloud.store.rows import JobRow, RunRow

_ENDED = tuple(state.value for state in JobState if state.ended)
_JOB_FIXED = frozenset({"id", "uid", "version"})
_RUN_FIXED = frozenset({"id"})


@dataclass(frozen=True)
class JobFilter:
    """What a list of jobs is narrowed by; empty means everything."""

    states: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    name_contains: str = ""


class JobTable:
    """Reads and writes jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> JobRow | None:
        row = self._database.row("SELECT * FROM jobs WHERE name = ?", (name,))
        return None if row is None else decode(JobRow, row)

    def by_uid(self, uid: str) -> JobRow | None:
        row = self._database.row("SELECT * FROM jobs WHERE uid = ?", (uid,))
        return None if row is None else decode(JobRow, row)

    def having(self, *states: JobState) -> list[JobRow]:
        """Jobs in any of these states, oldest first."""
        values = tuple(state.value for state in states)
        sql = f"SELECT * FROM jobs WHERE state IN ({_marks(values)}) ORDER BY id"
        return [decode(JobRow, row) for row in self._database.rows(sql, values)]

    def page(self, wanted: JobFilter, before: int | None, limit: int) -> list[JobRow]:
        """Jobs that match, newest first, with an id below `before`."""
        where, values = _where(wanted)
        if before is not None:
            where, values = f"{where} AND id < ?", [*values, before]
        sql = f"SELECT * FROM jobs WHERE {where} ORDER BY id DESC LIMIT ?"
        return [decode(JobRow, row) for row in self._database.rows(sql, (*values, limit))]

    def count(self, wanted: JobFilter) -> int:
        where, values = _where(wanted)
        row = self._database.row(f"SELECT COUNT(*) FROM jobs WHERE {where}", values)
        return 0 if row is None else int(row[0])

    def active_names(self) -> dict[str, str]:
        """Names of the jobs that have not ended, by uid."""
        sql = f"SELECT uid, name FROM jobs WHERE state NOT IN ({_marks(_ENDED)})"
        return {row["uid"]: row["name"] for row in self._database.rows(sql, _ENDED)}

    def in_states(self, *states: JobState) -> int:
        """How many jobs are in any of these states."""
        values = tuple(state.value for state in states)
        sql = f"SELECT COUNT(*) FROM jobs WHERE state IN ({_marks(values)})"
        row = self._database.row(sql, values)
        return 0 if row is None else int(row[0])

    def insert(self, job: JobRow) -> None:
        columns = encode(job, leave_out=frozenset({"id"}))
        self._database.run(insertion("jobs", columns), tuple(columns.values()))

    def save(self, job: JobRow) -> None:
        columns = encode(job, leave_out=_JOB_FIXED)
        sql = f"UPDATE jobs SET {assignments(columns)} WHERE uid = ?"
        self._database.run(sql, (*columns.values(), job.uid))

    def set_version(self, uid: str, version: int) -> None:
        """Note the resource version a job changed at; `save` leaves it alone."""
        self._database.run("UPDATE jobs SET version = ? WHERE uid = ?", (version, uid))

    def delete(self, uid: str) -> None:
        """Forget a job and its runs; its allocations and charges stay."""
        self._database.run("DELETE FROM runs WHERE job_uid = ?", (uid,))
        self._database.run("DELETE FROM jobs WHERE uid = ?", (uid,))


class RunTable:
    """Reads and writes worker runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, run_id: str) -> RunRow | None:
        row = self._database.row("SELECT * FROM runs WHERE id = ?", (run_id,))
        return None if row is None else decode(RunRow, row)

    def current(self, job_uids: Iterable[str]) -> dict[str, list[RunRow]]:
        """The newest run of each rank, by job, in rank order."""
        found: dict[str, list[RunRow]] = {uid: [] for uid in job_uids}
        for some in _batches(list(found)):
            sql = (
                f"SELECT * FROM runs WHERE current = 1 AND job_uid IN ({_marks(some)})"
                " ORDER BY rank"
            )
            for row in self._database.rows(sql, some):
                found[row["job_uid"]].append(decode(RunRow, row))
        return found

    def of_job(self, job_uid: str) -> list[RunRow]:
        """Every run of a job, by attempt, then rank."""
        sql = "SELECT * FROM runs WHERE job_uid = ? ORDER BY attempt, rank"
        return [decode(RunRow, row) for row in self._database.rows(sql, (job_uid,))]

    def live(self, node: str | None = None) -> list[RunRow]:
        """Runs whose end is not recorded, on one node or all."""
        where, values = ("", ()) if node is None else (" AND node = ?", (node,))
        sql = f"SELECT * FROM runs WHERE ended IS NULL{where} ORDER BY seq"
        return [decode(RunRow, row) for row in self._database.rows(sql, values)]

    def insert(self, run: RunRow) -> None:
        """Add a run and make it the current one of its rank."""
        sql = "UPDATE runs SET current = 0 WHERE job_uid = ? AND rank = ? AND current = 1"
        self._database.run(sql, (run.job_uid, run.rank))
        columns = encode(run)
        self._database.run(insertion("runs", columns), tuple(columns.values()))

    def save(self, run: RunRow) -> None:
        columns = encode(run, leave_out=_RUN_FIXED)
        sql = f"UPDATE runs SET {assignments(columns)} WHERE id = ?"
        self._database.run(sql, (*columns.values(), run.id))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" for _ in values)


def _batches(values: list[str], size: int = 500) -> Iterable[list[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _where(wanted: JobFilter) -> tuple[str, list[Value]]:
    parts, values = ["1"], list[Value]()
    if wanted.states:
        parts.append(f"state IN ({_marks(wanted.states)})")
        values.extend(wanted.states)
    if wanted.owners:
        parts.append(f"owner IN ({_marks(wanted.owners)})")
        values.extend(wanted.owners)
    if wanted.name_contains:
        parts.append("instr(name, ?) > 0")
        values.append(wanted.name_contains)
    return " AND ".join(parts), values
