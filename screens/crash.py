"""How a fault of the console itself ends it: a plain traceback, kept in a file, and one sentence.

The framework prints the values of local variables with a traceback, and those may be credentials.
It offers no public way to leave them out, so its hook for a fatal error is overridden here, and
only here.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from rich.text import Text
from textual.app import App

from console.text import visible


class PlainCrash(App[int]):
    """An application whose fatal errors show where they happened and no value of a variable."""

    @property
    def crash_log(self) -> Path:
        """The file the last traceback is kept in."""
        raise NotImplementedError

    def crash_words(self, kept: Path | None) -> str:
        """One sentence under the traceback; `kept` is `None` where no file could be written."""
        raise NotImplementedError

    def _fatal_error(self) -> None:
        report = traceback.format_exc()
        shown = "\n".join(visible(line) for line in report.splitlines())
        words = self.crash_words(_keep(report, self.crash_log))
        self.bell()
        self.panic(Text(f"{shown}\n\n{words}"))


def _keep(report: str, path: Path) -> Path | None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        # A message may quote what only the person may read.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(report)
    except OSError:
        return None
    return path
