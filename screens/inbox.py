"""Notices: what happened, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    NOUN = "events"
    KIND = "event"
    COLUMNS = EVENT_COLUMNS
    FIELDS = EVENT_FIELDS
    EMPTY_KEY = "common.empty.events"
    PROBLEMS = "severity=warning,error"
    HINTS: ClassVar = ("list.open", "global.problems_only", "global.refresh")

    def natural(self) -> Callable[[Event], float]:
        """The newest first."""
        return lambda event: -event.time.timestamp()

    def row(self, item: Event, ctx: PresentContext) -> Row:
        return event_row(item, ctx)

    def do_open(self) -> None:
        """The object the event is about."""
        if self.cursor_head is not None:
            super().do_open()
            return
        event = self.cursor_item
        if event is not None and event.subject.kind in ("job", "node"):
            self.go(event.subject.kind, event.subject.id)

    def subjects(self) -> Sequence[Ref]:
        """What the events are about: that is what one acts on."""
        events = [item for key in self.chosen_keys() if (item := self.model.item(key)) is not None]
        return list(dict.fromkeys(event.subject for event in events))

    def related(self, item: Event) -> list[Ref]:
        refs = [item.subject, Ref(kind="job", id=job_of(item))]
        return [ref for ref in refs if ref.kind in ("job", "node") and ref.id]

    def name_of(self, row: Row) -> str:
        return f"{row.cells['subject'].text} {row.cells['reason'].text}"

    def why_lines(self, row: Row) -> list[str]:
        event = self.model.item(row.key)
        fields = {} if event is None else event.fields
        more = [f"{name}: {value}" for name, value in sorted(fields.items())]
        return [*super().why_lines(row), *([""] if more else []), *more]
