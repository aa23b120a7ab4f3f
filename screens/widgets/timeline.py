"""The life of one thing on a time axis: its states, its marks, who held what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from console.present.table import Tone
from console.present.timeline import Hold, Mark, MarkKind, Timeline
from screens.widgets.cells import fit, visible, width_of
from screens.widgets.chart_model import axis_line
from screens.widgets.ink import Inked

_LABEL_SHARE = 4
_LABEL_MAX = 18


RANKS_SHOWN = 16
"""Ranks with a line of their own; the others share one."""

_GRAVITY = {
    MarkKind.CHECKPOINT: 0,
    MarkKind.RESUMED: 1,
    MarkKind.RESTART: 2,
    MarkKind.STOPPED: 3,
    MarkKind.SUCCEEDED: 4,
    MarkKind.FAILURE: 5,
}


def _by_rank(timeline: Timeline | None) -> dict[int, list[Hold]]:
    found: dict[int, list[Hold]] = {}
    for hold in timeline.holds if timeline is not None else ():
        found.setdefault(hold.rank, []).append(hold)
    return found


@dataclass(frozen=True, slots=True)
class TimelineWords:
    """The translated words of a timeline.

    Attributes:
        states: label of the line of states.
        marks: label of the line of marks.
        empty: what is said where nothing is known.
        time_text: a moment on the axis, in local time.
        hold_text: label of the line of one rank.
    """

    states: str
    marks: str
    empty: str
    time_text: Callable[[datetime], str]
    hold_text: Callable[[Hold], str]


class TimelineView(Inked, can_focus=True):
    """One line of states, one of marks, one a rank, an axis, and the words of the mark chosen."""

    DEFAULT_CSS = "TimelineView { height: auto; min-height: 4; }"

    @dataclass
    class MarkChosen(Message):
        """The cursor is on another mark."""

        view: TimelineView
        mark: Mark

        @property
        def control(self) -> TimelineView:
            return self.view

    def __init__(
        self,
        words: TimelineWords,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._words = words
        self._line: Timeline | None = None
        self._ranked: dict[int, list[Hold]] = {}
        self._chosen: Mark | None = None
        self._strips: list[Strip] | None = None

    def show(self, timeline: Timeline | None) -> None:
        """Draw this life; the mark under the cursor stays chosen while it exists."""
        if timeline == self._line:
            return
        before = self._height
        self._line = timeline
        self._ranked = _by_rank(timeline)
        if timeline is None or self._chosen not in timeline.marks:
            self._chosen = None
        # Its end moves with the clock: what stands around it moves only for another rank.
        self._repaint_lines(layout=self._height != before)

    @property
    def chosen(self) -> Mark | None:
        """The mark under the cursor."""
        return self._chosen

    def action_cursor_left(self) -> None:
        self._step(-1)

    def action_cursor_right(self) -> None:
        self._step(1)

    def _step(self, step: int) -> None:
        marks = self._line.marks if self._line is not None else ()
        if not marks:
            return
        if self._chosen in marks:
            at = max(0, min(len(marks) - 1, marks.index(self._chosen) + step))
        else:
            at = 0 if step > 0 else len(marks) - 1
        self._chosen = marks[at]
        self._repaint_lines()
        self.post_message(self.MarkChosen(self, marks[at]))

    def _repaint_lines(self, *, layout: bool = False) -> None:
        self._strips = None
        self.refresh(layout=layout)

    def notify_style_update(self) -> None:
        self._strips = None
        super().notify_style_update()

    def on_resize(self) -> None:
        self._strips = None

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return self._height

    @property
    def _height(self) -> int:
        return 4 + min(len(self._ranked), RANKS_SHOWN + 1)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._strips is None:
            base = self.rich_style
            self._strips = [
                strip.adjust_cell_length(width).apply_style(base) for strip in self._draw()
            ]
        return self._strips[y] if y < len(self._strips) else Strip.blank(width, self.rich_style)

    # Drawing.

    def _draw(self) -> list[Strip]:
        line, words = self._line, self._words
        if line is None:
            return [Strip([Segment(f" {visible(words.empty)}", self.ink.tone(Tone.DIM))])]
        labels = min(_LABEL_MAX, max(6, self.size.width // _LABEL_SHARE))
        room = max(1, self.size.width - labels - 1)
        rows = [(words.states, self._states(line, room)), (words.marks, self._marks(line, room))]
        for rank in sorted(self._ranked)[:RANKS_SHOWN]:
            holds = self._ranked[rank]
            rows.append((words.hold_text(holds[-1]), self._holds(line, holds, room)))
        rest = sorted(self._ranked)[RANKS_SHOWN:]
        if rest:
            rows.append((f"+{len(rest)}", self._many_holds(line, rest, room)))
        drawn = [self._labelled(label, cells, labels) for label, cells in rows]
        return [*drawn, self._axis(line, labels, room), self._words_of_chosen()]

    def _labelled(self, label: str, cells: list[tuple[str, Style]], width: int) -> Strip:
        head = Segment(fit(visible(label), width) + " ", self.ink.tone(Tone.DIM))
        return Strip([head, *(Segment(sign, style) for sign, style in cells)])

    def _states(self, line: Timeline, room: int) -> list[tuple[str, Style]]:
        """The state's word where it fits, its sign elsewhere: readable without colour."""
        spans = line.states(room)
        cells: list[tuple[str, Style]] = []
        at = 0
        while at < room:
            span, end = spans[at], at
            while end < room and spans[end] is span:
                end += 1
            if span is None:
                cells += [(" ", Style())] * (end - at)
            else:
                style = self.ink.tone(span.tone)
                text = f"{self.glyphs[span.state.value.lower()]}{span.word}"
                if width_of(text) > end - at:
                    text = self.glyphs[span.state.value.lower()]
                filler = self.glyphs["span"] * (end - at - width_of(text))
                cells.append((text + filler, style))
            at = end
        return cells

    def _marks(self, line: Timeline, room: int) -> list[tuple[str, Style]]:
        """One sign a column: the gravest of the marks in it, for thousands may be."""
        seen: dict[int, Mark] = {}
        for mark in line.marks:
            column = line.column(mark.time, room)
            other = seen.get(column)
            if other is None or _GRAVITY[mark.kind] >= _GRAVITY[other.kind]:
                seen[column] = mark
        cells = [(self.glyphs["note"], self.ink.rule)] * room
        for column, mark in seen.items():
            cells[column] = (self.glyphs[mark.kind.value], self.ink.tone(mark.tone))
        if self._chosen is not None:
            at = line.column(self._chosen.time, room)
            cells[at] = (self.glyphs[self._chosen.kind.value], self.ink.selection)
        return cells

    def _holds(self, line: Timeline, holds: list[Hold], room: int) -> list[tuple[str, Style]]:
        cells = [(" ", Style())] * room
        for hold in holds:
            style = self.ink.series(hold.attempt)
            first, last = line.column(hold.start, room), line.column(hold.end, room)
            text = visible(hold.node)
            if width_of(text) > last - first or not text.isascii():
                text = ""
            for column in range(first, last + 1):
                inside = column - first
                sign = text[inside] if inside < len(text) else self.glyphs["span"]
                cells[column] = (sign, style)
        return cells

    def _many_holds(
        self, line: Timeline, ranks: Sequence[int], room: int
    ) -> list[tuple[str, Style]]:
        """When any of these ranks held a slot."""
        cells = [(" ", Style())] * room
        for rank in ranks:
            for hold in self._ranked[rank]:
                first, last = line.column(hold.start, room), line.column(hold.end, room)
                sign = (self.glyphs["span"], self.ink.series(hold.attempt))
                cells[first : last + 1] = [sign] * (last + 1 - first)
        return cells

    def _axis(self, line: Timeline, labels: int, room: int) -> Strip:
        words = self._words
        text = axis_line(
            room,
            width_of(words.time_text(line.start)),
            lambda share: words.time_text(line.start + (line.end - line.start) * share),
        )
        return Strip([Segment(" " * (labels + 1) + text, self.ink.tone(Tone.DIM))])

    def _words_of_chosen(self) -> Strip:
        mark = self._chosen
        if mark is None:
            return Strip([])
        stamp = f" {self._words.time_text(mark.time)} {self.glyphs[mark.kind.value]} "
        return Strip(
            [
                Segment(stamp, self.ink.tone(mark.tone)),
                Segment(visible(mark.text), self.ink.tone(Tone.PLAIN)),
            ]
        )
