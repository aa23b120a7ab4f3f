"""Going from hit to hit, from error to error, from mark to mark in a log."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from console.logs.levels import is_error
from screens.widgets.cells import width_of
from screens.widgets.log_find import Wanted
from screens.widgets.log_paint import GUTTER
from screens.widgets.log_place import LogPlace

MARKS_KEPT = 1000


class LogHits(LogPlace):
    """What was searched for and marked, and the way there."""

    @dataclass
    class NothingFound(Message, namespace="log_view"):
        """A search, or a jump to an error, met nothing in what is held."""

        view: LogHits

        @property
        def control(self) -> LogHits:
            return self.view

    @dataclass
    class HitWanted(Message, namespace="log_view"):
        """The next hit lies outside of what is held; answer with `show_hit` or `no_hit`.

        Attributes:
            start: offset from which it is looked for, forward (step 1) or backward (step -1).
        """

        view: LogHits
        start: int
        step: int

        @property
        def control(self) -> LogHits:
            return self.view

    @dataclass
    class ErrorWanted(Message, namespace="log_view"):
        """The next error lies behind what is held; it is looked for from `start` on."""

        view: LogHits
        start: int

        @property
        def control(self) -> LogHits:
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.hit_key: int | None = None
        """The line the search is at."""
        self.knows_every_hit = False
        """Whether `hits` are those of the whole log."""
        self.asks_elsewhere = False
        """Whether somebody answers `HitWanted` and `ErrorWanted`."""
        self._arriving_hit: int | None = None

    # Searching.

    def search(self, typed: str) -> None:
        """Find plain text, or an expression after `~`; goes to the first hit from here on.

        Raises:
            re.error: the expression cannot be read.
        """
        self._wanted = Wanted.parse(typed)
        self.hits, self.hit_key, self.knows_every_hit = (), None, False
        if self._wanted is None:
            self._changed()
            return
        if not self.asks_elsewhere:
            self._find_hits(self._wanted)
        self._step_hit(1)

    def _find_hits(self, wanted: Wanted) -> None:
        """All hits, where everything there is to be searched is held."""
        source = self._source
        self.hits = [
            source.key(at) for at in range(len(source)) if wanted.spans(self._line(at).text)
        ]
        self.knows_every_hit = True

    def set_hits(self, hits: Sequence[int], *, every: bool) -> None:
        """Take the offsets of hits that a search of the whole log has found so far.

        Args:
            every: all of them, in order and none left out.
        """
        self.hits, self.knows_every_hit = hits, every
        self._changed(arrived=True)

    def _step_hit(self, step: int) -> None:
        if self._wanted is None:
            return
        source = self._source
        current = self.hit_key
        start = self._top if current is None else current
        if self.knows_every_hit:
            self._step_known(start, step, inclusive=current is None)
        elif source is self._window and not self._wanted.regex:
            self._step_held(self._wanted, start, step, inclusive=current is None)
        else:
            on = step > 0 and current is not None
            self._ask_hit(self._line_end(start, False) + 1 if on else start, step)

    def _step_known(self, start: int, step: int, *, inclusive: bool) -> None:
        hits = self.hits
        if not hits:
            self.no_hit()
            return
        if step > 0:
            at = (bisect_left if inclusive else bisect_right)(
                hits, self._line_end(start, inclusive)
            )
        else:
            at = bisect_left(hits, start) - 1
        self.show_hit(hits[at % len(hits)])

    def _line_end(self, key: int, inclusive: bool) -> int:
        """The last offset of a line: other hits in it are the same stop."""
        source = self._source
        if inclusive or source is not self._window or not len(source):
            return key
        at = source.index(key)
        return source.key(at + 1) - 1 if at + 1 < len(source) else self._window.end

    def _step_held(self, wanted: Wanted, start: int, step: int, *, inclusive: bool) -> None:
        """Look in the bytes that are held, and only then elsewhere."""
        window = self._window
        if step > 0:
            low = start if inclusive else self._line_end(start, False) + 1
            found = window.find(wanted, low) if low >= window.start else -1
            ask_from = max(low, window.end)
        else:
            found = window.find_last(wanted, start) if start <= window.end else -1
            ask_from = min(start, window.start)
        if found >= 0:
            self.show_hit(found)
        else:
            self._ask_hit(ask_from, step)

    def _ask_hit(self, start: int, step: int) -> None:
        if self.asks_elsewhere:
            self.post_message(self.HitWanted(self, start, step))
        else:
            self.no_hit()

    def show_hit(self, offset: int) -> None:
        """Bring the line with this hit to the top."""
        window = self._window
        held = window.start <= offset < window.end
        if self._source is window and not held:
            self._arriving_hit = offset
            self.go_to(offset)
            return
        index = self._source.index(offset)
        self.hit_key = self._source.key(index)
        self._show(index)

    def no_hit(self) -> None:
        """There is no hit where one was looked for."""
        self._changed()
        self.post_message(self.NothingFound(self))

    def _arrive(self) -> None:
        hit, self._arriving_hit = self._arriving_hit, None
        if hit is None:
            super()._arrive()
            return
        self._goal = None
        self.show_hit(hit)

    def _show(self, index: int) -> None:
        """Bring a line to the top, and sideways to where the search is in it."""
        self.following = False
        text = self._line(index).text
        spans = self._wanted.spans(text) if self._wanted is not None else []
        first, last = spans[0] if spans else (0, 0)
        column, end = width_of(text[:first]), width_of(text[:last])
        width = max(1, self.size.width - GUTTER)
        if not self.wraps and not self._left <= column <= max(column, end) <= self._left + width:
            self._left = max(0, column - width // 2)
        self._place(index)
        self._changed()

    @property
    def hit(self) -> int:
        """Which of `hits` is shown, from 0; -1 for none."""
        if self.hit_key is None:
            return -1
        at = bisect_left(self.hits, self.hit_key)
        return at if at < len(self.hits) else -1

    @property
    def hit_text(self) -> str:
        """The line the search is at, as plain text; empty where it is at none."""
        source = self._source
        if self.hit_key is None or not len(source):
            return ""
        index = source.index(self.hit_key)
        return self._line(index).text if source.key(index) == self.hit_key else ""

    def action_search_next(self) -> None:
        self._step_hit(1)

    def action_search_prev(self) -> None:
        self._step_hit(-1)

    # Errors.

    def action_first_error(self) -> None:
        if self.asks_elsewhere and self._source is self._window and self._window.start > 0:
            self.post_message(self.ErrorWanted(self, 0))
        else:
            self._go_to_error(0)

    def action_next_error(self) -> None:
        self._go_to_error(self._source.index(self._top) + 1)

    def _go_to_error(self, start: int) -> None:
        source = self._source
        for index in range(start, len(source)):
            if is_error(source.raw(index)):
                self._show(index)
                return
        if self.asks_elsewhere and source is self._window:
            self.post_message(self.ErrorWanted(self, self._window.end))
        else:
            self.post_message(self.NothingFound(self))

    # Marks.

    @property
    def current_key(self) -> int:
        """The line an action is about: selected, found, the last one while following, the top."""
        source = self._source
        if self.selection is not None:
            return self.selection[1]
        shown = range(source.index(self._top), self._last_index() + 1)
        if self.hit_key is not None and source.index(self.hit_key) in shown:
            return self.hit_key
        if self.following and shown:
            return source.key(shown[-1])
        return self._top

    def action_mark_line(self) -> None:
        """Mark the line, or take its mark away."""
        if not len(self._source):
            return
        key = self.current_key
        if self._is_marked(key):
            self.marks.remove(key)
        elif len(self.marks) < MARKS_KEPT:
            insort(self.marks, key)
        self._changed()

    def action_next_mark(self) -> None:
        if self.marks:
            self.go_to(self.marks[bisect_right(self.marks, self._top) % len(self.marks)])

    def action_prev_mark(self) -> None:
        if self.marks:
            self.go_to(self.marks[bisect_left(self.marks, self._top) - 1])


def expression_error(typed: str) -> str:
    """What is wrong with a search as it is typed; empty where nothing is."""
    try:
        Wanted.parse(typed)
    except re.error as error:
        return str(error)
    return ""
