"""Compute: pools and nodes as a list or a map, what is wrong, what could start now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.timer import Timer

from api_client.models.base import Ref
from api_client.models.compute import NodeHealth, NodeSummary, Pool
from api_client.models.job import JobSummary
from console.analysis.capacity import FleetTally
from console.analysis.fleet_map import FleetMap
from console.analysis.following import Following
from console.present.context import PresentContext
from console.present.filters.nouns import NODE_FIELDS
from console.present.nodes import NODE_COLUMNS, node_row
from console.present.table import Cell, Row, Tone
from console.present.units import count_text
from screens.desk import Desk
from screens.followed import PAUSE_SECONDS, SLICE_SECONDS, Followed, SeenVersion
from screens.list_view import ListView
from screens.node_map import map_words
from screens.overview_panels import node_lines
from screens.panel import Line, Piece, Summary
from screens.widgets.heatmap import Heatmap

AGES_SECONDS = 5.0
"""How often the ages of heartbeats are drawn again where nothing changed."""

POOLS_SHOWN = 3

_MAP_VERBS = frozenset(
    {"up", "down", "into", "out", "top", "bottom", "open"}
    | {"page_up", "page_down", "half_up", "half_down", "zoom_in", "zoom_out", "map_mode"}
)


class ComputeView(ListView):
    """Every node; `v` turns the list into a map, `!` keeps what is not healthy and open."""

    VIEW = "compute"
    FEED = "nodes"
    KIND = "node"
    OPENS = "node"
    COLUMNS = NODE_COLUMNS
    FIELDS = NODE_FIELDS
    EMPTY_KEY = "common.empty.nodes"
    PROBLEMS = "problem!=none"
    HINTS: ClassVar = ("list.open", "list.view_mode", "global.problems_only", "list.mark")
    DEFAULT_CSS = """
    ComputeView Summary { height: 1; }
    ComputeView #compute-map { display: none; }
    ComputeView.-map #compute-map { display: block; }
    ComputeView.-map Grid { display: none; }
    """

    summary = query_one("#compute-summary", Summary)
    map = query_one("#compute-map", Heatmap)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._sums = FleetTally()
        self._tally: Followed[NodeSummary] = Followed(self.FEED, self._sums)
        self._counting: Timer | None = None
        self._fleet = FleetMap()
        self._mapped: Following[NodeSummary] = Following(self._fleet)
        self._seen = SeenVersion(self.FEED)
        self._mapped_filter = ""

    def compose(self) -> ComposeResult:
        yield Summary(id="compute-summary")
        yield from super().compose()
        yield Heatmap(legend=True, id="compute-map")

    def on_mount(self) -> None:
        self.set_interval(AGES_SECONDS, self._tick)

    def _tick(self) -> None:
        if self.display:
            self.draw()

    def feeds(self) -> Sequence[str]:
        return ("nodes", "pools")

    # Drawing.

    def row(self, item: NodeSummary, ctx: PresentContext) -> Row:
        row = node_row(item, ctx)
        if item.health is not NodeHealth.HEALTHY:
            return row
        # A healthy node is sent again only now and then: the age of that copy would alarm.
        return row.but("heartbeat", Cell(ctx.t("screen.live"), Tone.DIM, sort=0.0))

    def draw(self) -> None:
        super().draw()
        self._tally.update(self.desk.session.store)
        if self.as_map:
            self._follow_map()
        self._count()

    def _count(self) -> None:
        """Count for a slice and draw what is counted; the rest after what a person pressed."""
        if self._counting is not None:
            self._counting.stop()
            self._counting = None
        counted = self._tally.step(SLICE_SECONDS)
        self._draw_summary()
        mapped = not self.as_map or self._mapped.step(SLICE_SECONDS)
        if mapped and self.as_map:
            self._draw_map()
        if not counted or not mapped:
            self._counting = self.set_timer(PAUSE_SECONDS, self._count_on)

    def _count_on(self) -> None:
        self._counting = None
        if self.display:
            self._count()

    def _draw_summary(self) -> None:
        lines = self._lines(self.desk.present())
        self.summary.styles.height = len(lines)
        self.summary.show("", lines)

    def _follow_map(self) -> None:
        """Take note of the nodes that changed and pass the filter."""
        snapshot, changed = self._seen.news(self.desk.session.store)
        if self._filter != self._mapped_filter:
            self._mapped_filter, changed = self._filter, None
        if changed is not None and not changed:
            return
        shown: Mapping[str, NodeSummary] = snapshot.items
        if self._filter:
            test = self._test(self.desk.present())
            shown, changed = {key: each for key, each in shown.items() if test(each)}, None
        self._mapped.update(shown, changed)

    def _draw_map(self) -> None:
        ctx, snapshot = self.desk.present(), self.snapshot(self.FEED)
        notice = self._notice(snapshot, len(snapshot.items), ctx)[0]
        self.map.show(self._fleet, map_words(ctx, self._jobs(), notice))

    def _jobs(self) -> Mapping[str, JobSummary]:
        """Say whose a node is; read for the console anyway."""
        jobs: Mapping[str, JobSummary] = self.snapshot("jobs").items
        return jobs

    def _lines(self, ctx: PresentContext) -> list[Line]:
        if not self.snapshot(self.FEED).items:
            return [(Piece(ctx.t("compute_view.none"), Tone.DIM),)]
        if not self._tally.ready:
            return [(Piece(ctx.t("overview_view.counting"), Tone.DIM),)]
        health, slots, use, gang = node_lines(self._sums.sums, ctx)
        roomy = self.app.size.height >= 20
        if not roomy:
            return [(*health, *slots)]
        startable = (*use, *gang, *self._waiting())
        return [(*health, *slots), startable, *self._pools(ctx)]

    def _waiting(self) -> Line:
        queued = [pool.queued_jobs for pool in self.snapshot("pools").items.values()]
        waiting = sum(each or 0 for each in queued)
        if not waiting:
            return ()
        return (Piece(self.desk.t("compute_view.waiting", n=waiting), Tone.WAITING, "queued"),)

    def _pools(self, ctx: PresentContext) -> list[Line]:
        """One line a pool where there are several; one pool is all there is to say already."""
        pools: list[Pool] = list(self.snapshot("pools").items.values())
        if len(pools) < 2:
            return []
        lines: list[Line] = [
            (
                Piece(pool.name),
                Piece(
                    ctx.t(
                        "compute_view.pool",
                        used=count_text(pool.allocated),
                        all=count_text(pool.accelerators),
                        free=count_text(pool.free),
                        queued=count_text(pool.queued_jobs),
                    ),
                    Tone.DIM,
                ),
            )
            for pool in pools[:POOLS_SHOWN]
        ]
        if len(pools) > POOLS_SHOWN:
            more = ctx.t("compute_view.more_pools", n=len(pools) - POOLS_SHOWN)
            lines.append((Piece(more, Tone.DIM),))
        return lines

    def counts(self) -> str:
        """Nodes shown, and how many of their slots a new job could take."""
        if not self._tally.ready:
            return super().counts()
        return f"{super().counts()} · {self.desk.t('overview_view.free', n=self._sums.sums.free)}"

    def related(self, item: NodeSummary) -> list[Ref]:
        return [Ref(kind="job", id=job) for job in item.jobs]

    # List or map.

    @property
    def as_map(self) -> bool:
        """Whether the nodes are a map rather than a list."""
        return self.has_class("-map")

    @property
    def cursor_item(self) -> NodeSummary | None:
        found: NodeSummary | None = self._shown.get(self._cursor_key() or "")
        return found

    def do_view_mode(self) -> None:
        key = self.map.anchor_key if self.as_map else self.grid.cursor_key
        self.toggle_class("-map")
        self.draw()
        if key is not None:
            if self.as_map:
                self.map.select(key)
            else:
                self.grid.select(key)
        self.call_after_refresh(self.focus_main)

    def focus_main(self) -> None:
        (self.map if self.as_map else self.grid).focus()

    def contexts(self) -> tuple[str, ...]:
        return ("map", self.CONTEXT) if self.as_map else (self.CONTEXT,)

    def clear_one_step(self) -> bool:
        return (self.as_map and self.map.zoom_out()) or super().clear_one_step()

    def handler(self, verb: str) -> Callable[[], None] | None:
        if self.as_map and verb == "last_view" and self.map.zoomed:
            return self.map.action_zoom_out
        if self.as_map and verb in _MAP_VERBS:
            found: Any = getattr(self.map, f"action_{verb}", None)
            return found if callable(found) else None
        return super().handler(verb)

    def _cursor_key(self) -> str | None:
        return self.map.cursor_key if self.as_map else self.grid.cursor_key

    def subjects(self) -> Sequence[Ref]:
        key = self._cursor_key()
        if self.as_map and not self.grid.marks and key is not None:
            return (self.ref(key),)
        return super().subjects()

    @on(Heatmap.CellChosen)
    def _cell_chosen(self, event: Heatmap.CellChosen) -> None:
        event.stop()
        self.go(self.OPENS, event.key)
