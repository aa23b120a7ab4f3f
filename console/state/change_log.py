"""Which items of a feed changed since a version, as far back as it is worth remembering."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from itertools import islice

REMEMBERED = 50_000
"""Changes after which a reader that has not looked reads everything: that is cheaper for it."""


class ChangeLog:
    """Counts the changes of a feed's items and remembers the latest of them.

    Args:
        start: version to count from; a feed forgotten and begun again must not repeat versions.
    """

    def __init__(self, start: int = 0, *, remembered: int = REMEMBERED) -> None:
        self.version = start
        self._ids: deque[str] = deque(maxlen=remembered)

    def note(self, item_id: str) -> None:
        """One item was put or is gone."""
        self.version += 1
        self._ids.append(item_id)

    def note_all(self, item_ids: Collection[str]) -> None:
        """Several items were put or are gone."""
        self.version += len(item_ids)
        self._ids.extend(item_ids)

    def since(self, version: int) -> frozenset[str] | None:
        """Ids put or gone after a version; `None` where that is too far back or never was."""
        count = self.version - version
        if not 0 <= count <= len(self._ids):
            return None
        return frozenset(islice(reversed(self._ids), count))
