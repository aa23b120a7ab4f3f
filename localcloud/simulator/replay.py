"""A public trace as something to play: its jobs as lives, a fleet that holds them, prices."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from api_client.models.billing import PriceItem, PriceList
from localcloud.simulator.moments import SECOND, from_moment
from localcloud.simulator.plan import FleetPlan, Life, PoolPlan, TenantPlan
from localcloud.simulator.traces.record import Trace, TraceError, TraceJob

_MOST_POOLS = 40
_ONE_POOL = "default"
_NODE_SLOTS = 8
_MOST_SLOTS = 64
_MOST_WORKERS = 4096
_MOST_SLOTS_HELD = 2_000_000
_LONGEST_NAME = 63
_UNFIT = re.compile(r"[^a-z0-9]+")
_MODEL = "Trace accelerator"
_PRICE = Decimal("12.00")


def replay_plan(trace: Trace, currency: str = "CNY") -> TenantPlan:
    """Everything needed to play a trace from its first submission on.

    Raises:
        TraceError: more is held at once than a tenant here can have.
    """
    pools = _pools(trace.jobs)
    slots = _slots_per_node(trace.jobs)
    names = _Names()
    order = sorted(range(len(trace.jobs)), key=lambda at: trace.jobs[at].submit)
    lives = [_life(trace.jobs[at], names, pools, slots) for at in order]
    begin = _first(trace)
    fleet = tuple(_fleet(pools, lives, trace.jobs, slots))
    if sum(pool.nodes * slots for pool in fleet) > _MOST_SLOTS_HELD:
        why = f"its jobs hold more than {_MOST_SLOTS_HELD:,} accelerators at once"
        raise TraceError(trace.path, why)
    return TenantPlan(
        scenario=trace.path.name,
        name=trace.path.name.split(".")[0],
        seed=0,
        fleet=FleetPlan(fleet),
        lives=lives,
        prices=_prices(currency, trace.path),
        begin=begin,
        start=begin,
        kept_jobs=max(100_000, len(lives)),
        currency=currency,
    )


def trace_end(trace: Trace) -> datetime:
    """A moment by which everything in the trace has happened."""
    return from_moment(_milliseconds(trace.end) + SECOND) if trace.jobs else _first(trace)


def _first(trace: Trace) -> datetime:
    if not trace.jobs:
        return datetime(2021, 1, 1, tzinfo=UTC)
    return from_moment(_milliseconds(trace.begin))


def _milliseconds(micros: int) -> int:
    return (micros + 500) // 1000


def _pools(jobs: Sequence[TraceJob]) -> dict[str, int]:
    """Index of each pool; one for all where the trace has none, or too many to show."""
    found = Counter(job.pool for job in jobs)
    if not 1 < len(found) <= _MOST_POOLS:
        return {}
    return {name: at for at, name in enumerate(sorted(found))}


def _slots_per_node(jobs: Sequence[TraceJob]) -> int:
    """Eight, or as many as the jobs of the trace hold on one node."""
    most = _NODE_SLOTS
    for job in jobs:
        spread = min(job.nodes or _MOST_WORKERS, _MOST_WORKERS)
        most = max(most, -(-_whole(job.accelerators) // spread))
    return min(most, _MOST_SLOTS)


def _whole(accelerators: Decimal) -> int:
    """Slots that hold so many; a share takes a whole one."""
    return math.ceil(accelerators)


def _life(job: TraceJob, names: _Names, pools: dict[str, int], slots: int) -> Life:
    workers, each = _gang(_whole(job.accelerators), job.nodes, slots)
    return Life(
        name=names.take(job.id),
        submit=_milliseconds(job.submit),
        milli=_milli(job.accelerators),
        workers=workers,
        per_worker=each,
        pool=pools.get(job.pool, 0),
        owner=job.user or "trace",
        project=job.project,
        final=job.state,
        native=job.native,
        reason=job.reason,
        fixed=tuple((_milliseconds(run.start), _milliseconds(run.end)) for run in job.runs),
        fixed_milli=_millis_of_runs(job),
        placed_as_given=True,
        ended=None if job.ended is None else _milliseconds(job.ended),
    )


def _milli(accelerators: Decimal) -> int:
    return int(round(accelerators * 1000))


def _millis_of_runs(job: TraceJob) -> tuple[int, ...]:
    """What each run is metered at; empty where all are alike, as nearly always."""
    if all(run.accelerators == job.accelerators for run in job.runs):
        return ()
    return tuple(_milli(run.accelerators) for run in job.runs)


def _gang(accelerators: int, nodes: int | None, slots: int) -> tuple[int, int]:
    """Workers and slots of each, as the trace spreads them, else as few workers as divide it."""
    if accelerators == 0:
        return 1, 0
    if nodes and accelerators % nodes == 0 and accelerators // nodes <= slots:
        return nodes, accelerators // nodes
    each = next(n for n in range(min(slots, accelerators), 0, -1) if accelerators % n == 0)
    if accelerators // each > _MOST_WORKERS:
        each = min(slots, -(-accelerators // _MOST_WORKERS))
    return -(-accelerators // each), each


class _Names:
    """Names as jobs have them: each once, of lower-case letters, digits and hyphens."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: Counter[str] = Counter()

    def take(self, text: str) -> str:
        """The name for a job the trace calls so."""
        name = _UNFIT.sub("-", text.lower()).strip("-")
        if not name or not name[0].isalpha():
            name = f"job-{name}".rstrip("-")
        name = fresh = name[:_LONGEST_NAME].rstrip("-")
        while fresh in self._taken:
            self._next[name] += 1
            tail = f"-{self._next[name] + 1}"
            fresh = f"{name[: _LONGEST_NAME - len(tail)].rstrip('-')}{tail}"
        self._taken.add(fresh)
        return fresh


def _fleet(
    pools: dict[str, int], lives: Sequence[Life], jobs: Sequence[TraceJob], slots: int
) -> Iterator[PoolPlan]:
    models = Counter(job.model for job in jobs if job.model)
    model = models.most_common(1)[0][0] if models else _MODEL
    for name, at in pools.items() or {_ONE_POOL: 0}.items():
        nodes = _nodes_needed([life for life in lives if life.pool == at], slots)
        yield PoolPlan(name or _ONE_POOL, nodes, slots, model, region="trace")


def _nodes_needed(lives: Sequence[Life], slots: int) -> int:
    """Nodes for the most slots held at once, and a few more: gangs want nodes of their own."""
    changes: list[tuple[int, int]] = []
    for life in lives:
        for start, end in life.fixed:
            if end is not None and end > start:
                changes += ((start, life.slots), (end, -life.slots))
    changes.sort()
    held = most = 0
    for _, change in changes:
        held += change
        most = max(most, held)
    return max(1, -(-most * 11 // (slots * 10)))


def _prices(currency: str, path: Path) -> PriceList:
    item = PriceItem(
        sku="trace-accelerator",
        description="Accelerator of a replayed trace",
        amount=_PRICE,
        currency=currency,
    )
    return PriceList(items=(item,), source=path.name)
