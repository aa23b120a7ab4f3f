"""A log file of this machine, of any size, packed or not."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult

from console.logs.opening import open_source
from console.logs.source import LogError
from console.text import visible
from screens.log_base import LogBase
from screens.log_pane import LogPane, LogPhase
from screens.log_words import problem_text
from screens.navigation import Location


class FileView(LogBase):
    """One file; the key of its location is its path."""

    VIEW = "file"
    OF_TENANT = False
    HINTS: ClassVar = (
        "text.follow",
        "text.first_error",
        "text.search_next",
        "text.only_matching",
        "text.mark_line",
        "text.wrap",
    )

    _problem: LogError | None = None
    _opened = ""

    def compose(self) -> ComposeResult:
        yield LogPane(self.desk.session, self._words)

    def open(self, location: Location) -> None:
        super().open(location)
        if location.key == self._opened and self._problem is None:
            self.pane.resume()
            return
        self._opened = location.key
        try:
            source = open_source(Path(location.key))
        except LogError as error:
            self._problem = error
            self.pane.stop()
            self.pane.fail(error)
        else:
            self._problem = None
            self.finding.end()
            self.pane.open_source(source)
        if location.filter:
            self.apply_filter(location.filter)

    def title(self) -> str:
        name = visible(Path(self.location.key).name)
        return name if self._problem is not None else f"{name} · {self.position()}"

    def _words(self, pane: LogPane) -> str:
        if pane.error is not None:
            return problem_text(pane.error, self.desk)
        loading = pane.phase is LogPhase.LOADING
        return self.desk.t("common.fresh.loading" if loading else "logs_view.no_output")
