"""One action on many objects: how far it is, and how it ended for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from console.present.table import Cell, Column, Row, Tone
from screens.widgets.cells import visible
from screens.widgets.dialogs import Dialog
from screens.widgets.grid import Grid

COLUMNS: Final = (
    Column("object", "lists.results.object", 10, 30, weight=100),
    Column("result", "lists.results.result", 8, 20, weight=90),
    Column("why", "lists.results.why", 12, 200, weight=80),
)


@dataclass(frozen=True, slots=True)
class Result:
    """How it stands with one object; the texts are untrusted."""

    name: str
    word: str
    tone: Tone
    why: str = ""


class ResultsDialog(Dialog[None]):
    """A line an object. While it runs Esc asks to stop, afterwards it closes."""

    DEFAULT_CSS = """
    ResultsDialog > Vertical {
        width: 96; max-width: 100%; height: 80%; max-height: 40; min-height: 8;
        border: round $primary; background: $panel; padding: 0 1;
    }
    ResultsDialog Grid { background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave"),
        Binding("c", "copy"),
        *(
            Binding(keys, f"grid('{verb}')")
            for keys, verb in (
                ("j,down", "down"),
                ("k,up", "up"),
                ("g,home", "top"),
                ("G,end", "bottom"),
                ("ctrl+d", "half_down"),
                ("ctrl+u", "half_up"),
                ("pagedown,ctrl+f", "page_down"),
                ("pageup", "page_up"),
            )
        ),
    ]

    def __init__(
        self, titles: Mapping[str, str], stop: Callable[[], None], copy: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._titles = titles
        self._stop = stop
        self._copy = copy
        self._results: Sequence[Result] = ()
        self.running = True

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("", markup=False, id="results-title", classes="dialog--title")
            yield Grid(COLUMNS, self._titles, id="results-grid")
            yield Static("", markup=False, id="results-hint")

    def show(self, title: str, hint: str, results: Sequence[Result], *, running: bool) -> None:
        """Say how far it is."""
        self._results, self.running = results, running
        if not self.is_mounted:
            return
        self.query_one("#results-title", Static).update(visible(title))
        self.query_one("#results-hint", Static).update(visible(hint))
        self.query_one(Grid).set_rows([_row(at, each) for at, each in enumerate(results)])

    def action_grid(self, verb: str) -> None:
        getattr(self.query_one(Grid), f"action_{verb}")()

    def action_copy(self) -> None:
        lines = (f"{each.name}\t{each.word}\t{each.why}".rstrip() for each in self._results)
        self._copy("\n".join(visible(line) for line in lines))

    def action_leave(self) -> None:
        if self.running:
            self._stop()
        else:
            self.dismiss(None)


def _row(at: int, result: Result) -> Row:
    cells = {
        "object": Cell(visible(result.name)),
        "result": Cell(visible(result.word), result.tone),
        "why": Cell(visible(result.why), Tone.DIM),
    }
    return Row(str(at), cells)
