"""One log on the screen: its end first, more of it by range, and what is written next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message
from textual.worker import Worker

from api_client.errors import CloudError, NotFound
from console.logs.source import LogError, LogMissing, LogNews, LogSource, NewsKind
from console.session import Session
from screens.log_session import LogTarget, SessionLog
from screens.widgets.log_view import LogView
from screens.widgets.log_window import CHUNK

__all__ = ["LogPane", "LogPhase", "LogTarget"]

RETRY_SECONDS = 1.0
SLOWEST_RETRY_SECONDS = 10.0
LAG_BYTES = 64 * CHUNK
"""Bytes a stream may bring within one second before the view leaps to the end instead."""


class LogPhase(StrEnum):
    """How far the reading of a log is."""

    LOADING = "loading"
    LIVE = "live"
    ENDED = "ended"
    FAILED = "failed"
    """The last call failed; it is tried again."""


Words = Callable[["LogPane"], str]
"""The translated sentence a pane without a line shows."""


class LogPane(Vertical):
    """Fills a `LogView` from a `LogSource`; never reads a whole file, never waits in a key."""

    DEFAULT_CSS = "LogPane { height: 1fr; }"

    log_view = query_one("LogView", LogView)

    @dataclass
    class Changed(Message):
        """The phase of the reading is another one."""

        pane: LogPane

        @property
        def control(self) -> LogPane:
            return self.pane

    @dataclass
    class Happened(Message):
        """The log was cut, replaced, lost or found again."""

        pane: LogPane
        news: LogNews

        @property
        def control(self) -> LogPane:
            return self.pane

    def __init__(self, session: Session, words: Words, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._session = session
        self._words = words
        self.target: LogTarget | None = None
        self.source: LogSource | None = None
        self.phase = LogPhase.LOADING
        self.error: CloudError | LogError | None = None
        self.lines_held = False
        self.arrived: Callable[[int, bytes], None] = lambda start, data: None
        """Called with bytes that were written and their place: too often for messages."""
        self._generation = 0

    def compose(self) -> ComposeResult:
        yield LogView()

    def show(self, target: LogTarget, *, follow: bool = True) -> None:
        """Read this log from its end on; the same one again goes on where it was left."""
        if target != self.target:
            self.target = target
            self._begin(SessionLog(self._session, target), follow=follow)
        self._start()

    def open_source(self, source: LogSource, *, follow: bool = True) -> None:
        """Read any log from its end on."""
        self.target = None
        self._begin(source, follow=follow)
        self._start()

    def fail(self, error: LogError) -> None:
        """Show why there is no log in place of one."""
        self.target = self.source = None
        self._generation += 1
        self.lines_held = False
        self.log_view.clear("")
        self._enter(LogPhase.FAILED, error)

    def resume(self) -> None:
        """Go on where `stop` left it."""
        if self.source is not None:
            self._start()

    def _begin(self, source: LogSource, *, follow: bool) -> None:
        view, before = self.log_view, self.source
        self.source = source
        view.asks_elsewhere = True
        self._generation += 1
        self.lines_held = False
        view.clear("")
        view.following = follow
        self._enter(LogPhase.LOADING)
        if before is not None:
            self._close(before)

    def _close(self, source: LogSource) -> None:
        _: Worker[None] = self.run_worker(source.close, group="log-close", exit_on_error=False)

    def _start(self) -> None:
        # The function, not its coroutine: one that is replaced before it ran was never made.
        self._reading: Worker[None] = self.run_worker(
            self._read, group="log", exclusive=True, exit_on_error=False
        )

    @property
    def is_missing(self) -> bool:
        """Whether the log was not there when it was last asked for."""
        return isinstance(self.error, NotFound | LogMissing)

    def adopt(self, target: LogTarget) -> None:
        """Name the attempt that `None` stood for, without reading it again."""
        self.target = target

    def try_again(self) -> None:
        """Read now instead of after the wait that follows a failure."""
        self.resume()

    def stop(self) -> None:
        """Read no more; what is held stays."""
        self.workers.cancel_node(self)

    def retranslate(self) -> None:
        """Say again what is said in place of lines."""
        if not self.lines_held:
            self.log_view.say_instead(self._words(self))

    def _enter(self, phase: LogPhase, error: CloudError | LogError | None = None) -> None:
        same = phase is self.phase and str(error) == str(self.error)
        self.phase, self.error = phase, error
        if same and phase is not LogPhase.LOADING:
            return
        self.retranslate()
        self.post_message(self.Changed(self))

    async def _read(self) -> None:
        """Tail, then stream; again after every failure, ever more slowly, until the log ends."""
        wait = RETRY_SECONDS
        while (source := self.source) is not None:
            try:
                await self._load_end(source)
                self._enter(LogPhase.LIVE)
                wait = RETRY_SECONDS
                if await self._follow(source):
                    self._enter(LogPhase.ENDED)
                    return
            except (CloudError, LogError) as error:
                self._enter(LogPhase.FAILED, error)
                await asyncio.sleep(wait)
                wait = min(SLOWEST_RETRY_SECONDS, wait * 2)

    async def _load_end(self, source: LogSource) -> None:
        """Make the end known; what lies far behind it is left to ranges asked for later."""
        view = self.log_view
        size = await source.size() or 0
        if self.lines_held and view.held[1] <= size == (view.total or 0):
            return
        start = max(0, size - CHUNK)
        data = await source.read(start, size - start) if size else b""
        end = start + len(data)
        if not self.lines_held:
            view.put(start, data, max(size, end))
            self._note_lines()
        elif end < (view.total or 0):
            # Shorter than what was seen: another log lies under this name now.
            self._forget_lines()
            view.put(start, data, end)
        elif end > view.held[1]:
            view.append(data, start)

    def _forget_lines(self) -> None:
        following = self.log_view.following
        self.log_view.clear("")
        self.log_view.following = following

    async def _follow(self, source: LogSource) -> bool:
        """Add what is written; true at the end of the log, false when it has to leap."""
        loop = asyncio.get_running_loop()
        since, brought = loop.time(), 0
        news_of = source.follow(self._known_end)
        try:
            async for news in news_of:
                if news.kind is NewsKind.ENDED:
                    return True
                if self._take(news):
                    return False
                now = loop.time()
                if now - since > 1.0:
                    since, brought = now, 0
                brought += len(news.data)
                if brought > LAG_BYTES:
                    return False
                # A log that never pauses must leave room for keys and painting.
                await asyncio.sleep(0)
        finally:
            await news_of.aclose()
        return False

    def _take(self, news: LogNews) -> bool:
        """Show what happened; true where the log has to be read anew."""
        if news.data:
            self.log_view.append(news.data, news.start)
            self._note_lines()
            self.arrived(news.start, news.data)
        if news.kind is NewsKind.GROWN:
            return False
        self.post_message(self.Happened(self, news))
        if news.kind is NewsKind.GONE:
            self._enter(LogPhase.FAILED, news.error)
        elif news.kind is NewsKind.BACK:
            self._enter(LogPhase.LIVE)
        elif not news.data:
            self._forget_lines()
            self.lines_held = False
            return True
        return False

    @property
    def _known_end(self) -> int:
        return max(self.log_view.held[1], self.log_view.total or 0)

    def _note_lines(self) -> None:
        self.lines_held = self.lines_held or self.log_view.held[1] > 0

    @on(LogView.RangeNeeded)
    def _range_needed(self, event: LogView.RangeNeeded) -> None:
        event.stop()
        if self.source is not None:
            self.run_worker(
                self._load_range(self.source, self._generation, event.start, event.length),
                group="log-range",
                exit_on_error=False,
            )

    async def _load_range(
        self, source: LogSource, generation: int, start: int, length: int
    ) -> None:
        try:
            data = await source.read(start, length)
        except (CloudError, LogError) as error:
            self.log_view.range_failed()
            self._enter(LogPhase.FAILED, error)
            return
        if generation == self._generation:
            self.log_view.put(start, data, self.log_view.total)
