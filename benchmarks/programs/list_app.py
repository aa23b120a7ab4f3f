"""What every list program has in common: its keys, its bursts and its stall probe."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from benchmarks.programs.rows import SEED, Record, records

PROBE_SECONDS = 0.005


class ListApp(App[None]):
    """A table of many rows, filled on `l`.

    Keys: `l` shows the rows, `s` sorts by name, `f` filters by owner and back, `u` changes 5 % of
    the rows each second from then on, `m` begins to measure stalls of the loop, `q` quits. On the
    end the stalls are written as JSON to the file that `BENCH_OUT` names.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "load", priority=True),
        Binding("s", "sort", priority=True),
        Binding("f", "narrow", priority=True),
        Binding("u", "updates", priority=True),
        Binding("m", "measure", priority=True),
        Binding("q", "quit", priority=True),
    ]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, count: int, seed: int = SEED) -> None:
        super().__init__()
        self.count = count
        self.records: list[Record] = records(count, seed)
        self.sorted_down = False
        self.narrowed = False
        self.bursts = 0
        self.stalls: dict[str, float] = {}
        self.work = "start"
        self._probe: asyncio.Task[None] | None = None

    def on_ready(self) -> None:
        """What is loaded by now stays: the collector need not walk it, in any of the programs."""
        gc.collect()
        gc.freeze()

    async def load(self) -> None:
        """Show the rows."""
        raise NotImplementedError

    async def sort(self) -> None:
        """Sort by name, the other way each time."""
        raise NotImplementedError

    async def narrow(self) -> None:
        """Filter by owner, or show all again."""
        raise NotImplementedError

    def burst(self, number: int) -> None:
        """Change a twentieth of the rows."""
        raise NotImplementedError

    async def action_load(self) -> None:
        self.work = "load"
        await self.load()

    async def action_sort(self) -> None:
        self.work = "sort"
        await self.sort()

    async def action_narrow(self) -> None:
        self.work = "filter"
        await self.narrow()

    def action_updates(self) -> None:
        self.work = "bursts"
        self.set_interval(1.0, self._burst)

    def _burst(self) -> None:
        self.bursts += 1
        self.burst(self.bursts)

    def action_measure(self) -> None:
        self._probe = asyncio.get_running_loop().create_task(self._measure())

    async def _measure(self) -> None:
        """Note how late the loop is: what a key pressed at that moment would wait."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(PROBE_SECONDS)
            late = max(0.0, time.perf_counter() - before - PROBE_SECONDS)
            self.stalls[self.work] = max(late, self.stalls.get(self.work, 0.0))

    async def action_quit(self) -> None:
        if self._probe is not None:
            # The end is measured elsewhere.
            self._probe.cancel()
        self.exit()

    def on_unmount(self) -> None:
        out = os.environ.get("BENCH_OUT")
        if out:
            with open(out, "w", encoding="utf-8") as file:
                json.dump(self.stalls, file)


def run(kind: type[ListApp]) -> None:
    """Run a list program on as many rows as its first argument says, of the seed of its second."""
    kind(*map(int, sys.argv[1:3])).run()
