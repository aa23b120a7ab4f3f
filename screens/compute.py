"""Compute: pools and nodes as a list or a map, what is wrong, what could start now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one

from api_client.models.base import Ref
from api_client.models.compute import NodeHealth, NodeSummary, Pool
from console.analysis.capacity import fleet
from console.present.context import PresentContext
from console.present.filters.nouns import NODE_FIELDS
from console.present.nodes import NODE_COLUMNS, node_row
from console.present.table import Cell, Row, Tone
from console.present.units import count_text
from screens.list_view import ListView
from screens.node_map import heat_nodes
from screens.overview_panels import node_lines
from screens.panel import Line, Piece, Summary
from screens.widgets.heatmap import Heatmap

AGES_SECONDS = 5.0
"""How often the ages of heartbeats are drawn again where nothing changed."""

POOLS_SHOWN = 3

_MAP_MOVES = frozenset({"up", "down", "into", "out", "top", "bottom"})


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

    def compose(self) -> ComposeResult:
        yield Summary(id="compute-summary")
        yield from super().compose()
        yield Heatmap(id="compute-map")

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
        heard = Cell(ctx.t("screen.live"), Tone.DIM, sort=0.0)
        return replace(row, cells={**row.cells, "heartbeat": heard})

    def draw(self) -> None:
        super().draw()
        ctx = self.desk.present()
        nodes = self.snapshot(self.FEED).items
        lines = self._lines(ctx)
        self.summary.styles.height = len(lines)
        self.summary.show("", lines)
        if self.as_map:
            shown = [nodes[row.key] for row in self.grid.rows if row.key in nodes]
            notice = self._notice(self.snapshot(self.FEED), len(nodes), ctx)[0]
            self.map.show(heat_nodes(shown, ctx), notice)

    def _lines(self, ctx: PresentContext) -> list[Line]:
        nodes = list(self.items())
        if not nodes:
            return [(Piece(ctx.t("compute_view.none"), Tone.DIM),)]
        health, slots, use, gang = node_lines(nodes, ctx)
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
        free = fleet(self.items()).free
        return f"{super().counts()} · {self.desk.t('overview_view.free', n=free)}"

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
        key = self._cursor_key()
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

    def handler(self, verb: str) -> Callable[[], None] | None:
        if self.as_map and verb in _MAP_MOVES:
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

    def do_open(self) -> None:
        key = self._cursor_key()
        if key is not None:
            self.go(self.OPENS, key)

    @on(Heatmap.CellChosen)
    def _cell_chosen(self, event: Heatmap.CellChosen) -> None:
        event.stop()
        self.do_open()
