"""Lives and nodes as the records lists show."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from api_client.models.compute import NodeSummary, Pool
from api_client.models.job import JobState, JobSummary, Priority, Progress, QuotaType
from localcloud.simulator.dice import uniform
from localcloud.simulator.failures import CAUSES
from localcloud.simulator.fleet import SimNode
from localcloud.simulator.moments import SECOND, date_or_none, from_moment
from localcloud.simulator.plan import Attempt, Life
from localcloud.simulator.steps import accelerator_millis, moment_of, saved_step, step_at
from localcloud.simulator.telemetry import job_use, node_use
from localcloud.simulator.world import World

PRIORITIES = (Priority.NORMAL, Priority.HIGH, Priority.HIGHEST)
_NO_PROGRESS = Progress()
_HEARTBEAT = 10 * SECOND
_TOKENS_PER_STEP = 8192


class Views:
    """Reads the world as it is now."""

    def __init__(self, world: World) -> None:
        self._world = world

    # jobs

    def summary(self, life: Life) -> JobSummary:
        """The columns a list of jobs needs."""
        return JobSummary(**self.columns(life))

    def columns(self, life: Life) -> dict[str, Any]:
        attempt = life.attempts[-1] if life.attempts else None
        started = attempt is not None and attempt.ready <= min(self._world.now, attempt.halt)
        state = life.state
        return {
            "name": life.name,
            "uid": f"sim-{life.number}",
            "owner": life.owner,
            "project": life.project,
            "pool": self._world.fleet.pools[life.pool].name,
            "state": state,
            "native": life.word if state.ended else state.value,
            "reason": self.reason(life),
            "framework": life.framework,
            "priority": PRIORITIES[life.priority],
            "quota_type": quota_of(life),
            "workers": life.workers,
            "accelerators": accelerators_of(life),
            "nodes": self.node_names(attempt) if attempt is not None else (),
            "attempt": attempt.number if attempt is not None else 0,
            "restarts": max(0, len(life.attempts) - 1),
            "backoff_used": life.backoff_used,
            "backoff_limit": life.backoff_limit,
            "exit_code": exit_code(life, self._world.now),
            "progress": self.progress(life, attempt),
            "utilisation": job_use(life, self._world.now) if life.holding else None,
            "created": from_moment(life.submit),
            "started": from_moment(attempt.ready) if attempt is not None and started else None,
            "ended": date_or_none(life.ended),
            "accelerator_seconds": held_seconds(life, self._world.now),
            "resource_version": life.version,
        }

    def reason(self, life: Life) -> str:
        """Why it waits or why it ended, in one sentence."""
        waits = life.state is JobState.QUEUED or (
            life.state is JobState.RECOVERING and not life.holding
        )
        if not waits or life.placed_as_given:
            return life.said
        pool = self._world.fleet.pools[life.pool].name
        count = "1 accelerator" if life.slots == 1 else f"{life.slots:,} accelerators"
        if life.unfit:
            return f"Pool {pool} can never give {count}"
        ahead = self._world.queues[life.pool].ahead(life)
        jobs = "1 job is ahead" if ahead == 1 else f"{ahead:,} jobs are ahead"
        return f"Waiting for {count} in pool {pool}" + (f"; {jobs}" if ahead else "")

    def node_names(self, attempt: Attempt) -> tuple[str, ...]:
        """Nodes of an attempt in the order of ranks."""
        fleet = self._world.fleet
        return tuple(fleet.nodes[place >> fleet.shift].name for place in attempt.places)

    def progress(self, life: Life, attempt: Attempt | None) -> Progress:
        """How far the log of rank 0 says it is."""
        if attempt is None or not life.work_seconds:
            return _NO_PROGRESS
        now = self._world.now
        step = step_at(life, attempt, now)
        saved = saved_step(life, attempt, now)
        last = min(now, attempt.halt)
        if last <= attempt.ready and not attempt.number:
            return _NO_PROGRESS
        running = life.state is JobState.RUNNING and now < attempt.halt
        return Progress(
            step=step,
            total_steps=life.total_steps or None,
            loss=loss_at(life, step),
            tokens_per_second=token_rate(life) if running else None,
            steps_per_second=1 / life.step_seconds if running else None,
            checkpoint_step=saved,
            checkpoint_time=self._saved_at(life, saved),
            updated=from_moment(last // SECOND * SECOND),
        )

    def _saved_at(self, life: Life, saved: int | None) -> datetime | None:
        if saved is None:
            return None
        for attempt in reversed(life.attempts):
            if saved > attempt.first_step:
                return from_moment(moment_of(life, attempt, saved) // SECOND * SECOND)
        return None

    # nodes

    def node(self, node: SimNode) -> NodeSummary:
        """The columns a list of nodes needs."""
        return NodeSummary(**self.node_columns(node))

    def node_columns(self, node: SimNode) -> dict[str, Any]:
        world = self._world
        pool = world.fleet.pools[node.pool]
        lives = [world.lives[number] for number in node.holders]
        return {
            "name": node.name,
            "pool": pool.name,
            "region": pool.region,
            "health": node.health,
            "scheduling": node.scheduling,
            "native": node.health.value,
            "reason": node.reason,
            "since": from_moment(node.since // SECOND * SECOND),
            "accelerators": node.slots,
            "allocated": node.slots - node.free.bit_count(),
            "accelerator_model": pool.model,
            "jobs": tuple(life.name for life in lives),
            "utilisation": node_use(world.seed, node, lives, world.now),
            "last_heartbeat": from_moment(heard(node, world.now)),
            "resource_version": node.version,
        }

    def pools(self) -> list[Pool]:
        """Every pool with what is free in it."""
        return [self._pool(number) for number in range(len(self._world.fleet.pools))]

    def _pool(self, number: int) -> Pool:
        world = self._world
        plan = world.fleet.pools[number]
        used = sum(n.slots - n.free.bit_count() for n in world.fleet.pool_nodes(number))
        waiting = sum(
            life.state is JobState.QUEUED for life in world.active.values() if life.pool == number
        )
        return Pool(
            name=plan.name,
            region=plan.region,
            nodes=plan.nodes,
            accelerators=plan.nodes * plan.accelerators,
            allocated=used,
            free=world.fleet.free_slots(number),
            queued_jobs=waiting,
            accelerator_model=plan.model,
        )


def quota_of(life: Life) -> QuotaType:
    return QuotaType.SPOT if life.spot else QuotaType.RESERVED


def accelerators_of(life: Life) -> int:
    """Whole accelerators; a share of one counts as one."""
    return -(-life.milli // 1000)


def held_seconds(life: Life, now: int) -> int | float:
    """Accelerator-seconds; whole where they are."""
    whole, rest = divmod(accelerator_millis(life, now), 1_000_000)
    return whole + rest / 1_000_000 if rest else whole


def exit_code(life: Life, now: int) -> int | None:
    """Of the worker that decided how the job stands."""
    if life.placed_as_given:
        return None
    if life.state is JobState.SUCCEEDED:
        return 0
    for attempt in reversed(life.attempts):
        if attempt.cause >= 0 and now >= attempt.detect:
            return CAUSES[attempt.cause].exit_code
        if attempt.closed is JobState.STOPPED:
            return None
    return None


def heard(node: SimNode, now: int) -> int:
    """The last heartbeat; a failed node sends none."""
    return (node.since if node.health == "FAILED" else now) // _HEARTBEAT * _HEARTBEAT


@lru_cache(maxsize=4096)
def _loss(number: int, step: int, total: int) -> float:
    share = step / max(1, total)
    return round(1.35 + 8.9 / (1.0 + 60.0 * share) + 0.08 * (uniform(number, step) - 0.5), 3)


def loss_at(life: Life, step: int) -> float:
    """A loss that falls as losses do; the same wherever it is shown."""
    return _loss(life.number, step, life.total_steps)


def token_rate(life: Life) -> float:
    """Tokens per second in the mean."""
    return round(_TOKENS_PER_STEP * max(1, life.slots) / life.step_seconds, 1)
