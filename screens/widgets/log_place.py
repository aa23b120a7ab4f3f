"""Where a log view stands: its top line by key; what it asks for, and when it paints."""

from __future__ import annotations

import time
from dataclasses import dataclass

from textual.message import Message

from screens.widgets.log_core import LogCore
from screens.widgets.log_window import CHUNK

_NEAR = 200
"""Lines from an end of the window at which more is asked for."""

_FRAME = 0.012
"""Seconds between two pictures of a log that grows, at least."""

_SLOWEST_FRAME = 0.045
"""And at most, however much comes in."""

_SHARE = 14
"""How many times the processor time of a picture passes before the next one of a growing log."""

_TELL_SECONDS = 0.2
"""How often it is told that a log grew."""


class LogPlace(LogCore):
    """The position in a log, and its movements."""

    @dataclass
    class RangeNeeded(Message, namespace="log_view"):
        """Bytes that would be drawn next; answer with `put`."""

        view: LogPlace
        start: int
        length: int

        @property
        def control(self) -> LogPlace:
            return self.view

    @dataclass
    class StateChanged(Message, namespace="log_view"):
        """Something a status line shows is different: position, follow, pending, hits, wrap."""

        view: LogPlace

        @property
        def control(self) -> LogPlace:
            return self.view

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LogPlace.StateChanged) and message.view is self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._awaited: int | None = None
        self._goal: int | None = None
        self._painted_at = 0.0
        self._paint_cost = 0.0
        self._paint_waits = False
        self._told_at = 0.0
        self._tell_waits = False

    # Position.

    def _row_count(self, index: int) -> int:
        return len(self._parts(index)) if self.wraps else 1

    def _end_position(self) -> tuple[int, int]:
        """Line and row at the top when the last line is at the bottom."""
        index, left = len(self._source), self.size.height
        if not self.wraps:
            return max(0, index - max(1, left)), 0
        while index > 0:
            index -= 1
            rows = self._row_count(index)
            if rows >= left:
                return index, rows - left
            left -= rows
        return 0, 0

    def _place(self, index: int, row: int = 0) -> None:
        source = self._source
        if len(source):
            index, row = min((max(0, index), row), self._end_position())
            self._top, self._top_row = source.key(index), row

    def _to_end(self) -> None:
        self._place(len(self._source))
        self.pending = 0

    def _scroll_rows(self, count: int) -> None:
        source = self._source
        if not len(source):
            return
        if count < 0:
            self.following = False
        index, row = source.index(self._top), self._top_row + count
        while row < 0 and index > 0:
            index -= 1
            row += self._row_count(index)
        while index < len(source) - 1 and row >= (rows := self._row_count(index)):
            row -= rows
            index += 1
        self._place(index, max(0, row))
        self._changed()

    def _last_index(self) -> int:
        if self.is_attached:
            self.prepare()
        return min(self._bottom, len(self._source) - 1)

    def go_to(self, offset: int) -> None:
        """Bring the line at a byte offset to the top, from wherever it has to be read."""
        self.following = False
        window = self._window
        if self._source is not window or window.start <= offset < window.end:
            self._place(self._source.index(offset))
        elif window.total and offset >= window.total:
            self._go_end()
        else:
            start = max(0, offset - CHUNK // 2)
            self._go(offset, start, CHUNK)
        self._changed()

    def _go_end(self) -> None:
        total = self._window.total or 0
        if self._source is self._window and self._window.end < total:
            start = max(self._window.end, total - CHUNK)
            self._go(total, start, total - start)
        self._to_end()

    # Painting.

    def _changed(self, *, arrived: bool = False) -> None:
        """Follow the end where wanted, ask for what is missing, paint.

        Args:
            arrived: bytes came and nobody moved.
        """
        if self.following:
            self._to_end()
        self._drawn = None
        if not self.is_attached or not self.size.height:
            return
        if arrived:
            self._paint_soon()
        else:
            self._paint_now_and_time()
        self._ask_for_more(arrived)
        self._tell(arrived)

    def _paint_now_and_time(self) -> None:
        self._paint_waits = False
        began = time.thread_time()
        self.repaint()
        self._paint_cost = time.thread_time() - began
        self._painted_at = time.monotonic()

    def _paint_soon(self) -> None:
        """At once where the last picture is old enough: a flood must leave room for keys."""
        if self._paint_waits:
            return
        pause = min(_SLOWEST_FRAME, max(_FRAME, self._paint_cost * _SHARE))
        left = self._painted_at + pause - time.monotonic()
        if left <= 0:
            self._paint_now_and_time()
        else:
            self._paint_waits = True
            self.set_timer(left, self._paint_waiting)

    def _paint_waiting(self) -> None:
        if self._paint_waits:
            self._paint_now_and_time()

    def _tell(self, arrived: bool) -> None:
        left = self._told_at + _TELL_SECONDS - time.monotonic() if arrived else 0.0
        if left <= 0:
            self._tell_now()
        elif not self._tell_waits:
            self._tell_waits = True
            self.set_timer(left, self._tell_now)

    def _tell_now(self) -> None:
        self._tell_waits = False
        self._told_at = time.monotonic()
        self.post_message(self.StateChanged(self))

    # What is missing.

    def _keep(self) -> int:
        return self._window.end if self.following else self._top

    def _ask_for_more(self, arrived: bool) -> None:
        """Ask for what lies before or behind; along a line without an end only at each movement,
        since one answer would lead to the next question until the whole file was read."""
        window = self._window
        if self._source is not window or self._awaited is not None or not len(window):
            return
        before = window.start > 0 and not (arrived and window.long_first)
        behind = window.end < (window.total or 0) and not (arrived and window.long_last)
        if before and window.index(self._top) < _NEAR:
            start = max(0, window.start - CHUNK)
            self._request(start, window.start - start)
        elif behind and self._last_index() > len(window) - _NEAR:
            self._request(window.end, min(CHUNK, (window.total or 0) - window.end))

    def _request(self, start: int, length: int) -> None:
        self._awaited = start
        self.post_message(self.RangeNeeded(self, start, length))

    def _go(self, goal: int, start: int, length: int) -> None:
        """Ask for the bytes around an offset outside the window and go there when they come."""
        self._goal = goal
        self._request(start, length)

    def _arrive(self) -> None:
        goal, self._goal = self._goal, None
        if goal is None:
            return
        if goal and goal >= (self._window.total or 0):
            self._to_end()
        else:
            self._place(self._window.index(goal))
