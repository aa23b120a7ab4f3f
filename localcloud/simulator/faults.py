"""Faults on command, for teaching and tests."""

from __future__ import annotations

import math

from api_client.models.compute import NodeHealth
from api_client.models.job import JobState
from localcloud.engine.errors import ConflictFault, InvalidFault, NotFoundFault
from localcloud.simulator.contract import FAULT_KINDS, Injected
from localcloud.simulator.dice import mixed
from localcloud.simulator.failures import BY_WORD, CAUSES
from localcloud.simulator.fleet import SimNode
from localcloud.simulator.moments import SECOND
from localcloud.simulator.plan import Life
from localcloud.simulator.world import World

_OF_A_JOB = ("hang", "checkpoint-corrupt")
_LONGEST = 366 * 86_400
_REPAIR = 600 * SECOND


class Injector:
    """Breaks what is asked for, as a fault of its own would."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0

    def inject(
        self, kind: str, node: str | None, job: str | None, seconds: float | None
    ) -> Injected:
        """Raises `InvalidFault`, `NotFoundFault`, `ConflictFault`."""
        self._check(kind, seconds)
        after = _REPAIR if seconds is None else int(seconds * SECOND)
        self._count += 1
        life = self._named_job(job) if job else None
        where = self._named_node(node) if node else None
        if where is not None and life is not None and life.number not in where.holders:
            raise InvalidFault({"job": f"{job} does not run on {node}"})
        if where is None:
            life = life or self._any_job(kind)
            where = self._node_of(life)
        if life is None:
            life = self._job_on(where)
        return self._strike(kind, where, life, after)

    def _check(self, kind: str, seconds: float | None) -> None:
        if kind not in FAULT_KINDS:
            raise InvalidFault({"kind": f"is none of {', '.join(FAULT_KINDS)}"})
        if seconds is not None and not (math.isfinite(seconds) and 0 < seconds <= _LONGEST):
            raise InvalidFault({"seconds": "must be more than 0 and at most a year"})

    def _named_job(self, name: str) -> Life:
        life = self._world.by_name.get(name)
        if life is None:
            raise NotFoundFault("job", name)
        if not _breakable(life):
            raise ConflictFault("not_running", f"{name} does not run now.")
        return life

    def _named_node(self, name: str) -> SimNode:
        node = self._world.fleet.by_name.get(name)
        if node is None:
            raise NotFoundFault("node", name)
        return node

    def _any_job(self, kind: str) -> Life:
        busy = [life for life in self._world.active.values() if _breakable(life)]
        if kind == "checkpoint-corrupt":
            busy = [life for life in busy if life.checkpoint_steps] or busy
        if not busy:
            raise InvalidFault({"node": "nothing is busy now; name a node or submit a job"})
        gangs = [life for life in busy if len(life.attempts[-1].places) > 1] or busy
        return gangs[mixed(self._world.seed, self._world.now, self._count) % len(gangs)]

    def _node_of(self, life: Life) -> SimNode:
        places = life.attempts[-1].places
        if not places:
            raise InvalidFault({"job": f"{life.name} holds no accelerators"})
        place = places[mixed(self._world.seed, life.number, self._count) % len(places)]
        return self._world.fleet.nodes[place >> self._world.fleet.shift]

    def _job_on(self, node: SimNode) -> Life | None:
        for number in node.holders:
            if _breakable(self._world.lives[number]):
                return self._world.lives[number]
        return None

    def _strike(self, kind: str, node: SimNode, life: Life | None, after: int) -> Injected:
        world = self._world
        index = BY_WORD[kind]
        cause = CAUSES[index]
        if life is None and kind in _OF_A_JOB:
            raise InvalidFault({"node": f"nothing runs on {node.name}"})
        if life is None or cause.health is NodeHealth.FAILED:
            world.strikes.strike(node, cause, 0, world.now, after)
        else:
            if cause.repair:
                world.strikes.repair_after(life, after)
            place = world.strikes.place_on(life.attempts[-1], node)
            world.break_now(life, index, place)
        return Injected(kind, node.name, life.name if life is not None else "")


def _breakable(life: Life) -> bool:
    if not life.holding or life.state not in (JobState.STARTING, JobState.RUNNING):
        return False
    return bool(life.attempts[-1].places)
