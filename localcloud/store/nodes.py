"""The declared nodes."""

from __future__ import annotations

from localcloud.store.codec import assignments, decode, encode, insertion
from localcloud.store.database import Database
from localcloud.store.rows import NodeRow


class NodeTable:
    """Reads and writes nodes, in the order of their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[NodeRow]:
        return [
            decode(NodeRow, row)
            for row in self._database.rows("SELECT * FROM nodes ORDER BY ordinal")
        ]

    def count(self) -> int:
        row = self._database.row("SELECT COUNT(*) FROM nodes")
        return 0 if row is None else int(row[0])

    def page(self, after: int, limit: int) -> list[NodeRow]:
        """Nodes whose ordinal is greater than `after`."""
        sql = "SELECT * FROM nodes WHERE ordinal > ? ORDER BY ordinal LIMIT ?"
        return [decode(NodeRow, row) for row in self._database.rows(sql, (after, limit))]

    def get(self, name: str) -> NodeRow | None:
        row = self._database.row("SELECT * FROM nodes WHERE name = ?", (name,))
        return None if row is None else decode(NodeRow, row)

    def insert(self, node: NodeRow) -> None:
        columns = encode(node)
        self._database.run(insertion("nodes", columns), tuple(columns.values()))

    def save(self, node: NodeRow) -> None:
        columns = encode(node, leave_out=frozenset({"name", "version"}))
        sql = f"UPDATE nodes SET {assignments(columns)} WHERE name = ?"
        self._database.run(sql, (*columns.values(), node.name))

    def set_version(self, name: str, version: int) -> None:
        """Note the resource version a node changed at; `save` leaves it alone."""
        self._database.run("UPDATE nodes SET version = ? WHERE name = ?", (version, name))

    def delete(self, name: str) -> None:
        self._database.run("DELETE FROM nodes WHERE name = ?", (name,))
