"""A search through the whole of a log, beside everything else: counted, mapped, stopped by Esc."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual.worker import Worker

from api_client.errors import CloudError
from console.logs.near_hits import NearHits
from console.logs.regex_process import TooSlow
from console.logs.search import Query, Search, SearchProgress
from console.logs.source import LogError
from console.text import visible
from screens.desk import Desk
from screens.log_pane import LogPane
from screens.widgets.log_filtered import FilteredLines
from screens.widgets.log_find import Wanted

_TELL_SECONDS = 0.15

_ERRORS = Query(
    r"\b(?:ERROR|FATAL|CRITICAL|PANIC|SEVERE)\b|Traceback \(most|\blevel=(?:error|fatal)"
    r"|^\s*(?:\w+\.)*\w*(?:Error|Exception)\b",
    regex=True,
)
"""What an error looks like where lines are not read one by one."""

_AROUND = 64 * 1024
"""Bytes read around a hit to have its line and those near it."""


class LogSearch:
    """One search of one pane.

    Args:
        told: called when the count or the progress is another one.
    """

    def __init__(
        self, pane: LogPane, desk: Desk, told: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        self._pane, self._desk = pane, desk
        self._told, self._failed = told, failed
        self.search: Search | None = None
        self.progress: SearchProgress | None = None
        self.running = False
        self._near: NearHits | None = None
        self._working: Worker[None] | None = None
        self._again = False
        self._told_at = 0.0
        self.context = -1
        """Lines shown before and after each matching one; -1 while all lines are shown."""

    # Beginning and ending.

    def start(self, typed: str) -> None:
        """Search for what was typed from where the view stands, and count all hits."""
        self.end()
        view, source = self._pane.log_view, self._pane.source
        wanted = Wanted.parse(typed)
        if wanted is not None and source is not None:
            query = Query(wanted.text, wanted.regex, wanted.ignore_case)
            self.search, self._near = Search(source, query), NearHits(source, query)
            self._run()
        view.search(typed)

    def end(self) -> None:
        """Search no more and forget the hits."""
        self.stop()
        self._close(self._near)
        self.search = self._near = self.progress = None
        if self.context >= 0:
            self.context = -1
            self._pane.log_view.show_only(None)

    def stop(self) -> bool:
        """End the search where it is; what was found stays. False where none was running."""
        was, self.running = self.running, False
        if self._working is not None:
            self._working.cancel()
            self._working = None
        return was

    def _close(self, near: NearHits | None) -> None:
        if near is not None and self._pane.is_attached:
            _: Worker[None] = self._pane.run_worker(
                near.close, group="search-close", exit_on_error=False
            )

    def grown(self) -> None:
        """The log has grown: go on with what is new."""
        if self.search is None or self.search.gave_up:
            return
        if self.running:
            self._again = True
        elif self.progress is not None and self.progress.finished:
            self._run()

    def _run(self) -> None:
        self.running = True
        self._working = self._pane.run_worker(
            self._go_through, group="search", exclusive=True, exit_on_error=False
        )

    async def _go_through(self) -> None:
        search = self.search
        assert search is not None
        try:
            await self._count(search)
        except (CloudError, LogError) as error:
            self._failed(visible(str(error)))
        finally:
            if self.search is search:
                self.running = False
                self._tell(search)

    async def _count(self, search: Search) -> None:
        while True:
            self._again = False
            async for progress in search.run():
                self.progress = progress
                if time.monotonic() - self._told_at > _TELL_SECONDS:
                    self._tell(search)
            # A log that grows without a pause is searched a few times a second.
            await asyncio.sleep(_TELL_SECONDS)
            if not self._again:
                return

    def _tell(self, search: Search) -> None:
        self._told_at = time.monotonic()
        finished = self.progress is not None and self.progress.finished
        hits = search.hits
        self._pane.log_view.set_hits(hits.kept, every=finished and hits.is_whole)
        self._told()

    # Going to hits.

    def wanted(self, start: int, step: int) -> None:
        """Look for the hit next to a place, round the end where there is none."""
        if self._near is not None:
            self._pane.run_worker(
                self._find(self._near, start, step),
                group="near",
                exclusive=True,
                exit_on_error=False,
            )

    async def _find(self, near: NearHits, start: int, step: int) -> None:
        view = self._pane.log_view
        try:
            found = await (near.after(start) if step > 0 else near.before(start))
            if found is None:
                found = await (near.after(0) if step > 0 else near.before(view.total or 0))
        except TooSlow:
            self._failed(self._desk.t("logs_view.too_slow"))
            return
        except (CloudError, LogError) as error:
            self._failed(visible(str(error)))
            return
        if found is None:
            view.no_hit()
        else:
            view.show_hit(found[0])

    def error_wanted(self, start: int) -> None:
        """Look for the first error at a place or behind it, in all of the log."""
        source = self._pane.source
        if source is not None:
            self._pane.run_worker(
                self._find_error(NearHits(source, _ERRORS), start),
                group="near",
                exclusive=True,
                exit_on_error=False,
            )

    async def _find_error(self, near: NearHits, start: int) -> None:
        view = self._pane.log_view
        try:
            found = await near.after(start)
        except (TooSlow, CloudError, LogError) as error:
            self._failed(visible(str(error)))
            return
        finally:
            await near.close()
        if found is None:
            view.no_hit()
        else:
            view.show_hit(found[0])

    # Showing only what matches.

    def show_all(self) -> None:
        """All lines again."""
        self.context = -1
        self._pane.log_view.show_only(None)

    def turn(self) -> None:
        """All lines; matching ones alone; those with two lines around each; all again."""
        self.context = {-1: 0, 0: 2, 2: -1}[self.context]
        if self.context < 0 or self.search is None:
            self._pane.log_view.show_only(None)
            return
        self._pane.run_worker(
            self._filter(self.search, self.context),
            group="only",
            exclusive=True,
            exit_on_error=False,
        )

    async def _filter(self, search: Search, context: int) -> None:
        source, view = self._pane.source, self._pane.log_view
        lines, done, shown_at = FilteredLines(), 0, 0.0
        view.show_only(lines)
        while self.search is search and self.context == context and source is not None:
            hits = search.hits.kept
            while done < len(hits) and not lines.is_full:
                low = max(0, hits[done] - _AROUND // 2)
                data = await source.read(low, _AROUND)
                done = take_lines(lines, low, data, hits, done, context)
                if time.monotonic() - shown_at > _TELL_SECONDS:
                    shown_at = time.monotonic()
                    view.show_only(lines)
            if self.search is search and self.context == context:
                view.show_only(lines)
                self._told()
            if lines.is_full:
                self._failed(self._desk.t("logs_view.filter_full", n=f"{lines.matches:,}"))
                return
            await asyncio.sleep(_TELL_SECONDS)

    # What is said.

    def words(self) -> str:
        """The hits, and how far the search is."""
        search, progress, t = self.search, self.progress, self._desk.t
        if search is None:
            return ""
        view, count = self._pane.log_view, search.hits.count
        at = search.hits.place(view.hit_key) if view.hit_key is not None else None
        text = f"{at + 1:,}/{count:,}" if at is not None and at < count else f"{count:,}"
        parts = [t("logs_view.hits", n=text)]
        if self.running and progress is not None and not progress.finished and progress.size:
            parts.append(f"{progress.searched * 100 // progress.size} %")
        if progress is not None and (search.gave_up or search.slow_lines):
            parts.append(t("logs_view.slow_lines", n=f"{search.slow_lines:,}"))
        if self.context >= 0:
            parts.append(t("logs_view.only_matching"))
        return " ".join(parts)


def take_lines(
    lines: FilteredLines, low: int, data: bytes, hits: object, done: int, context: int
) -> int:
    """Put the matching lines of a piece, with those around each; the next hit not in it."""
    found: list[int] = hits  # type: ignore[assignment]
    first = done
    while done < len(found):
        at = found[done] - low
        if at >= len(data) or (done > first and at > len(data) - _AROUND // 4):
            break
        start = data.rfind(b"\n", 0, at) + 1
        end = _end_of(data, at)
        lines.put(low + start, data[start:end], matches=True)
        _take_around(lines, low, data, start, end, context)
        done += 1
        while done < len(found) and found[done] - low < end:
            done += 1
    return max(done, first + 1)


def _take_around(
    lines: FilteredLines, low: int, data: bytes, start: int, end: int, context: int
) -> None:
    above, below = start, end
    for _ in range(context):
        if above > 0:
            before = data.rfind(b"\n", 0, above - 1) + 1
            lines.put(low + before, data[before : above - 1], matches=False)
            above = before
        if below + 1 < len(data):
            stop = _end_of(data, below + 1)
            lines.put(low + below + 1, data[below + 1 : stop], matches=False)
            below = stop


def _end_of(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    return end if end >= 0 else len(data)
