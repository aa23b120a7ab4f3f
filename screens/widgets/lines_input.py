"""A field of several lines whose keys act in the order they were typed."""

from __future__ import annotations

from textual import events
from textual.widgets import TextArea

from screens.widgets.editing import act_now


class LinesInput(TextArea):
    """A field of several lines."""

    async def on_key(self, event: events.Key) -> None:
        await act_now(self, event)
