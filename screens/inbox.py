"""Notices: what happened, the newest first."""

from __future__ import annotations

from typing import ClassVar

from api_client.models.event import Event
from console.present.context import PresentContext
from console.present.events import EVENT_COLUMNS, event_row
from console.present.filters.nouns import EVENT_FIELDS
from console.present.table import Row
from screens.list_view import ListView


class InboxView(ListView):
    """Every event of the tenant; `!` narrows to warnings and errors."""

    VIEW = "inbox"
    FEED = "events"
    KIND = "event"
    COLUMNS = EVENT_COLUMNS
    FIELDS = EVENT_FIELDS
    EMPTY_KEY = "common.empty.events"
    PROBLEMS = "severity=warning,error"
    HINTS: ClassVar = ("list.open", "global.problems_only", "global.refresh")

    def items(self) -> list[Event]:
        return sorted(self.snapshot(self.FEED).items.values(), key=_newest)

    def row(self, item: Event, ctx: PresentContext) -> Row:
        return event_row(item, ctx)

    def do_open(self) -> None:
        """The object the event is about."""
        event = self.cursor_item
        if event is not None and event.subject.kind in ("job", "node"):
            self.go(event.subject.kind, event.subject.id)


def _newest(event: Event) -> tuple[float, str]:
    return -event.time.timestamp(), event.id
