"""The overview: one look at the tenant, one key to the first job, and honest panels."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from api_client.errors import Unavailable
from api_client.models.base import Page
from api_client.models.compute import NodeHealth, Scheduling
from api_client.models.job import JobState
from api_client.models.slim import replace as changed
from api_client.paging import Pages
from console.profiles import local_profile
from console.session import Session
from console.settings import Settings
from screens.app import QuarterdeckApp
from screens.overview import OverviewView
from tests.console.fakes import T0, StreamingTenant, make_event, make_job, make_node
from tests.screens.host import busy_tenant, running, workspace

HOSTILE = "[/x]\x1b[31mred\n漢字"


def painted(widget: Widget) -> str:
    """What a widget shows, line by line."""
    return "\n".join(
        "".join(segment.text for segment in widget.render_line(y))
        for y in range(widget.size.height)
    )


def overview(app: QuarterdeckApp) -> OverviewView:
    view = workspace(app).view
    assert isinstance(view, OverviewView)
    view.draw()
    return view


async def at(app: QuarterdeckApp, pilot: Pilot[int], view: str) -> None:
    """Wait until a view is shown."""
    for _ in range(1000):
        await pilot.pause(0.01)
        if workspace(app).navigator.here.view == view:
            return
    raise AssertionError(f"{workspace(app).navigator.here} instead of {view}")


async def test_panels_count_nodes_slots_and_jobs() -> None:
    tenant = busy_tenant()
    tenant.job_items["delta"] = make_job("delta", JobState.RECOVERING, nodes=())
    async with running(tenant) as (app, _):
        view = overview(app)
        compute = painted(view.query_one("#overview-compute"))
        assert "1 healthy" in compute and "1 failed" in compute
        assert "2 of 16 slots in use" in compute and "6 free now" in compute
        jobs = painted(view.query_one("#overview-jobs"))
        assert "1 running" in jobs and "1 queued" in jobs and "1 recovering" in jobs


async def test_money_shows_an_estimate_of_the_rate_and_of_idle_slots() -> None:
    tenant = busy_tenant()
    tenant.job_items["alpha"] = make_job("alpha", nodes=("node-1",))
    async with running(tenant) as (app, _):
        text = painted(overview(app).query_one("#overview-billing"))
        assert "≈CN¥20.00/h" in text
        assert "6 idle slots, ≈CN¥60.00/h" in text


async def test_the_first_run_offers_the_example_with_one_key() -> None:
    tenant = StreamingTenant()
    tenant.node_items["node-1"] = make_node("node-1")
    async with running(tenant) as (app, pilot):
        view = overview(app)
        await pilot.pause()
        assert view.offer.display and view.offer.has_focus
        await pilot.press("enter")
        await at(app, pilot, "submit")
        assert workspace(app).navigator.here.detail == "example"


class SlowTenant(StreamingTenant):
    """Answers no list before it has started."""

    def __init__(self) -> None:
        super().__init__()
        self.started = asyncio.Event()

    def _page(self, what: str, items: Sequence[Any]) -> Pages[Any]:
        pages = super()._page(what, items)

        async def fetch(cursor: str | None) -> Page[Any]:
            await self.started.wait()
            return await pages

        return Pages(fetch)


async def test_the_offer_has_the_key_also_when_the_cloud_took_its_time_to_start() -> None:
    tenant = SlowTenant()
    session = Session(local_profile(), Settings(), opener=lambda choice: tenant, keep_history=False)
    app = QuarterdeckApp(session, Settings())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        view = overview(app)
        assert not view.offer.display
        assert view.query_one("#overview-compute").has_focus
        tenant.started.set()
        for _ in range(1000):
            if view.offer.display and view.offer.has_focus:
                break
            await pilot.pause(0.02)
        assert view.offer.display and view.offer.has_focus


async def test_the_offer_takes_no_focus_that_a_person_moved() -> None:
    tenant = StreamingTenant()
    tenant.job_items["alpha"] = make_job("alpha")
    async with running(tenant) as (app, pilot):
        view = overview(app)
        await pilot.press("tab")
        jobs = view.query_one("#overview-jobs")
        assert jobs.has_focus
        app.session.store.put("jobs", replace(app.session.store.snapshot("jobs"), items={}))
        await pilot.pause(0.1)
        view.draw()
        assert view.offer.display and jobs.has_focus


async def test_with_jobs_there_is_no_offer() -> None:
    async with running(busy_tenant()) as (app, _):
        assert not overview(app).offer.display


@pytest.mark.parametrize(
    ("tabs", "place"), [(0, "compute"), (1, "jobs"), (2, "incidents"), (3, "billing")]
)
async def test_every_panel_opens_its_place(tabs: int, place: str) -> None:
    async with running(busy_tenant()) as (app, pilot):
        for _ in range(tabs):
            await pilot.press("tab")
        await pilot.press("enter")
        await at(app, pilot, place)


async def test_enter_on_the_map_opens_the_node_under_the_cursor() -> None:
    async with running(busy_tenant()) as (app, pilot):
        overview(app).map.focus()
        await pilot.press("right", "enter")
        await at(app, pilot, "node")
        assert workspace(app).navigator.here.key == "node-2"


async def test_a_feed_that_fails_says_so_in_its_panel_and_the_others_go_on() -> None:
    async with running(busy_tenant()) as (app, _):
        store = app.session.store
        error = Unavailable("list jobs", "cannot connect")
        moment = app.desk.clock() - timedelta(minutes=3)
        store.put("jobs", store.snapshot("jobs").failed(error, moment))
        view = overview(app)
        jobs = painted(view.query_one("#overview-jobs"))
        clock = moment.astimezone(app.desk.zone).strftime("%H:%M:%S")
        assert f"stale since {clock}" in jobs and "1 running" in jobs
        assert "cannot connect" in " ".join(jobs.split())
        assert "stale" not in painted(view.query_one("#overview-compute"))


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40)])
async def test_hostile_names_are_shown_and_not_obeyed(size: tuple[int, int]) -> None:
    tenant = StreamingTenant()
    hostile = make_job("plain", JobState.QUEUED, owner=HOSTILE, reason=HOSTILE)
    hostile = changed(hostile, name=HOSTILE)
    tenant.job_items[HOSTILE] = hostile
    tenant.node_items[HOSTILE] = make_node(
        HOSTILE, health=NodeHealth.FAILED, scheduling=Scheduling.DRAINED, reason=HOSTILE
    )
    event = changed(make_event(1, HOSTILE), message=HOSTILE, time=T0)
    tenant.event_items.append(event)
    async with running(tenant, size=size) as (app, pilot):
        for key in ("1", "3", "v", "enter"):
            await pilot.press(key)
            await pilot.pause(0.05)
            shown = "".join(painted(widget) for widget in workspace(app).query("*").results())
            assert "\x1b" not in shown
        await at(app, pilot, "node")
        assert "漢字" in "".join(painted(w) for w in workspace(app).query("Summary").results())


async def test_everything_is_said_in_the_language_chosen() -> None:
    async with running(busy_tenant()) as (app, pilot):
        app.desk.translator.language = "zh_CN"
        workspace(app).retranslate()
        await pilot.pause()
        view = overview(app)
        text = "".join(painted(panel) for panel in view.query("Panel").results())
        assert "健康" in text and "healthy" not in text and "overview_view." not in text
