"""One worker's log on the screen: its end first, more of it by range, and what is written next."""

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
from console.session import Session
from screens.widgets.log_source import CHUNK
from screens.widgets.log_view import LogView

RETRY_SECONDS = 1.0
SLOWEST_RETRY_SECONDS = 10.0
LAG_BYTES = 8 * CHUNK
"""Bytes a stream may bring within one second before the view leaps to the end instead."""


@dataclass(frozen=True, slots=True)
class LogTarget:
    """Whose log: one rank of a job in one attempt."""

    job: str
    rank: int
    attempt: int | None = None
    """`None`: the latest there is."""


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
    """Fills a `LogView` from the session; never reads a whole file, never waits in a key."""

    DEFAULT_CSS = "LogPane { height: 1fr; }"

    log_view = query_one("LogView", LogView)

    @dataclass
    class Changed(Message):
        """The phase of the reading is another one."""

        pane: LogPane

        @property
        def control(self) -> LogPane:
            return self.pane

    def __init__(self, session: Session, words: Words, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._session = session
        self._words = words
        self.target: LogTarget | None = None
        self.phase = LogPhase.LOADING
        self.error: CloudError | None = None
        self.lines_held = False
        self._generation = 0

    def compose(self) -> ComposeResult:
        yield LogView()

    def show(self, target: LogTarget, *, follow: bool = True) -> None:
        """Read this log from its end on; the same one again goes on where it was left."""
        view = self.log_view
        if target != self.target:
            self.target = target
            self._generation += 1
            self.lines_held = False
            view.clear("")
            view.following = follow
            self._enter(LogPhase.LOADING)
        # The function, not its coroutine: one that is replaced before it ran was never made.
        self._reading: Worker[None] = self.run_worker(
            self._read, group="log", exclusive=True, exit_on_error=False
        )

    @property
    def is_missing(self) -> bool:
        """Whether the log was not there when it was last asked for."""
        return isinstance(self.error, NotFound)

    def adopt(self, target: LogTarget) -> None:
        """Name the attempt that `None` stood for, without reading it again."""
        self.target = target

    def try_again(self) -> None:
        """Read now instead of after the wait that follows a failure."""
        if self.target is not None:
            self.show(self.target)

    def stop(self) -> None:
        """Read no more; what is held stays."""
        self.workers.cancel_node(self)

    def retranslate(self) -> None:
        """Say again what is said in place of lines."""
        if not self.lines_held:
            self.log_view.clear(self._words(self))

    def _enter(self, phase: LogPhase, error: CloudError | None = None) -> None:
        same = phase is self.phase and str(error) == str(self.error)
        self.phase, self.error = phase, error
        if same and phase is not LogPhase.LOADING:
            return
        self.retranslate()
        self.post_message(self.Changed(self))

    async def _read(self) -> None:
        """Tail, then stream; again after every failure, ever more slowly, until the log ends."""
        wait = RETRY_SECONDS
        while (target := self.target) is not None:
            try:
                await self._load_end(target)
                self._enter(LogPhase.LIVE)
                wait = RETRY_SECONDS
                if await self._follow(target):
                    self._enter(LogPhase.ENDED)
                    return
            except CloudError as error:
                self._enter(LogPhase.FAILED, error)
                await asyncio.sleep(wait)
                wait = min(SLOWEST_RETRY_SECONDS, wait * 2)

    async def _load_end(self, target: LogTarget) -> None:
        """Make the end known; what lies far behind it is left to ranges asked for later."""
        view = self.log_view
        chunk = await self._session.read_log(
            target.job, target.rank, attempt=target.attempt, start=-CHUNK, length=CHUNK
        )
        end = chunk.start + len(chunk.data)
        if not self.lines_held:
            view.put(chunk.start, chunk.data, chunk.total)
            self._note_lines()
        elif end < view.held[1]:
            # Shorter than what is held: another log lies under this name now.
            view.clear("")
            view.put(chunk.start, chunk.data, chunk.total)
        elif end > view.held[1]:
            view.append(chunk.data, chunk.start)

    async def _follow(self, target: LogTarget) -> bool:
        """Add what is written; true at the end of the log, false when it has to leap."""
        loop = asyncio.get_running_loop()
        since, brought = loop.time(), 0
        start = self._known_end
        async for chunk in self._session.follow_log(
            target.job, target.rank, attempt=target.attempt, start=start
        ):
            if chunk.data:
                self.log_view.append(chunk.data, chunk.start)
                self._note_lines()
            if chunk.end_of_log:
                return True
            now = loop.time()
            if now - since > 1.0:
                since, brought = now, 0
            brought += len(chunk.data)
            if brought > LAG_BYTES:
                return False
            # A log that never pauses must leave room for keys and painting.
            await asyncio.sleep(0)
        return False

    @property
    def _known_end(self) -> int:
        return max(self.log_view.held[1], self.log_view.total or 0)

    def _note_lines(self) -> None:
        self.lines_held = self.lines_held or self.log_view.held[1] > 0

    @on(LogView.RangeNeeded)
    def _range_needed(self, event: LogView.RangeNeeded) -> None:
        event.stop()
        if self.target is not None:
            self.run_worker(
                self._load_range(self.target, self._generation, event.start, event.length),
                group="log-range",
                exit_on_error=False,
            )

    async def _load_range(
        self, target: LogTarget, generation: int, start: int, length: int
    ) -> None:
        try:
            chunk = await self._session.read_log(
                target.job, target.rank, attempt=target.attempt, start=start, length=length
            )
        except CloudError as error:
            self.log_view.range_failed()
            self._enter(LogPhase.FAILED, error)
            return
        if generation == self._generation:
            self.log_view.put(chunk.start, chunk.data, chunk.total)
