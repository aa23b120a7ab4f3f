"""Series of measurements, computed for the window that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from api_client.models.compute import NodeHealth
from api_client.models.telemetry import UNITS, Metric, Point, Series, Window
from localcloud.engine.errors import InvalidFault
from localcloud.simulator.details import Details
from localcloud.simulator.fleet import SimNode
from localcloud.simulator.moments import to_moment
from localcloud.simulator.plan import Attempt, Life
from localcloud.simulator.telemetry import level_at, value_of
from localcloud.simulator.world import World

MOST_POINTS = 40_000
"""In one answer; of more accelerators than that allows, evenly spaced ones are given."""

_LEAST_STEP = 15.0

Spot = tuple[SimNode, int, int | None]


class SeriesMaker:
    """Answers with series of one metric."""

    def __init__(self, world: World, details: Details) -> None:
        self._world, self._details = world, details
        self._known: dict[int, list[tuple[int, Life, Attempt]]] = {}
        self._window = (0, 0)

    def series(self, metric: str, window: Window, node: str, job: str) -> list[Series]:
        """Series by accelerator; raises `InvalidFault` for an unknown metric."""
        if metric not in UNITS:
            raise InvalidFault({"metric": f"is none of {', '.join(sorted(UNITS))}"})
        moments = self._moments(window)
        if not moments:
            return []
        self._known, self._window = {}, (moments[0][0], moments[-1][0])
        spots = list(self._spots(node, job, cpu=metric == Metric.CPU_PERCENT))
        most = max(1, MOST_POINTS // max(1, len(moments)))
        stride = -(-len(spots) // most) if spots else 1
        life = self._world.by_name.get(job) if job else None
        found = [self._one(metric, spot, life, moments) for spot in spots[::stride]]
        return [series for series in found if series.points]

    def _moments(self, window: Window) -> list[tuple[int, Point]]:
        step = max(window.step_seconds, _LEAST_STEP)
        count = int((window.end - window.start).total_seconds() / step)
        dates = (window.start + timedelta(seconds=step * at) for at in range(count + 1))
        world = self._world
        return [
            (moment, Point(time=date, value=None))
            for date in dates
            if world.begin <= (moment := to_moment(date)) <= world.now and date < window.end
        ]

    def _spots(self, node: str, job: str, *, cpu: bool) -> Iterator[Spot]:
        """Node, slot and rank of what is asked for; a job's are those of its last attempt."""
        fleet = self._world.fleet
        if job:
            life = self._world.by_name.get(job)
            if life is None or not life.attempts:
                return
            for rank, (name, slots) in enumerate(self._details.seats(life, life.attempts[-1])):
                if name and (not node or name == node):
                    for slot in slots[:1] if cpu else slots:
                        yield fleet.by_name[name], slot, rank
            return
        for each in fleet.nodes if not node else filter(None, [fleet.by_name.get(node)]):
            for slot in range(1 if cpu else each.slots):
                yield each, slot, None

    def _one(
        self, metric: str, spot: Spot, life: Life | None, moments: list[tuple[int, Point]]
    ) -> Series:
        node, slot, rank = spot
        labels = {"node": node.name}
        if metric != Metric.CPU_PERCENT:
            labels = {"accelerator": f"{node.name}/{slot}", "index": str(slot), **labels}
        if life is not None and rank is not None:
            labels |= {"job": life.name, "rank": str(rank)}
        return Series(
            metric=metric,
            unit=UNITS[metric],
            labels=labels,
            points=tuple(
                Point(time=point.time, value=value)
                for moment, point in moments
                if (value := self._value(metric, node, slot, life, moment)) is not None
            ),
        )

    def _value(
        self, metric: str, node: SimNode, slot: int, life: Life | None, moment: int
    ) -> float | None:
        """`None` where the job held nothing, or the node was silent."""
        if node.health is NodeHealth.FAILED and moment >= node.since:
            return None
        stay = self._stay(node, slot, moment)
        if life is not None and (stay is None or stay[0] is not life):
            return None
        world = self._world
        level = 0.0 if stay is None else level_at(*stay, moment)
        memory = world.fleet.pools[node.pool].memory_bytes
        held = stay is not None
        return value_of(metric, world.seed, node.index, slot, level, held, memory, moment)

    def _stay(self, node: SimNode, slot: int, moment: int) -> tuple[Life, Attempt] | None:
        """Who held a slot at a moment, in which attempt."""
        for mask, life, attempt in self._stays(node):
            if mask >> slot & 1 and attempt.start <= moment < attempt.end:
                return life, attempt
        return None

    def _stays(self, node: SimNode) -> list[tuple[int, Life, Attempt]]:
        """Everybody who held slots of a node in the window, newest first."""
        known = self._known.get(node.index)
        if known is None:
            shift, mask = self._world.fleet.shift, (1 << self._world.fleet.shift) - 1
            known = self._known[node.index] = [
                (place & mask, life, attempt)
                for number in reversed(dict.fromkeys(node.past))
                if (life := self._world.lives.get(number)) is not None
                for attempt in life.attempts
                if attempt.end > self._window[0] and attempt.start <= self._window[1]
                for place in attempt.places
                if place >> shift == node.index
            ]
        return known
