"""Compute and one node: list and map, problems, what actions are about, what is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from api_client.errors import Unavailable
from api_client.models.base import Ref
from api_client.models.compute import Accelerator, AcceleratorSample, NodeHealth, Scheduling
from api_client.models.event import Event, Severity
from api_client.models.telemetry import Metric, Point, Series, Window
from console.present.context import PresentContext
from screens.compute import ComputeView
from screens.navigation import Location
from screens.node import NodeView
from screens.node_chart import RANGES, TimeRange, use_chart
from screens.widgets.menu_dialog import MenuDialog
from tests.console.fakes import T0, StreamingTenant, make_job, make_node
from tests.screens.host import busy_tenant, running, workspace, writes
from tests.screens.test_overview import at, painted


class MeasuredTenant(StreamingTenant):
    """Also has telemetry; `broken` makes it fail."""

    broken: Unavailable | None = None
    asked: Window | None = None

    async def series(
        self, metric: str, window: Window, *, node: str = "", job: str = ""
    ) -> Sequence[Series]:
        assert metric == Metric.UTILISATION and node
        if self.broken is not None:
            raise self.broken
        self.asked = window
        labels = {"node": node, "index": "1"}
        points = (Point(time=window.start + timedelta(seconds=5), value=0.5),)
        return (Series(metric=metric, unit="ratio", labels=labels, points=points),)


def with_slots() -> MeasuredTenant:
    tenant = MeasuredTenant()
    sample = AcceleratorSample(time=T0, utilisation=0.25)
    slots = (
        Accelerator(id="n/0", node="node-1", index=0, virtual=True),
        Accelerator(id="n/1", node="node-1", index=1, job="alpha", rank=3, sample=sample),
    )
    tenant.job_items["alpha"] = make_job("alpha", nodes=("node-1",))
    tenant.node_items["node-1"] = make_node(
        "node-1", devices=slots, jobs=("alpha",), allocated=1, accelerators=2, agent_pid=4711
    )
    tenant.event_items.append(_failure())
    return tenant


def _failure() -> Event:
    return Event(
        id="000009",
        time=T0,
        kind="node",
        severity=Severity.ERROR,
        subject=Ref(kind="node", id="node-1"),
        reason="NodeFailed",
        message="node-1 failed: no heartbeat",
    )


async def test_problems_only_keeps_what_is_not_healthy_and_open() -> None:
    tenant = busy_tenant()
    tenant.node_items["node-3"] = make_node("node-3", scheduling=Scheduling.CORDONED)
    async with running(tenant) as (app, pilot):
        await pilot.press("3")
        await at(app, pilot, "compute")
        await pilot.press("exclamation_mark")
        view = workspace(app).view
        assert isinstance(view, ComputeView)
        assert {row.key for row in view.grid.rows} == {"node-2", "node-3"}
        await pilot.press("exclamation_mark")
        assert len(view.grid.rows) == 3


async def test_the_map_keeps_the_cursor_and_the_menu_is_about_its_node() -> None:
    tenant = busy_tenant()
    async with running(tenant) as (app, pilot):
        await pilot.press("3", "j", "v")
        view = workspace(app).view
        assert isinstance(view, ComputeView) and view.as_map
        assert view.map.cursor_key == "node-2"
        await pilot.press("left")
        assert list(view.subjects()) == [Ref(kind="node", id="node-1")]
        await pilot.press("x")
        await pilot.pause()
        assert isinstance(app.screen, MenuDialog)
        await pilot.press("escape")
        assert not writes(tenant)
        await pilot.press("v")
        assert view.grid.cursor_key == "node-1"


async def test_the_lines_above_say_what_could_start_now() -> None:
    async with running(busy_tenant()) as (app, pilot):
        await pilot.press("3")
        await at(app, pilot, "compute")
        await pilot.pause(0.05)
        view = workspace(app).view
        assert isinstance(view, ComputeView)
        assert "could start: 6 slots, 6 on one node" in painted(view.summary)


async def node_view(app: Any, pilot: Any, name: str) -> NodeView:
    workspace(app).go(Location("node", name))
    await at(app, pilot, "node")
    view = workspace(app).view
    assert isinstance(view, NodeView)
    for _ in range(1000):
        await pilot.pause(0.01)
        snapshot = view.snapshot(f"node/{name}")
        if snapshot.fetched_at is not None or snapshot.error is not None:
            break
    await pilot.pause(0.05)
    return view


async def test_a_node_shows_slots_with_measured_and_unmeasured_use() -> None:
    async with running(with_slots()) as (app, pilot):
        view = await node_view(app, pilot, "node-1")
        use = {row.key: row.cells["utilisation"].text for row in view.slots.rows}
        assert use == {"0": "—", "1": "25%"}
        assert "virtual" in painted(view.query_one("#heading-slots"))
        assert [row.key for row in view.jobs.rows] == ["alpha"]
        assert [row.key for row in view.happened.rows] == ["000009"]
        assert any(fact.text == "4711" for fact in view.facts._facts)


async def test_a_slot_opens_its_job_and_its_rank_s_log() -> None:
    async with running(with_slots()) as (app, pilot):
        view = await node_view(app, pilot, "node-1")
        await pilot.press("j")
        view.do_logs()
        await at(app, pilot, "logs")
        here = workspace(app).navigator.here
        assert (here.key, here.detail) == ("alpha", "3")


async def test_tabs_step_through_the_panes_of_a_small_terminal() -> None:
    async with running(with_slots(), size=(60, 16)) as (app, pilot):
        view = await node_view(app, pilot, "node-1")
        assert view.slots.display and view.has_class("-small")
        await pilot.press("right_parenthesis")
        await pilot.pause(0.05)
        assert "[Utilisation]" in painted(view.summary)
        assert view.contexts() == ("chart", "list")
        await pilot.press("tab")
        await pilot.pause(0.05)
        assert view.jobs.has_focus


async def test_the_range_of_the_chart_is_asked_for_and_a_failure_is_said() -> None:
    tenant = with_slots()
    async with running(tenant) as (app, pilot):
        view = await node_view(app, pilot, "node-1")
        await pilot.press("t")
        await pilot.pause(0.05)
        assert tenant.asked is not None
        assert tenant.asked.end - tenant.asked.start == RANGES[1]
        assert "mean 50%" in painted(view.use.chart)
        tenant.broken = Unavailable("read telemetry", "cannot connect")
        view.use.read()
        await pilot.pause(0.05)
        assert "not read" in painted(view.query_one("#heading-use"))
        assert "mean 50%" in painted(view.use.chart)


async def test_a_node_that_is_not_there_is_said_plainly() -> None:
    async with running(busy_tenant()) as (app, pilot):
        view = await node_view(app, pilot, "nowhere")
        assert "There is no node nowhere." in painted(view.summary)
        assert not view.subjects()
        assert not view.query_one("#node-panes").display


async def test_a_failed_node_says_why_and_who_and_since_when() -> None:
    tenant = busy_tenant()
    tenant.node_items["node-2"] = make_node(
        "node-2", health=NodeHealth.FAILED, reason="no heartbeat", reason_by="kim", since=T0
    )
    async with running(tenant) as (app, pilot):
        text = painted((await node_view(app, pilot, "node-2")).summary)
        assert "failed" in text and "no heartbeat" in text and "by kim" in text


def test_a_range_never_ends_in_the_future() -> None:
    chosen = TimeRange().moved(1).moved(-5)
    assert chosen.back == 0 and chosen.window(T0).end == T0
    assert TimeRange().moved(2).window(T0).end == T0 - RANGES[0]
    assert TimeRange().zoomed(-1) == TimeRange()


def test_gaps_stay_gaps_and_the_mean_is_of_what_was_measured() -> None:
    window = TimeRange().window(T0)
    first, second = (window.start + timedelta(seconds=s) for s in (10, 20))
    series = [
        Series(metric="m", unit="ratio", labels={"index": str(index)}, points=points)
        for index, points in enumerate(
            (
                (Point(time=first, value=0.2), Point(time=second, value=None)),
                (Point(time=first, value=None), Point(time=second, value=None)),
            )
        )
    ]
    data = use_chart(series, window, [_failure()], PresentContext(now=T0), "not measured")
    mean, slot = data.series
    assert mean.points == ((first.timestamp(), 0.2), (second.timestamp(), None))
    assert slot.name == "slot 0" and data.marks[0].label == "node-1 failed: no heartbeat"
