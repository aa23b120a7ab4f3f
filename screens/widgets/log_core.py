"""How a log view places its lines: the top line by key, rows by wrapping, what to ask for."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from textual.cache import LRUCache
from textual.message import Message
from textual.strip import Strip

from console.present.table import Tone
from screens.widgets.cells import visible, width_of
from screens.widgets.ink import Inked
from screens.widgets.log_paint import GUTTER, gutter_strip, line_strip, wrapped
from screens.widgets.log_source import CHUNK, LogSource, LogWindow, MergedLines
from screens.widgets.log_text import ERROR_BYTES, LogLine, parse_line

_NEAR = 200
"""Lines from an end of the window at which more is asked for."""


class LogCore(Inked):
    """The state of a log view and its drawing."""

    @dataclass
    class RangeNeeded(Message, namespace="log_view"):
        """Bytes that would be drawn next; answer with `put`."""

        view: LogCore
        start: int
        length: int

        @property
        def control(self) -> LogCore:
            return self.view

    @dataclass
    class StateChanged(Message, namespace="log_view"):
        """Something a status line shows is different: position, follow, pending, hits, wrap."""

        view: LogCore

        @property
        def control(self) -> LogCore:
            return self.view

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LogCore.StateChanged) and message.view is self.view

    @dataclass
    class NothingFound(Message, namespace="log_view"):
        """A search, or a jump to an error, met nothing in what is held."""

        view: LogCore

        @property
        def control(self) -> LogCore:
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.following = False
        """Whether the end of the log is kept in view."""
        self.pending = 0
        """Lines that came in while the view did not follow."""
        self.wraps = False
        """Whether long lines go on in the next row."""
        self.hits: list[int] = []
        """Keys of the lines in which the search was found."""
        self.hit = -1
        """Which of `hits` is shown, from 0; -1 for none."""
        self._window = LogWindow()
        self._merged: MergedLines | None = None
        self._top = 0
        self._top_row = 0
        self._left = 0
        self._bottom = -1
        self._needle = ""
        self._asked: int | None = None
        self._goal: int | None = None
        self._empty = ""
        self._parsed: LRUCache[tuple[int, int], LogLine] = LRUCache(512)
        self._drawn: list[Strip] | None = None

    @property
    def _source(self) -> LogSource:
        return self._window if self._merged is None else self._merged

    # Drawing.

    def notify_style_update(self) -> None:
        self._drawn = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        if self._drawn is None:
            self._drawn = self._draw()
        width = self.size.width
        strip = self._drawn[y] if y < len(self._drawn) else Strip.blank(width)
        return strip.adjust_cell_length(width).apply_style(self.rich_style)

    def _draw(self) -> list[Strip]:
        source, height = self._source, self.size.height
        if not len(source):
            return [Strip([Segment(f" {visible(self._empty)}", self.ink.tone(Tone.DIM))])]
        rows: list[Strip] = []
        index, skip = source.index(self._top), self._top_row
        while len(rows) < height and index < len(source):
            rows += self._parts(index)[skip:]
            skip = 0
            index += 1
        self._bottom = index - 1
        return rows[:height]

    def _parts(self, index: int) -> list[Strip]:
        """The rows of one line, as wide as the view."""
        gutter = GUTTER if self._merged is not None else 0
        width = max(1, self.size.width - gutter)
        strip = line_strip(self._line(index), self.ink, self._needle)
        if self.wraps:
            parts = wrapped(strip, width)
        else:
            parts = [strip.crop(self._left, self._left + width)]
        if not gutter:
            return parts
        rank = self._source.rank(index)
        return [
            Strip.join([gutter_strip(rank, at == 0, self.ink), part])
            for at, part in enumerate(parts)
        ]

    def _line(self, index: int) -> LogLine:
        raw = self._source.raw(index)
        # The length is part of the key: the last line grows while it is written.
        key = (self._source.key(index), len(raw))
        line = self._parsed.get(key)
        if line is None:
            line = self._parsed[key] = parse_line(raw)
        return line

    def _row_count(self, index: int) -> int:
        return len(self._parts(index)) if self.wraps else 1

    # Position.

    def _end_position(self) -> tuple[int, int]:
        """Line and row at the top when the last line is at the bottom."""
        index, left = len(self._source), self.size.height
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
        if self._drawn is None and self.is_attached:
            self._drawn = self._draw()
        return min(self._bottom, len(self._source) - 1)

    def _changed(self, *, arrived: bool = False) -> None:
        """Follow the end where wanted, ask for what is missing, paint.

        Args:
            arrived: bytes came and nobody moved.
        """
        if self.following:
            self._to_end()
        self._drawn = None
        self.refresh()
        if self.is_attached and self.size.height:
            self._ask_for_more(arrived)
            self.post_message(self.StateChanged(self))

    # What is missing.

    def _keep(self) -> int:
        return self._window.end if self.following else self._top

    def _ask_for_more(self, arrived: bool) -> None:
        """Ask for what lies before or behind; along a line without an end only at each movement,
        since one answer would lead to the next question until the whole file was read."""
        window = self._window
        if self._merged is not None or self._asked is not None or not len(window):
            return
        before = window.start > 0 and not (arrived and window.long_first)
        behind = window.end < (window.total or 0) and not (arrived and window.long_last)
        if before and window.index(self._top) < _NEAR:
            start = max(0, window.start - CHUNK)
            self._ask(start, window.start - start)
        elif behind and self._last_index() > len(window) - _NEAR:
            self._ask(window.end, min(CHUNK, (window.total or 0) - window.end))

    def _ask(self, start: int, length: int) -> None:
        self._asked = start
        self.post_message(self.RangeNeeded(self, start, length))

    def _go(self, goal: int, start: int, length: int) -> None:
        """Ask for the bytes around an offset outside the window and go there when they come."""
        self._goal = goal
        self._ask(start, length)

    def _arrive(self) -> None:
        goal, self._goal = self._goal, None
        if goal == 0:
            self._place(0)
        else:
            self._to_end()

    # Finding.

    def _find_hits(self) -> None:
        source, needle = self._source, self._needle.lower().encode()
        self.hits = (
            [source.key(at) for at in range(len(source)) if needle in source.raw(at).lower()]
            if needle
            else []
        )

    def _step_hit(self, step: int) -> None:
        current = self.hits[self.hit] if 0 <= self.hit < len(self.hits) else None
        self._find_hits()
        if not self.hits:
            self.hit = -1
            self._changed()
            if self._needle:
                self.post_message(self.NothingFound(self))
            return
        if current is None:
            later = [at for at, key in enumerate(self.hits) if key >= self._top]
            self.hit = later[0] if later and step > 0 else 0 if step > 0 else len(self.hits) - 1
        else:
            at = self.hits.index(current) if current in self.hits else -1
            self.hit = (at + step) % len(self.hits)
        self._show(self._source.index(self.hits[self.hit]), self._needle)

    def _go_to_error(self, start: int) -> None:
        source = self._source
        for index in range(start, len(source)):
            if ERROR_BYTES.search(source.raw(index)):
                self._show(index, "")
                return
        self.post_message(self.NothingFound(self))

    def _show(self, index: int, needle: str) -> None:
        """Bring a line to the top, and sideways to where `needle` is in it."""
        self.following = False
        at = self._line(index).text.lower().find(needle.lower())
        column = width_of(self._line(index).text[: max(0, at)])
        width = max(1, self.size.width - GUTTER)
        if not self.wraps and not self._left <= column < self._left + width - len(needle):
            self._left = max(0, column - width // 2)
        self._place(index)
        self._changed()
