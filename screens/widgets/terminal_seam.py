"""Where a widget may write its own lines straight to the terminal, and how.

The framework composes a whole frame for every change: a cursor key in a full list costs 13 ms and
32 kB through it and 3 ms and 0.5 kB past it (CPU, 120 x 40, lines that scroll). This file alone
reaches under the framework for that. Where the names it needs are gone, `place_of` finds no place
and everything is painted the ordinary way.
"""

from __future__ import annotations

from typing import Any

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual.app import App
from textual.geometry import Region
from textual.widget import Widget

_SYNC = ("\x1b[?2026h", "\x1b[?2026l")
_SYNCED_FROM = 1500
"""Characters from which a frame is announced as one, so that none is seen half drawn."""


def colour_system(app: App[Any]) -> ColorSystem | None:
    """The colours the terminal of an app has."""
    name = app.console.color_system
    return COLOR_SYSTEMS.get(name) if name else None


def waiting_frames(app: App[Any]) -> int:
    """Frames the terminal has not taken yet; a fast one always has none."""
    thread = getattr(getattr(app, "_driver", None), "_writer_thread", None)
    queue = getattr(thread, "_queue", None)
    return queue.qsize() if queue is not None else 0


def send(app: App[Any], text: str) -> None:
    """Write to the terminal and leave its cursor where the app wants it."""
    driver: Any = app._driver
    x, y = app.screen.outer_size.clamp_offset(app.cursor_position)
    text = f"{text}\x1b[{y + 1};{x + 1}H"
    if len(text) >= _SYNCED_FROM and getattr(app, "_sync_available", False):
        text = text.join(_SYNC)
    driver.write(text)
    driver.flush()


class Seam:
    """Finds the place of one widget on the terminal, while nothing covers it."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._seen: object = None
        self._place: Region | None = None

    def place(self) -> Region | None:
        """The cells of the terminal that are the widget's alone now, else `None`."""
        try:
            return self._find()
        except AttributeError:
            # The framework has other names: it paints for us, as for everybody.
            return None

    def _find(self) -> Region | None:
        widget = self._widget
        app: Any = widget.app
        driver = app._driver
        if app.is_headless or app.is_inline or app._batch_count or driver is None:
            return None
        if not app._running or app._closed or not driver._writer_thread.is_alive():
            return None
        screen: Any = widget.screen
        if app.screen is not screen or screen._layout_required or screen._repaint_required:
            return None
        if screen._scroll_required or not widget.visible:
            return None
        shown = screen._compositor.visible_widgets
        if shown is not self._seen:
            self._seen, self._place = shown, _uncovered(widget, shown)
        return self._place


def _uncovered(widget: Widget, shown: dict[Widget, tuple[Region, Region]]) -> Region | None:
    """Where the widget is if all of it is seen; `shown` has the front first."""
    if widget not in shown:
        return None
    place, clip = shown[widget]
    if not place or place.intersection(clip) != place:
        return None
    for other, (region, window) in shown.items():
        if other is widget:
            return place
        if other in widget.ancestors:
            continue
        if region.intersection(window).overlaps(place):
            return None
    return None
