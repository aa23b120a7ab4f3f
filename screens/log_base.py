"""What every view of one log answers: where it stands, searching, marks, copying, saving."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from textual import on
from textual.getters import query_one

from console.logs.decode import decode_line, states
from console.logs.source import NewsKind
from console.present.table import Tone
from console.present.units import bytes_text
from console.text import visible
from screens.base import View
from screens.log_lines import LineNumbers
from screens.log_pager import COPY_BYTES, show_in_editor, show_in_pager
from screens.log_pane import LogPane, LogPhase
from screens.log_save import save_range
from screens.log_search import LogSearch
from screens.log_words import problem_text
from screens.messages import CopyText, FilterChanged, FreshnessChanged
from screens.widgets.dialogs import MessageDialog
from screens.widgets.log_hits import expression_error
from screens.widgets.log_view import LogView

CLIPBOARD_BYTES = 64 * 1024
"""Bytes that are copied at most: many terminals take no more with OSC 52."""

_STATES = 200
"""States of a progress bar that are shown."""

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")
_LINE = re.compile(r"\d[\d,_]*")


class LogBase(View):
    """One log on the screen, whatever it is read from."""

    CONTEXT = "text"

    pane = query_one("LogPane", LogPane)

    @cached_property
    def finding(self) -> LogSearch:
        """The search of this view."""
        return LogSearch(self.pane, self.desk, self._reframe, self._warn)

    @cached_property
    def numbers(self) -> LineNumbers:
        """The line numbers of this view."""
        return LineNumbers(self.pane, self._reframe)

    def _reframe(self) -> None:
        self.post_message(FreshnessChanged())

    def _warn(self, text: str) -> None:
        self.say(text, tone=Tone.WARNING)

    def focus_main(self) -> None:
        self.pane.log_view.focus()

    def leave(self) -> None:
        super().leave()
        self.pane.stop()
        self.finding.stop()

    # What is said about it.

    def position(self) -> str:
        """Where in the log the screen is."""
        t, view = self.desk.t, self.pane.log_view
        if self.pane.phase is LogPhase.LOADING:
            return t("common.fresh.loading")
        if view.selection is not None:
            return t("logs_view.selecting", n=f"{len(view.selected_lines):,}")
        if view.following:
            ended = self.pane.phase is LogPhase.ENDED
            return t("logs_view.ended" if ended else "logs_view.following")
        place = self._line_words() or f"{view.percent}%"
        if view.pending:
            place += " " + t("logs_view.pending", n=view.pending)
        return place

    def _line_words(self) -> str:
        line, total = self.numbers.line, self.numbers.total
        if line is None:
            return ""
        percent = self.pane.log_view.percent
        if total is None:
            return self.desk.t("logs_view.line", line=f"{line:,}", percent=percent)
        words = {"line": f"{line:,}", "total": f"{total:,}", "percent": percent}
        return self.desk.t("logs_view.line_of", **words)

    def counts(self) -> str:
        """Size of the log, and how many hits there are."""
        view = self.pane.log_view
        parts = [bytes_text(view.total)] if view.total is not None else []
        found = self.finding.words()
        return " · ".join([*parts, found] if found else parts)

    @on(LogPane.Changed)
    @on(LogView.StateChanged)
    def _frame_changed(self) -> None:
        self.numbers.ask()
        self._reframe()

    @on(LogPane.Changed)
    def _phase_changed(self, event: LogPane.Changed) -> None:
        event.stop()
        pane = event.pane
        if pane.phase is not LogPhase.LOADING:
            self.numbers.count()
        if pane.error is not None and pane.lines_held:
            self.say(problem_text(pane.error, self.desk), tone=Tone.FAILED)

    def _arrived(self, start: int, data: bytes) -> None:
        self.numbers.told(start, data)
        self.finding.grown()

    def on_mount(self) -> None:
        self.pane.arrived = self._arrived

    @on(LogPane.Happened)
    def _happened(self, event: LogPane.Happened) -> None:
        event.stop()
        news = event.news
        if news.kind in (NewsKind.TRUNCATED, NewsKind.REPLACED):
            self.numbers.cut(news.start)
            self.finding.end()
            self.say(self.desk.t(f"logs_view.{news.kind.value}"), tone=Tone.WARNING)

    # Searching.

    @property
    def searchable(self) -> bool:
        return True

    def apply_filter(self, text: str) -> None:
        wrong = expression_error(text)
        if wrong:
            self._warn(self.desk.t("logs_view.bad_expression", why=wrong))
            return
        self.location = replace(self.location, filter=text)
        self.post_message(FilterChanged(text))
        self.finding.start(text)

    @on(LogView.HitWanted)
    def _hit_wanted(self, event: LogView.HitWanted) -> None:
        event.stop()
        self.finding.wanted(event.start, event.step)

    @on(LogView.ErrorWanted)
    def _error_wanted(self, event: LogView.ErrorWanted) -> None:
        event.stop()
        self.finding.error_wanted(event.start)

    @on(LogView.NothingFound)
    def _nothing_found(self, event: LogView.NothingFound) -> None:
        event.stop()
        self._warn(self.desk.t("logs_view.not_found"))

    def do_only_matching(self) -> None:
        """Matching lines alone, then with two around each, then all again."""
        if self.finding.search is None:
            self._warn(self.desk.t("logs_view.search_first"))
        else:
            self.finding.turn()

    def clear_one_step(self) -> bool:
        if self.pane.log_view.clear_selection() or self.finding.stop():
            return True
        if self.finding.context >= 0:
            self.finding.show_all()
            return True
        if not self.location.filter:
            return False
        self.apply_filter("")
        return True

    # Going to places.

    def jump(self, text: str) -> bool:
        """Go to `50%` or to line `12345`; False for anything else."""
        view, percent = self.pane.log_view, _PERCENT.fullmatch(text)
        if percent is not None:
            share = min(100.0, float(percent[1])) / 100
            if share == 1:
                view.action_bottom()
            else:
                view.go_to(int((view.total or 0) * share))
            return True
        if _LINE.fullmatch(text) is None:
            return False
        number = int(re.sub("[,_]", "", text))
        self.run_worker(self._go_to_line(number), group="go-to-line", exclusive=True)
        return True

    async def _go_to_line(self, number: int) -> None:
        offset = await self.numbers.offset_of(number)
        if offset is None:
            self._warn(self.desk.t("logs_view.no_line", line=f"{number:,}"))
        else:
            self.pane.log_view.go_to(offset)

    # Verbs.

    def handler(self, verb: str) -> Callable[[], None] | None:
        return super().handler(verb) or getattr(self.pane.log_view, f"action_{verb}", None)

    def do_yank(self) -> None:
        """Copy what is selected, else the line the search is at, else the lines on the screen."""
        view = self.pane.log_view
        lines = view.selected_lines
        text = "\n".join(lines) if lines else view.hit_text or "\n".join(view.shown_lines)
        if not text:
            self.say(self.desk.t("screen.nothing_to_copy"), tone=Tone.DIM)
            return
        kept = text.encode()[:CLIPBOARD_BYTES].decode("utf-8", "ignore")
        self.post_message(CopyText(kept))
        if len(kept) < len(text):
            self._warn(self.desk.t("logs_view.copied_part", size=bytes_text(CLIPBOARD_BYTES)))
        view.clear_selection()

    def do_save(self) -> None:
        """Write what is selected, else the matching lines shown, else the whole log."""
        save_range(self, self.pane)

    def do_whole_line(self) -> None:
        """The line whole, or the states a progress bar went through."""
        view, t = self.pane.log_view, self.desk.t
        raw = view.raw_line(view.current_key)
        known = [decode_line(each).text for each in states(raw, _STATES)]
        if not known:
            self.say(t("logs_view.empty_line"), tone=Tone.DIM)
            return
        title = t("logs_view.bar_states", n=len(known)) if len(known) > 1 else t("logs_view.whole")
        self.app.push_screen(MessageDialog(title, known))

    def do_pager(self) -> None:
        """Open a copy of the end of the log in the pager of the person."""
        if self.pane.source is None:
            return
        self.say(self.desk.t("logs_view.copying", size=bytes_text(COPY_BYTES)), tone=Tone.DIM)
        self.run_worker(
            show_in_pager(self, self.pane.source),
            group="pager",
            exclusive=True,
            exit_on_error=False,
        )

    def do_editor(self) -> None:
        """Open a copy of the end of the log in the editor of the person."""
        if self.pane.source is None:
            return
        self.run_worker(
            show_in_editor(self, self.pane.source),
            group="pager",
            exclusive=True,
            exit_on_error=False,
        )

    def shown_name(self) -> str:
        """What the log is called, safe to show."""
        source = self.pane.source
        return visible(source.name) if source is not None else ""
