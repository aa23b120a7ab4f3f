"""A panel about one place: its lines, and honestly how old they are and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from console.present.errors import error_text
from console.present.table import Tone
from console.state.snapshot import Snapshot
from console.text import visible
from screens.desk import Desk
from screens.freshness import freshness
from screens.panel import Line, Panel, Piece
from screens.widgets.cells import wrap


def stale_note(snapshot: Snapshot[Any], desk: Desk) -> Piece | None:
    """What stands beside a title about how old its data is; `None` while it is live."""
    state = freshness(snapshot, desk)
    since = snapshot.stale_since
    if snapshot.error is None:
        return Piece(state.text, state.tone, "stale") if state.text else None
    if since is None or snapshot.fetched_at is None:
        return Piece(desk.t("overview_view.not_read"), Tone.FAILED, "failed")
    clock = since.astimezone(desk.zone).strftime("%H:%M:%S")
    return Piece(desk.t("common.fresh.stale", time=clock), Tone.STALE, "stale")


class PlacePanel(Panel):
    """Opens its place; a feed that fails shows here and nowhere else."""

    def __init__(self, desk: Desk, place: str) -> None:
        super().__init__(id=f"overview-{place}")
        self._desk = desk
        self.place = place

    def tell(
        self,
        lines: Callable[[], Sequence[Line]],
        snapshots: Sequence[Snapshot[Any]],
        *,
        part: bool = False,
    ) -> None:
        """Show the lines of these snapshots, or why there are none.

        Args:
            part: the lines say something even before the first of the snapshots is read.
        """
        title = self._desk.t(f"action.place.{self.place}")
        worst = next((each for each in snapshots if each.error or each.from_disk), snapshots[0])
        if worst.fetched_at is None and not part:
            state = freshness(worst, self._desk)
            self.show(title, self._wrapped(state.text, state.tone))
            return
        self.show(title, [*lines(), *self._why(worst)], stale_note(worst, self._desk))

    def _why(self, snapshot: Snapshot[Any]) -> list[Line]:
        if snapshot.error is None:
            return []
        words = error_text(snapshot.error, self._desk.present()).sentence
        return self._wrapped(words, Tone.STALE)

    def _wrapped(self, text: str, tone: Tone) -> list[Line]:
        return [(Piece(line, tone),) for line in wrap(visible(text), max(10, self.size.width - 2))]
