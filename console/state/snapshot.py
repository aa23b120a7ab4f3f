"""What is known of one feed at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from api_client.errors import CloudError

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Snapshot(Generic[T]):
    """Items by id and how fresh they are. Compared by identity, never by content."""

    items: Mapping[str, T] = field(default_factory=lambda: MappingProxyType({}))
    """Of a streamed feed a live view: read it now, keep no iterator over it across an await."""
    fetched_at: datetime | None = None
    """When the source last confirmed these items; `None` before the first answer."""
    stale_since: datetime | None = None
    """Set while the source cannot be reached: the items are the last good ones."""
    error: CloudError | None = None
    """Why it is stale."""
    from_disk: bool = False
    """True until the network has answered: these are the last good items of an earlier run."""
    total: int | None = None
    """How many there are in all, where the source says so and not all are here."""
    version: int = 0
    """Changes of the items so far. The store counts; `Store.changed_since` says which."""

    @property
    def loading(self) -> bool:
        """True before anything at all is known."""
        return self.fetched_at is None and self.error is None

    def failed(self, error: CloudError, at: datetime) -> Snapshot[T]:
        """The same items, marked stale since the first failure."""
        return replace(self, error=error, stale_since=self.stale_since or at)


EMPTY: Snapshot[Any] = Snapshot()
"""Nothing known yet."""
