"""What nobody looks at costs nothing, and what somebody looks at never falls behind."""

from __future__ import annotations

from typing import Any

from tests.console.fakes import StreamingTenant, make_job
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
