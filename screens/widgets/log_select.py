"""Lines of a log selected by keys: from the line where it began to the one the keys move."""

from __future__ import annotations

from screens.widgets.log_hits import LogHits


class LogSelect(LogHits):
    """While something is selected, the keys that scroll move its end instead."""

    def action_select(self) -> None:
        """Begin at the current line; again, select nothing."""
        if self.selection is not None:
            self.clear_selection()
        elif len(self._source):
            key = self.current_key
            self.following = False
            self.selection = (key, key)
            self._changed()

    def clear_selection(self) -> bool:
        """Select nothing; False where nothing was."""
        if self.selection is None:
            return False
        self.selection = None
        self._changed()
        return True

    @property
    def selected_bytes(self) -> tuple[int, int] | None:
        """First offset selected and the one after the last; `None` without a selection."""
        if self.selection is None or self._merged is not None:
            return None
        low, high = min(self.selection), max(self.selection)
        return low, self._end_of_line(high)

    @property
    def selected_lines(self) -> list[str]:
        """The selected lines that are held, as plain text."""
        if self.selection is None:
            return []
        source = self._source
        low, high = min(self.selection), max(self.selection)
        span = range(source.index(low), source.index(high) + 1)
        return [self._line(at).text for at in span if low <= source.key(at) <= high]

    def _end_of_line(self, key: int) -> int:
        window = self._window
        if self._source is not window:
            raw = self._source.raw(self._source.index(key))
            return key + len(raw) + 1
        at = window.index(key)
        return window.key(at + 1) if at + 1 < len(window) else window.end

    def _move_selection(self, count: int) -> None:
        assert self.selection is not None
        source = self._source
        at = source.index(self.selection[1])
        to = max(0, min(len(source) - 1, at + count))
        self.selection = (self.selection[0], source.key(to))
        first, last = source.index(self._top), self._last_index()
        if to < first:
            self._place(to)
        elif to > last:
            self._place(first + to - last)
        self._changed()

    def _scroll_rows(self, count: int) -> None:
        if self.selection is None:
            super()._scroll_rows(count)
        elif len(self._source):
            self._move_selection(count)
