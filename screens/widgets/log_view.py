"""A log of any size, by byte range: paging, following, searching."""

from __future__ import annotations

from textual import events

from screens.widgets.log_filtered import FilteredLines
from screens.widgets.log_select import LogSelect
from screens.widgets.log_window import CHUNK, MergedLines

_WHEEL = 3
_SIDEWAYS = 8


class LogView(LogSelect, can_focus=True):
    """Lines of one log (`put`, `append`) or of several ranks merged (`append_rank`).

    It holds a window of the log and posts `RangeNeeded` near its ends; the caller answers with
    `put`, or `range_failed` so that it may ask again. The top line stays where it is whatever
    arrives, unless the view follows the end.
    """

    DEFAULT_CSS = "LogView { height: 1fr; overflow: hidden hidden; }"

    # What the caller hands in.

    def put(self, start: int, data: bytes, total: int | None = None) -> None:
        """Take a range of the log; `total` is the length of the whole log in bytes."""
        jump = self._goal is not None and start <= self._goal <= start + len(data)
        if self._awaited == start:
            self._awaited = None
        self._window.put(start, data, self._keep(), jump=jump)
        if total is not None:
            self._window.total = max(total, self._window.end)
        if jump:
            self._arrive()
        self._changed(arrived=not jump)

    def append(self, data: bytes, start: int) -> None:
        """Take bytes a stream delivered from offset `start` on."""
        held = self._window.put(start, data, self._keep())
        if not self.following:
            self.pending += data.count(b"\n")
        elif not held:
            self.action_bottom()
        self._changed(arrived=True)

    def append_rank(self, rank: int, data: bytes) -> None:
        """Take the next bytes of one rank of a merged view; lines are shown when they end."""
        self._merged = self._merged or MergedLines()
        lines = self._merged.append(rank, data)
        if not self.following:
            self.pending += lines
        self._changed(arrived=True)

    def range_failed(self) -> None:
        """The range asked for did not come; it is asked for again at the next movement."""
        self._awaited = None

    def show_only(self, lines: FilteredLines | None) -> None:
        """Show these lines in place of all, or all again; the place in the log stays."""
        before = self._top
        self._only = lines
        self._strips_look = None
        self.following = self.following and lines is None
        if len(self._source):
            self._place(self._source.index(before))
        self._changed(arrived=True)

    @property
    def shows_part(self) -> bool:
        """Whether only matching lines are shown."""
        return self._only is not None

    @property
    def matching_bytes(self) -> bytes | None:
        """The matching lines and those near them, as they are held; `None` while all are shown."""
        lines = self._only
        if lines is None:
            return None
        return b"".join(lines.raw(at) + b"\n" for at in range(len(lines)))

    def clear(self, empty: str = "") -> None:
        """Show nothing but the translated sentence `empty`."""
        self._window.clear()
        self._merged = self._only = self.selection = self._wanted = self.hit_key = None
        self._top = self._top_row = self._left = self.pending = 0
        self._awaited = self._goal = self._arriving_hit = None
        self._empty = empty
        self.hits, self.marks, self.knows_every_hit = (), [], False
        self._parsed.clear()
        self._strips.clear()
        self._changed()

    def say_instead(self, empty: str) -> None:
        """What is said in place of lines, where there is none."""
        if empty != self._empty:
            self._empty = empty
            self._changed()

    # What the caller reads.

    @property
    def percent(self) -> int:
        """How far down the log the last line shown is, 0 to 100."""
        self._last_index()
        if not len(self._source):
            return 100
        _, end, whole = self._extent()
        return 100 if end >= whole else end * 100 // whole

    @property
    def top_key(self) -> int:
        """The offset of the first line shown."""
        return self._top

    @property
    def top_text(self) -> str:
        """The first line shown, as plain text."""
        source = self._source
        return self._line(source.index(self._top)).text if len(source) else ""

    @property
    def held(self) -> tuple[int, int]:
        """First offset held and the one after the last."""
        return self._window.start, self._window.end

    @property
    def total(self) -> int | None:
        """Bytes the whole log has, as far as that is known."""
        return self._window.total

    @property
    def shown_lines(self) -> tuple[str, ...]:
        """The lines on the screen, whole and as plain text."""
        source, last = self._source, self._last_index()
        if not len(source):
            return ()
        return tuple(self._line(at).text for at in range(source.index(self._top), last + 1))

    def raw_line(self, key: int) -> bytes:
        """The bytes of the line at that offset, as far as they are held."""
        source = self._source
        return source.raw(source.index(key)) if len(source) else b""

    # Actions, named after those of the key map's `text` context.

    def action_down(self) -> None:
        self._scroll_rows(1)

    def action_up(self) -> None:
        self._scroll_rows(-1)

    def action_half_down(self) -> None:
        self._scroll_rows(self.size.height // 2)

    def action_half_up(self) -> None:
        self._scroll_rows(-(self.size.height // 2))

    def action_page_down(self) -> None:
        self._scroll_rows(self.size.height)

    def action_page_up(self) -> None:
        self._scroll_rows(-self.size.height)

    def action_left(self) -> None:
        self._left = max(0, self._left - _SIDEWAYS)
        self._changed()

    def action_right(self) -> None:
        self._left = 0 if self.wraps else self._left + _SIDEWAYS
        self._changed()

    def action_top(self) -> None:
        self.following = False
        if self._source is self._window and self._window.start > 0:
            self._go(0, 0, CHUNK)
        self._place(0)
        self._changed()

    def action_bottom(self) -> None:
        self._go_end()
        self._changed()

    def action_follow(self) -> None:
        self.following = not self.following
        if self.following:
            self.selection = self._only = None
            self.pending = 0
            self.action_bottom()
        self._changed()

    def action_wrap(self) -> None:
        self.wraps = not self.wraps
        self._left = self._top_row = 0
        self._changed()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll_rows(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll_rows(-_WHEEL)

    def on_resize(self) -> None:
        self._changed()
