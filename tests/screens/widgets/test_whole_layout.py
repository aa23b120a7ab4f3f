"""What a layout changed is painted and told, also where a widget was asked for early."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.events import Resize
from textual.geometry import Region
from textual.widgets import Static

from screens.widgets.dialogs import Dialog
from screens.widgets.whole_layout import WholeCompositor, WholeScreen


class Line(Static):
    """Counts how often it hears its size."""

    heard = 0

    def on_resize(self, event: Resize) -> None:
        self.heard += 1


class Page(WholeScreen[None]):
    def compose(self) -> ComposeResult:
        yield Static("above", id="above")
        line = Line("below", id="below")
        line.display = False
        yield line


def painted(screen: Page) -> list[set[Region]]:
    """The regions every following layout marks to be painted."""
    found: list[set[Region]] = []
    reflow = screen._compositor.reflow

    def noting(*arguments: object) -> object:
        result = reflow(*arguments)  # type: ignore[arg-type]
        found.append(set(screen._compositor._dirty_regions))
        return result

    screen._compositor.reflow = noting  # type: ignore[method-assign, assignment]
    return found


@pytest.mark.parametrize("early", [False, True], ids=["", "asked early"])
async def test_a_new_line_is_painted_and_hears_its_size(early: bool) -> None:
    page = Page()
    async with App[None]().run_test(size=(40, 10)) as pilot:
        await pilot.app.push_screen(page)
        await pilot.pause()
        layouts = painted(page)
        line = page.query_one("#below", Line)
        line.display = True
        if early:
            page._compositor._full_map_invalidated = True
            assert page.find_widget(line).region == Region(0, 1, 40, 1)
        await pilot.pause()
        assert any(Region(0, 1, 40, 1) in regions for regions in layouts)
        assert line.heard == 1


def test_dialogs_are_laid_out_so_too() -> None:
    assert isinstance(Dialog[None]()._compositor, WholeCompositor)
