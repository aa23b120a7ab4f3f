"""Notices: what happened, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from api_client.models.base import Ref
from api_client.models.event import Event
from console.analysis.recovery import job_of
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

    def subjects(self) -> Sequence[Ref]:
        """What the events are about: that is what one acts on."""
        events = [self._shown[ref.id] for ref in super().subjects() if ref.id in self._shown]
        return list(dict.fromkeys(event.subject for event in events))

    def related(self, item: Event) -> list[Ref]:
        refs = [item.subject, Ref(kind="job", id=job_of(item))]
        return [ref for ref in refs if ref.kind in ("job", "node") and ref.id]

    def name_of(self, row: Row) -> str:
        return f"{row.cells['subject'].text} {row.cells['reason'].text}"

    def why_lines(self, row: Row) -> list[str]:
        fields = self._shown[row.key].fields
        more = [f"{name}: {value}" for name, value in sorted(fields.items())]
        return [*super().why_lines(row), *([""] if more else []), *more]


def _newest(event: Event) -> tuple[float, str]:
    return -event.time.timestamp(), event.id
