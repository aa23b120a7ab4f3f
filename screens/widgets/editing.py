"""Fields whose keys act in the order they were typed.

A letter is inserted by the field itself, while a key that is bound is only looked up once it has
bubbled up to the application. What arrives in one piece, over a slow line, would be taken in
another order: `Backspace` `8` would delete the 8.
"""

from __future__ import annotations

from textual import events
from textual.widget import Widget
from textual.widgets import Input


async def act_now(field: Widget, event: events.Key) -> None:
    """Run the field's own binding of the key before the next key is looked at."""
    bound = field._bindings.key_to_bindings.get(event.key, [])
    binding = next((b for b in bound if not b.priority), None)
    if binding is not None:
        event.stop()
        event.prevent_default()
        await field.run_action(binding.action)


class LineInput(Input):
    """A field of one line; what goes up and down or sends it is left to whoever holds it."""

    async def on_key(self, event: events.Key) -> None:
        if event.key not in ("up", "down", "enter"):
            await act_now(self, event)
