"""Headings of lists follow the language, in every view that has a list."""

from __future__ import annotations

import pytest

from screens.navigation import Location
from screens.widgets.grid import Grid
from tests.screens.host import busy_tenant, running


@pytest.mark.parametrize(
    ("view", "grid_id", "english", "chinese"),
    [("jobs", "", "STATE", "状态"), ("profiles", "#profiles-grid", "", "")],
)
async def test_headings_change_with_the_language(
    view: str, grid_id: str, english: str, chinese: str
) -> None:
    async with running(busy_tenant()) as (app, pilot):
        app.workspace.go(Location(view))
        await pilot.pause()
        assert app.workspace.view is not None
        grid = app.workspace.view.query(grid_id or Grid).first(Grid)
        before = grid.render_line(0).text
        assert english in before
        app.desk.translator.language = "zh_CN"
        app.workspace.retranslate()
        await pilot.pause()
        after = grid.render_line(0).text
        assert after != before
        assert chinese in after
