"""Jobs as a tenant of this kind submits them, for ever, from a seed.

Sources of the shapes: job counts, sizes and final states of the Acme, Philly and Helios traces
(CC-BY-4.0; cluster_summary of AcmeTrace); accelerator utilisation of Acme Seren, of which about
a third is 0 and two thirds lie above 0.97.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from api_client.models.job import JobState
from localcloud.simulator import people
from localcloud.simulator.failures import OWN, drawn
from localcloud.simulator.moments import DAY, SECOND
from localcloud.simulator.plan import NEVER, FleetPlan, Life

LOAD = 0.78
"""Share of a large fleet that is asked for on the average; more only makes queues grow."""

_SMALL_LOAD = 0.55
"""The same of a fleet in which a few jobs already fill a pool."""

_SMALL_FLEET = 2000

_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
_SIZE_WEIGHTS = (
    0.52, 0.09, 0.08, 0.17, 0.05, 0.035, 0.025, 0.012, 0.009, 0.005, 0.0025, 0.001, 0.0005,
)  # fmt: skip
_COMPLETED, _CANCELLED = 0.57, 0.11
"""Mean rates of Seren, Kalos, Philly and Helios; the rest failed (0.32)."""
_SPREAD = 1.5
"""Sigma of the lognormal running times."""
_LONGEST = 8 * 86_400
_SHORTEST = 20
_CHUNK = 2048
_SWEEP_SHARE = 0.004
"""Of the draws of a size: the lowest ones, so that the members of an array are small."""
_RESERVED_SHARE = 0.8


@dataclass(frozen=True)
class Demand:
    """How much work comes, and how fast."""

    jobs_per_day: float
    scale: float
    """Seconds the running time of a job of one accelerator has in the median."""
    sizes: tuple[tuple[tuple[int, ...], tuple[float, ...]], ...]
    """For each pool, the sizes that fit and their weights."""
    pool_weights: tuple[float, ...]


def demand(fleet: FleetPlan, jobs: int, days: float) -> Demand:
    """The demand that fills this fleet to `LOAD` with so many jobs in so many days."""
    sizes = tuple(_fitting(pool.nodes, pool.accelerators) for pool in fleet.pools)
    slots = [pool.nodes * pool.accelerators for pool in fleet.pools]
    load = LOAD if sum(slots) > _SMALL_FLEET else _SMALL_LOAD
    wanted = load * sum(slots) * 86_400 * days / jobs
    low, high = 0.01, 1e7
    for _ in range(60):
        scale = (low * high) ** 0.5
        work = [_mean_work(scale, each) for each in sizes]
        rates = [count / mean for count, mean in zip(slots, work, strict=True)]
        weights = tuple(rate / sum(rates) for rate in rates)
        found = sum(weight * mean for weight, mean in zip(weights, work, strict=True))
        low, high = (scale, high) if found < wanted else (low, scale)
    return Demand(jobs / days, scale, sizes, weights)


_STRETCHES = np.exp(_SPREAD * np.array([NormalDist().inv_cdf((i + 0.5) / 400) for i in range(400)]))


def _mean_work(scale: float, sizes: tuple[tuple[int, ...], tuple[float, ...]]) -> float:
    """Mean accelerator-seconds of a job of a pool."""
    return float(
        sum(
            weight * size * np.clip(scale * _growth(size) * _STRETCHES, _SHORTEST, _LONGEST).mean()
            for size, weight in zip(*sizes, strict=True)
        )
    )


def _growth(size: int) -> float:
    """How much longer a job of this size runs than one of one accelerator."""
    return float(size**0.3)


def _fitting(nodes: int, accelerators: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Sizes up to an eighth of a large pool, in whole nodes past one node."""
    share = 8 if nodes * accelerators > _SMALL_FLEET else 4
    most = max(accelerators, nodes // share * accelerators)
    chosen = [
        (size, weight)
        for size, weight in zip(_SIZES, _SIZE_WEIGHTS, strict=True)
        if size <= most and (size <= accelerators or size % accelerators == 0)
    ]
    total = sum(weight for _, weight in chosen)
    return tuple(size for size, _ in chosen), tuple(weight / total for _, weight in chosen)


def lives(
    fleet: FleetPlan, wanted: Demand, seed: int, begin: int, end: int = NEVER, first: int = 1
) -> Iterator[Life]:
    """Jobs in the order they are submitted, from `begin` to `end`; `first` numbers their names."""
    rng = np.random.default_rng([seed, first])
    moment, count = float(begin), first - 1
    gap = DAY / wanted.jobs_per_day
    while True:
        draws = _draw(rng, wanted)
        for row in zip(*draws, strict=True):
            moment += row[0] * gap
            array = row[2] < _SWEEP_SHARE and wanted.jobs_per_day > 20
            members = 4 + int(row[3] * 28) if array else 0
            # The members of an array take the places of as many single jobs.
            moment += members * gap
            submit = int(moment) // SECOND * SECOND
            if submit >= end:
                return
            for member in range(members or 1):
                count += 1
                life = _life(fleet, wanted, row, submit, count)
                if array:
                    _join_array(life, row, count, member)
                yield life


def _draw(rng: np.random.Generator, wanted: Demand) -> Sequence[list[float]]:
    pools = rng.choice(len(wanted.pool_weights), _CHUNK, p=wanted.pool_weights)
    sizes = rng.random(_CHUNK)
    columns = [
        rng.exponential(1.0, _CHUNK).tolist(),
        pools.tolist(),
        sizes.tolist(),
        rng.random(_CHUNK).tolist(),
        np.exp(rng.normal(0.0, _SPREAD, _CHUNK)).tolist(),
    ]
    columns += [rng.random(_CHUNK).tolist() for _ in range(7)]
    return columns


def _join_array(life: Life, row: Sequence[float], count: int, member: int) -> None:
    kind = people.SWEEP_NAMES[int(row[5] * len(people.SWEEP_NAMES))]
    life.name = f"{kind}-{count - member}-{member:03d}"
    life.project = life.project or "evaluation"


def _size(wanted: Demand, pool: int, chance: float) -> int:
    sizes, weights = wanted.sizes[pool]
    for size, weight in zip(sizes, weights, strict=True):
        chance -= weight
        if chance < 0:
            return size
    return sizes[0]


def _life(fleet: FleetPlan, wanted: Demand, row: Sequence[float], submit: int, count: int) -> Life:
    _, pool_value, size_chance, who, stretch, what, how, fails, rest, level, _, extra = row
    pool = int(pool_value)
    size = _size(wanted, pool, size_chance)
    per_node = fleet.pools[pool].accelerators
    owner, project = people.OWNERS[int(who * who * len(people.OWNERS))]
    seconds = int(min(_LONGEST, max(_SHORTEST, wanted.scale * stretch * _growth(size))))
    final, own, total = _ending(size, seconds, how, fails, rest)
    step = 0.4 + 6.0 * level * (1.0 + size / 1024)
    step = round(min(step, seconds / 12), 2) or 0.5
    workers, per_worker = _gang(size, per_node, extra)
    return Life(
        name=f"{_base_name(size, what)}-{count}",
        submit=submit,
        milli=size * 1000,
        workers=workers,
        per_worker=per_worker,
        pool=pool,
        owner=owner,
        project=project,
        framework=people.FRAMEWORKS[int(what * 997) % len(people.FRAMEWORKS)],
        priority=2 if extra > 0.985 else 1 if extra > 0.9 else 0,
        spot=rest > _RESERVED_SHARE and size <= 64,
        final=final,
        work_seconds=seconds,
        step_seconds=step,
        total_steps=int(total / step),
        checkpoint_steps=_checkpoint_steps(seconds, step),
        level=_level(level),
        user_cause=own,
        backoff_limit=3 if own < 0 else max(0, int(extra * 10) - 6),
    )


def _base_name(size: int, chance: float) -> str:
    names: tuple[str, ...] = people.SMALL_NAMES
    if size > 8:
        names = people.MIDDLE_NAMES if size < 512 else people.LARGE_NAMES
    return names[int(chance * len(names))]


def _gang(size: int, per_node: int, chance: float) -> tuple[int, int]:
    """Workers and slots of each: one process per node, or one per accelerator."""
    if size <= per_node:
        return 1, size
    return (size, 1) if chance < 0.25 else (size // per_node, per_node)


def _ending(
    size: int, seconds: int, how: float, fails: float, rest: float
) -> tuple[JobState, int, float]:
    """How it ends, its own error if one ends it, and the seconds it would have needed."""
    completed = _COMPLETED + (0.1 if size > 64 else 0.0)
    if how < completed:
        return JobState.SUCCEEDED, -1, seconds
    if how < completed + _CANCELLED * (2 if size > 64 else 1):
        return JobState.STOPPED, -1, seconds * (1.1 + 2 * rest)
    return JobState.FAILED, drawn(OWN, fails), seconds * (1.05 + 5 * rest)


def _checkpoint_steps(seconds: int, step: float) -> int:
    """A quarter of an hour apart at least, about sixteen in a job; none in short ones."""
    if seconds < 1800:
        return 0
    between = max(900.0, seconds / 16)
    steps = max(1, int(between / step))
    return max(1, steps // 10 * 10)


def _level(chance: float) -> float:
    """Most are busy nearly all the time; some hold accelerators they hardly use."""
    if chance < 0.04:
        return 0.0
    if chance < 0.15:
        return 0.2 + 4.0 * (chance - 0.04)
    return 0.80 + 0.19 * (chance - 0.15) / 0.85
