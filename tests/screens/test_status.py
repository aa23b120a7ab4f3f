"""The status line says how fresh the screen is, and takes it back."""

from __future__ import annotations

from api_client.errors import Unavailable
from screens.navigation import Location
from tests.console.fakes import T0
from tests.screens.host import busy_tenant, running, workspace


async def test_the_status_line_is_live_again_when_the_tenant_is() -> None:
    async with running(busy_tenant()) as (app, pilot):
        workspace(app).go(Location("jobs"))
        await pilot.pause(0.1)
        store = app.session.store
        known = store.snapshot("tenant")
        store.put("tenant", known.failed(Unavailable("read tenant", "down"), T0))
        await pilot.pause(0.5)
        assert "stale since" in workspace(app).status.render_line(0).text
        store.put("tenant", known)
        await pilot.pause(0.5)
        assert "stale since" not in workspace(app).status.render_line(0).text
