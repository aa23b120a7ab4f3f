"""What a log view shows and how it is drawn: rows, the gutter, the bar with hits and marks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from console.logs.decode import HEAD_BYTES, LogLine, decode_line
from console.present.table import Tone
from screens.widgets.cells import visible
from screens.widgets.ink import Ink
from screens.widgets.line_painter import LinePainter
from screens.widgets.log_filtered import FilteredLines
from screens.widgets.log_find import Wanted
from screens.widgets.log_paint import (
    GUTTER,
    MARKS,
    bar_segment,
    cut,
    gutter_strip,
    line_strip,
    mark_strip,
    wrapped,
)
from screens.widgets.log_window import LineSource, LogWindow, MergedLines

_STRIPS_KEPT = 512


class LogCore(LinePainter):
    """The state of a log view and its drawing."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.following = False
        """Whether the end of the log is kept in view."""
        self.pending = 0
        """Lines that came in while the view did not follow."""
        self.wraps = False
        """Whether long lines go on in the next row."""
        self.hits: Sequence[int] = ()
        """Keys of the lines in which the search was found, as far as they are known."""
        self.marks: list[int] = []
        """Keys of the lines somebody marked, in order."""
        self.selection: tuple[int, int] | None = None
        """Keys of the lines between which is selected: where it began, where it is."""
        self._window = LogWindow()
        self._merged: MergedLines | None = None
        self._only: FilteredLines | None = None
        self._top = 0
        self._top_row = 0
        self._left = 0
        self._bottom = -1
        self._wanted: Wanted | None = None
        self._empty = ""
        self._parsed: LRUCache[tuple[int, int], LogLine] = LRUCache(_STRIPS_KEPT)
        self._strips: LRUCache[tuple[int, int], list[Strip]] = LRUCache(_STRIPS_KEPT)
        self._strips_look: object = None
        self._drawn: list[Strip] | None = None
        self._ids: list[tuple[int, int]] = []
        self._rolled = 0
        self._bar = False

    @property
    def _source(self) -> LineSource:
        if self._only is not None:
            return self._only
        return self._window if self._merged is None else self._merged

    # Drawing.

    def notify_style_update(self) -> None:
        self._drawn = self._strips_look = None
        super().notify_style_update()

    def prepare(self) -> None:
        if self._drawn is None or len(self._drawn) != self.size.height:
            self._drawn = self._draw()

    def finished_line(self, y: int) -> Strip:
        drawn = self._drawn or ()
        return drawn[y] if y < len(drawn) else Strip.blank(self.size.width, self.rich_style)

    def render_line(self, y: int) -> Strip:
        self.prepare()
        return self.finished_line(y)

    @property
    def rolling(self) -> tuple[int, int, int]:
        return 0, max(0, self.size.height - 1), self._rolled

    def _draw(self) -> list[Strip]:
        source, height = self._source, self.size.height
        if not len(source):
            ids: list[tuple[int, int]] = []
            rows = [Strip([Segment(f" {visible(self._empty)}", self.ink.tone(Tone.DIM))])]
            self._bar = False
        else:
            rows, ids = self._draw_rows(source, height)
        self._note_rolling(ids)
        width, style = self.size.width, self.rich_style
        room = width - 1 if self._bar else width
        rows += [Strip([])] * (height - len(rows))
        rows = [row if row.cell_length == room else _fitted(row, room, style) for row in rows]
        if not self._bar:
            return rows
        bar = self._bar_segments(height, style)
        return [Strip([*row, part], width) for row, part in zip(rows, bar, strict=True)]

    def _draw_rows(
        self, source: LineSource, height: int
    ) -> tuple[list[Strip], list[tuple[int, int]]]:
        self._bar = self._needs_bar(source, height)
        self._check_look()
        rows: list[Strip] = []
        ids: list[tuple[int, int]] = []
        index, skip = source.index(self._top), self._top_row
        while len(rows) < height and index < len(source):
            parts = self._parts(index)[skip:]
            rows += parts
            ids += [(source.key(index), skip + at) for at in range(len(parts))]
            skip = 0
            index += 1
        self._bottom = index - 1
        return rows[:height], ids[:height]

    def _note_rolling(self, ids: list[tuple[int, int]]) -> None:
        """By how many rows the picture moved since it was last drawn, for cheap scrolling."""
        before, self._ids = self._ids, ids
        if not ids or not before or ids[0] == before[0]:
            return
        if ids[0] in before:
            self._rolled += before.index(ids[0])
        elif before[0] in ids:
            self._rolled -= ids.index(before[0])
        else:
            self._rolled += len(ids)

    def _needs_bar(self, source: LineSource, height: int) -> bool:
        if len(source) > height:
            return True
        window = self._window
        part = window.start > 0 or window.end < (window.total or 0)
        return source is window and part

    def _check_look(self) -> None:
        look = (self.size.width, self._bar, self._left, self.wraps, self._wanted, bool(self.marks))
        if look != self._strips_look:
            self._strips_look = look
            self._strips.clear()

    # One line.

    def _text_width(self) -> int:
        gutter = (GUTTER if self._merged is not None else 0) + (MARKS if self.marks else 0)
        return max(1, self.size.width - gutter - (1 if self._bar else 0))

    def _parts(self, index: int) -> list[Strip]:
        """The rows of one line, as wide as the view."""
        source = self._source
        key, line = source.key(index), self._line(index)
        held = (key, len(source.raw(index)))
        parts = self._strips.get(held)
        if parts is None:
            parts = self._strips[held] = self._make_parts(index, line)
        if self.marks:
            parts = self._with_marks(parts, key)
        if self.selection is not None and self._is_selected(key):
            parts = [_reversed(part, self.ink) for part in parts]
        return parts

    def _make_parts(self, index: int, line: LogLine) -> list[Strip]:
        width = self._text_width()
        strip = line_strip(line, self.ink, self._wanted)
        if self._only is not None and not self._only.is_match(index):
            strip = Strip([Segment(strip.text, self.ink.tone(Tone.DIM))])
        base = self.rich_style
        if not self.wraps:
            parts = [cut(strip, self._left, width, base)]
        else:
            parts = [_fitted(part, width, base) for part in wrapped(strip, width)]
        if self._merged is None or self._only is not None:
            return parts
        rank = self._source.rank(index)
        return [
            Strip.join([gutter_strip(rank, at == 0, self.ink), part])
            for at, part in enumerate(parts)
        ]

    def _with_marks(self, parts: list[Strip], key: int) -> list[Strip]:
        sign = self.glyphs["mark"] if self._is_marked(key) else ""
        return [
            Strip.join([mark_strip(sign if at == 0 else "", self.ink), part])
            for at, part in enumerate(parts)
        ]

    def _is_marked(self, key: int) -> bool:
        at = bisect_left(self.marks, key)
        return at < len(self.marks) and self.marks[at] == key

    def _is_selected(self, key: int) -> bool:
        assert self.selection is not None
        return min(self.selection) <= key <= max(self.selection)

    def _line(self, index: int) -> LogLine:
        raw = self._source.raw(index)
        # The length is part of the key: the last line grows while it is written.
        key = (self._source.key(index), len(raw))
        line = self._parsed.get(key)
        if line is None:
            tail = raw[-HEAD_BYTES:] if len(raw) > HEAD_BYTES else b""
            head = raw[:HEAD_BYTES] if tail else raw
            line = self._parsed[key] = decode_line(head, length=len(raw), tail=tail)
        return line

    # The bar.

    def _extent(self) -> tuple[int, int, int]:
        """What is shown of the whole: first, after the last, all; in bytes or in lines."""
        source, window = self._source, self._window
        last = self._bottom + 1
        if source is not window:
            return source.index(self._top), last, len(source)
        end = window.key(last) if last < len(window) else window.end
        return self._top, end, max(window.total or 0, window.end, 1)

    def _bar_segments(self, height: int, style: Style) -> list[Segment]:
        first, last, whole = self._extent()
        ink, glyphs = self.ink, self.glyphs
        low = min(height - 1, first * height // whole)
        high = max(low, min(height - 1, (last * height - 1) // whole))
        if last < whole and high == height - 1 and low < high:
            high -= 1
        by_offset = self._source is self._window
        segments = []
        for y in range(height):
            start, end = whole * y // height, whole * (y + 1) // height
            marked = by_offset and _any_between(self.marks, start, end)
            found = by_offset and _any_between(self.hits, start, end)
            part = bar_segment(low <= y <= high, marked, found, ink, glyphs)
            segments.append(Segment(part.text, style + part.style))
        return segments


def _any_between(keys: Sequence[int], start: int, end: int) -> bool:
    at = bisect_left(keys, start)
    return at < len(keys) and keys[at] < end


def _fitted(row: Strip, width: int, style: Style) -> Strip:
    return row.adjust_cell_length(width).apply_style(style)


def _reversed(strip: Strip, ink: Ink) -> Strip:
    return Strip([Segment(strip.text or " ", ink.selection)])
