"""What nobody looks at costs nothing, and what somebody looks at never falls behind."""

from __future__ import annotations

from typing import Any

from api_client.models.billing import Charge
from screens.billing import ROWS, BillingView
from screens.navigation import Location
from tests.console.fakes import StreamingTenant, make_job
from tests.screens.gallery import gallery_tenant
from tests.screens.host import running, until, workspace


async def test_a_view_that_was_left_asks_for_nothing_and_hears_nothing(monkeypatch: Any) -> None:
    tenant = StreamingTenant()
    tenant.job_items = {"a": make_job("a")}
    async with running(tenant) as (app, pilot):
        await pilot.press("6")
        await until(pilot, lambda: "charges" in tenant.calls)
        billing = workspace(app).view
        await pilot.press("2")
        await until(pilot, lambda: workspace(app).view is not billing)
        assert not app.session.feeds.is_live("charges")
        draws: list[str] = []
        monkeypatch.setattr(billing, "draw", lambda: draws.append("billing"))
        asked = tenant.calls.count("charges")
        tenant.changes.put_nowait(tenant.change(make_job("b"), 5))
        await until(pilot, lambda: "b" in app.session.store.snapshot("jobs").items)
        await pilot.pause(0.3)
        assert draws == [] and tenant.calls.count("charges") == asked


async def test_a_view_that_is_behind_has_one_frame_to_draw_not_one_for_each_change(
    monkeypatch: Any,
) -> None:
    tenant = StreamingTenant()
    async with running(tenant) as (app, pilot):
        await pilot.press("2")
        await pilot.pause(0.2)
        view = workspace(app).view
        draws: list[int] = []
        monkeypatch.setattr(view, "draw", lambda: draws.append(1))
        for _ in range(50):
            # As if fifty rounds of news came while the view is busy with something long.
            for feed in ("jobs", "tenant", "prices"):
                view.live._changed(feed, app.session.store.snapshot(feed))
        await until(pilot, lambda: bool(draws))
        await pilot.pause(0.1)
        assert len(draws) <= 2
        view.live._changed("jobs", app.session.store.snapshot("jobs"))
        before = len(draws)
        await until(pilot, lambda: len(draws) > before)


async def test_a_bill_is_held_as_rows_or_as_sums_and_both_are_there_again() -> None:
    async with running(gallery_tenant()) as (app, pilot):
        workspace(app).go(Location("billing", detail=ROWS))
        await until(pilot, lambda: isinstance(workspace(app).view, BillingView))
        view = workspace(app).view
        assert isinstance(view, BillingView)
        for _ in range(2):
            await until(pilot, lambda: view.mode == ROWS and len(view.grid.rows) == 2)
            assert view.model.total == 2 and view._summed is None
            assert isinstance(view.cursor_item, Charge) and view.cursor_item.resource_name
            assert {each.resource_name for each in view.exported()} == {"alpha", "beta"}
            view.do_next_tab()
            await until(pilot, lambda: view.sums and len(view.grid.rows) == 2)
            assert view.model.total == 0 and view._summed is not None
            view.do_prev_tab()
