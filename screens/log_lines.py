"""Line numbers of the log on the screen: counted in the background, told where they are known."""

from __future__ import annotations

from collections.abc import Callable

from textual.worker import Worker

from api_client.errors import CloudError
from console.logs.lines import LineIndex
from console.logs.source import BlockingReads, LogError, LogSource
from screens.log_pane import LogPane


class LineNumbers:
    """The number of the current line, and where a line begins.

    Only a log that lies on this machine is counted: of another all of it would have to be fetched.
    """

    def __init__(self, pane: LogPane, told: Callable[[], None]) -> None:
        self._pane, self._told = pane, told
        self._source: LogSource | None = None
        self._index: LineIndex | None = None
        self._asked: tuple[int, int] | None = None
        self.line: int | None = None
        """The number of the current line, from 1; `None` while nobody knows."""

    @property
    def total(self) -> int | None:
        """Lines of the log, once they are counted."""
        return self._index.total if self._index is not None else None

    def count(self) -> None:
        """Count the log of the pane in the background, if it is another one."""
        source = self._pane.source
        if source is self._source:
            return
        self._source, self.line, self._asked = source, None, None
        self._index = LineIndex(source) if isinstance(source, BlockingReads) else None
        if self._index is not None:
            self._run()

    def _run(self) -> None:
        _: Worker[None] = self._pane.run_worker(
            self._count, group="lines", exclusive=True, exit_on_error=False
        )

    async def _count(self) -> None:
        index = self._index
        if index is None:
            return
        try:
            await index.run()
        except (CloudError, LogError):
            # Whoever shows the log says why it cannot be read; its lines stay without numbers.
            return
        self._asked = None
        self.ask()
        self._told()

    def told(self, start: int, data: bytes) -> None:
        """Bytes were written."""
        if self._index is not None and self._index.known_until >= start:
            self._index.told(start, data)

    def cut(self, start: int) -> None:
        """What stood from there on is no longer so."""
        self.line = self._asked = None
        if self._index is not None:
            self._index.cut(start)
            self._run()

    def ask(self) -> None:
        """Find the number of the line the view stands at."""
        index, view = self._index, self._pane.log_view
        if index is None:
            return
        wanted = (view.current_key, index.known_until >= view.current_key)
        if wanted == self._asked:
            return
        self._asked = wanted
        self._pane.run_worker(
            self._find(index, wanted[0]), group="line", exclusive=True, exit_on_error=False
        )

    async def _find(self, index: LineIndex, offset: int) -> None:
        try:
            found = await index.line_number(offset)
        except (CloudError, LogError):
            # As above.
            found = None
        if found != self.line:
            self.line = found
            self._told()

    async def offset_of(self, number: int) -> int | None:
        """Where a line begins; `None` where there is none or it is not counted yet."""
        if self._index is None:
            return None
        try:
            return await self._index.offset_of_line(number)
        except (CloudError, LogError):
            return None
