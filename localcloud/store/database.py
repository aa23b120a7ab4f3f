"""The one connection to the SQLite file, its transactions, and its errors in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from localcloud.store.errors import StoreError
from localcloud.store.schema import MIGRATIONS

Value = str | int | float | None

_BUSY_MILLISECONDS = 2_000


class Database:
    """An open database at the newest schema.

    Raises:
        StoreError: the file is corrupt, from a newer version, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._worded():
            # Callers take turns; the module's own check would only forbid handing it over.
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            with self._worded():
                self._prepare()
        except StoreError:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._connection.close()

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner transaction joins the outer one."""
        if self._connection.in_transaction:
            yield
            return
        with self._worded():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._worded():
                self._connection.execute("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself after some errors, a full disk among them.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Execute one statement; returns how many rows it changed."""
        with self._worded():
            return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """Every row a query finds."""
        with self._worded():
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Value] = ()) -> sqlite3.Row | None:
        """The first row a query finds."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def _prepare(self) -> None:
        connection = self._connection
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        self._check()
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        self._migrate()
        # Taking the write lock once finds a read-only file now rather than at the first job.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")

    def _check(self) -> None:
        verdict = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"malformed: {verdict}")

    def _migrate(self) -> None:
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            raise StoreError(
                f"The database {self.path} was written by a newer version of Quarterdeck.",
                "Upgrade Quarterdeck, or set QUARTERDECK_LOCAL_HOME to another folder.",
            )
        for number in range(version, len(MIGRATIONS)):
            script = f"BEGIN;{MIGRATIONS[number]};PRAGMA user_version={number + 1};COMMIT;"
            try:
                self._connection.executescript(script)
            except sqlite3.Error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise _in_words(self.path, error) from error


def _in_words(path: Path, error: sqlite3.DatabaseError) -> StoreError:
    text = str(error)
    if "full" in text:
        return StoreError(
            f"The disk that holds {path} is full; nothing was recorded.",
            "Free some space; the cloud tries again by itself.",
        )
    if "malformed" in text or "not a database" in text:
        return StoreError(
            f"The database {path} is damaged ({text}).",
            "Move it away to start afresh, or restore a copy; Quarterdeck never deletes it.",
        )
    if "readonly" in text or "unable to open" in text:
        return StoreError(
            f"The database {path} cannot be opened for writing ({text}).",
            "Check that the folder exists and belongs to you.",
        )
    if "locked" in text:
        return StoreError(f"Another process holds the database {path}.", "Stop it, then try again.")
    return StoreError(f"The database {path} cannot be used ({text}).", "Check the disk.")
