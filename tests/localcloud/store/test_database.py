from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from localcloud.store.database import Database
from localcloud.store.errors import StoreError
from localcloud.store.schema import MIGRATIONS


def test_a_damaged_file_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    path.write_bytes(b"this is not a database" * 300)
    with pytest.raises(StoreError) as caught:
        Database(path)
    assert str(path) in str(caught.value) and "damaged" in str(caught.value)
    assert path.read_bytes().startswith(b"this is not")


def test_a_page_torn_in_the_middle_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    database = Database(path)
    for number in range(2_000):
        database.run("INSERT INTO meta VALUES (?, ?)", (str(number), "x" * 50))
    database.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8_192] = b"\xff" * 8_192
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        Database(path)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Database(path)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Database(tmp_path / "nowhere" / "cloud.db")


def test_a_full_disk_is_said_and_nothing_half_written(tmp_path: Path) -> None:
    database = Database(tmp_path / "cloud.db")
    database.run("INSERT INTO meta VALUES ('a', 'b')")
    pages = database.row("PRAGMA page_count")
    assert pages is not None
    database.run(f"PRAGMA max_page_count={pages[0]}")
    with pytest.raises(StoreError, match="full"), database.transaction():
        database.run("INSERT INTO meta VALUES ('c', 'd')")
        for number in range(1_000):
            database.run("INSERT INTO meta VALUES (?, ?)", (str(number), "x" * 4_000))
    assert not database.in_transaction
    assert [row["key"] for row in database.rows("SELECT key FROM meta")] == ["a"]
    database.run("PRAGMA max_page_count=100000")
    database.run("INSERT INTO meta VALUES ('c', 'd')")
    database.close()


def test_an_error_undoes_the_whole_transaction(tmp_path: Path) -> None:
    database = Database(tmp_path / "cloud.db")
    with pytest.raises(RuntimeError), database.transaction():
        with database.transaction():
            database.run("INSERT INTO meta VALUES ('a', 'b')")
        raise RuntimeError
    assert database.rows("SELECT * FROM meta") == []
    database.close()


def test_an_older_schema_is_brought_up_to_date_with_its_events(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(f"{MIGRATIONS[0]}PRAGMA user_version=1;")
        for reason in ("JobCreated", "FailureDetected"):
            connection.execute(
                "INSERT INTO events (time, kind, subject, body) VALUES (0, 'job', 'a', ?)",
                (f'{{"reason": "{reason}"}}',),
            )
    connection.close()
    database = Database(path)
    found = database.rows("SELECT seq FROM events WHERE reason = 'FailureDetected'")
    assert [row["seq"] for row in found] == [2]
    database.close()
