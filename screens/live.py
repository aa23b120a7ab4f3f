"""Between the store and a view: which feeds it holds, and the message that one has news."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.widget import Widget

from console.session import Session
from console.state.interest import Watching
from console.state.snapshot import Snapshot
from console.state.store import Unsubscribe
from screens.messages import SnapshotChanged


class LiveFeeds:
    """The feeds one visible view keeps live. Held while it is shown, released when it is left."""

    def __init__(self, session: Session, view: Widget) -> None:
        self._session = session
        self._view = view
        self._held: dict[str, tuple[Watching, Unsubscribe]] = {}
        self._told = False

    def hold(self, keys: Sequence[str]) -> None:
        """Hold exactly these feeds; those held before and wanted again are not restarted."""
        for key in [key for key in self._held if key not in keys]:
            self._drop(key)
        for key in keys:
            if key not in self._held:
                unsubscribe = self._session.store.subscribe(key, self._changed)
                self._held[key] = (self._session.watch(key), unsubscribe)

    def taken(self) -> None:
        """The view is about to show what is known: what comes from now on is news again."""
        self._told = False

    def release(self) -> None:
        """Hold nothing."""
        self._told = False
        for key in list(self._held):
            self._drop(key)

    def snapshot(self, key: str) -> Snapshot[Any]:
        """What is known of a feed."""
        return self._session.store.snapshot(key)

    def worst(self) -> Snapshot[Any] | None:
        """The snapshot of the held feeds that is stale the longest, else `None`."""
        stale = [self.snapshot(key) for key in self._held]
        stale = [snapshot for snapshot in stale if snapshot.stale_since is not None]
        return min(stale, key=lambda snapshot: snapshot.stale_since or 0, default=None)

    def _drop(self, key: str) -> None:
        watching, unsubscribe = self._held.pop(key)
        unsubscribe()
        watching.release()

    def _changed(self, key: str, snapshot: Snapshot[Any]) -> None:
        # A view that is behind draws what is known when it gets there; frames never queue up.
        if not self._told:
            self._told = self._view.post_message(SnapshotChanged(key))
