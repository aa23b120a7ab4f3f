"""One job, one node, its workers and accelerators, with everything that is known."""

from __future__ import annotations

from collections.abc import Iterator

from api_client.models.compute import (
    NodeHealth,
)
from api_client.models.job import Allocation, Job, JobSpec, Worker, WorkerState
from localcloud.engine.errors import NotFoundFault
from localcloud.simulator.failures import CAUSES
from localcloud.simulator.logs import WIDTH, Place, SimulatedLog
from localcloud.simulator.moments import SECOND, date_or_none, from_moment
from localcloud.simulator.plan import Attempt, Life
from localcloud.simulator.telemetry import job_use
from localcloud.simulator.views import PRIORITIES, Views, quota_of
from localcloud.simulator.world import World

_MOST_ALLOCATIONS = 20_000


class Details:
    """Reads the world as it is now."""

    def __init__(self, world: World, views: Views) -> None:
        self._world, self._views = world, views

    def job(self, life: Life) -> Job:
        """Everything about one job."""
        first = life.attempts[0].ready if life.attempts else None
        if first is not None and first > min(self._world.now, life.attempts[0].halt):
            first = None
        folder = f"/sim/{life.name}"
        return Job(
            **self._views.columns(life),
            spec=self.spec(life),
            checkpoint_dir=f"{folder}/checkpoints",
            log_dir=f"{folder}/logs",
            first_started=date_or_none(first),
            allocations=tuple(self._allocations(life)),
        )

    def spec(self, life: Life) -> JobSpec:
        """What was submitted."""
        if life.spec is not None:
            return life.spec
        # A trace may hold more than a specification allows; what is shown is not checked again.
        return JobSpec.model_construct(
            name=life.name,
            command=f"python train.py --config {life.name}.yaml",
            workers=life.workers,
            accelerators_per_worker=life.per_worker,
            pool=self._world.fleet.pools[life.pool].name,
            project=life.project,
            framework=life.framework,
            priority=PRIORITIES[life.priority],
            backoff_limit=life.backoff_limit,
            quota_type=quota_of(life),
        )

    def _allocations(self, life: Life) -> Iterator[Allocation]:
        """One for each worker and attempt; the newest attempts where there are very many."""
        left = _MOST_ALLOCATIONS
        for attempt in life.attempts:
            if left < life.workers:
                return
            left -= life.workers
            end = attempt.end if attempt.end <= self._world.now else None
            for rank, (node, slots) in enumerate(self.seats(life, attempt)):
                yield Allocation(
                    id=f"sim-{life.number}-{attempt.number}-{rank}",
                    attempt=attempt.number,
                    rank=rank,
                    node=node,
                    accelerators=len(slots),
                    start=from_moment(attempt.start),
                    end=date_or_none(end),
                )

    def seats(self, life: Life, attempt: Attempt) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Node and slots of each rank."""
        flat = list(self._flat(attempt))
        for rank in range(life.workers):
            mine = flat[rank * life.per_worker : (rank + 1) * life.per_worker]
            node = mine[0][0] if mine else ""
            yield node, tuple(slot for name, slot in mine if name == node)

    def _flat(self, attempt: Attempt) -> Iterator[tuple[str, int]]:
        fleet = self._world.fleet
        for place in attempt.places:
            index, mask = fleet.split(place)
            name = fleet.nodes[index].name
            while mask:
                bit = mask & -mask
                yield name, bit.bit_length() - 1
                mask ^= bit

    def workers(self, life: Life, *, all_attempts: bool) -> list[Worker]:
        """Workers in rank order; pending ones for a job that never started."""
        if not life.attempts:
            state = WorkerState.STOPPED if life.state.ended else WorkerState.PENDING
            return [
                Worker(job=life.name, rank=rank, attempt=0, state=state, native=state.value)
                for rank in range(life.workers)
            ]
        attempts = life.attempts if all_attempts else life.attempts[-1:]
        return [worker for attempt in attempts for worker in self._of_attempt(life, attempt)]

    def _of_attempt(self, life: Life, attempt: Attempt) -> Iterator[Worker]:
        now = self._world.now
        broken = self._world.strikes.broken_rank(life, attempt) if attempt.cause >= 0 else -1
        known = attempt.cause >= 0 and now >= attempt.detect
        cause = self._world.strikes.cause_text(life, attempt) if known else ""
        place = Place("", (), "", cause, broken)
        for rank, (node, slots) in enumerate(self.seats(life, attempt)):
            state = self._state(attempt, now, rank == broken)
            size = SimulatedLog(life, rank, attempt, place, now).size()
            last = min(now, attempt.halt) // SECOND * SECOND
            yield Worker(
                job=life.name,
                rank=rank,
                attempt=attempt.number,
                state=state,
                native=state.value,
                node=node or None,
                accelerators=slots,
                exit_code=self._exit_code(attempt, state),
                reason=cause if state in (WorkerState.FAILED, WorkerState.LOST) else "",
                started=from_moment(attempt.start),
                ended=from_moment(attempt.end) if attempt.end <= now else None,
                log_bytes=size,
                last_output=from_moment(last) if size >= WIDTH else None,
                utilisation=job_use(life, now) if attempt.end > now else None,
            )

    @staticmethod
    def _state(attempt: Attempt, now: int, broke: bool) -> WorkerState:
        if attempt.cause >= 0 and now >= attempt.detect:
            lost = CAUSES[attempt.cause].health is NodeHealth.FAILED
            if broke:
                return WorkerState.LOST if lost else WorkerState.FAILED
            return WorkerState.STOPPED if now >= attempt.end else WorkerState.STOPPING
        if now < attempt.end:
            stopping = bool(attempt.note) and now >= attempt.halt
            return WorkerState.STOPPING if stopping else WorkerState.RUNNING
        ended = attempt.closed.value if attempt.closed is not None else "STOPPED"
        return WorkerState(ended)

    @staticmethod
    def _exit_code(attempt: Attempt, state: WorkerState) -> int | None:
        if state is WorkerState.FAILED and attempt.cause >= 0:
            return CAUSES[attempt.cause].exit_code
        return 0 if state is WorkerState.SUCCEEDED else None

    def log(self, life: Life, rank: int, number: int | None) -> SimulatedLog:
        """One worker's log; raises `NotFoundFault`."""
        attempts = life.attempts
        chosen = len(attempts) - 1 if number is None and attempts else number or 0
        if not 0 <= rank < life.workers or chosen >= max(1, len(attempts)):
            which = f"{life.name}/{rank}" + ("" if number is None else f" attempt {number}")
            raise NotFoundFault("worker", which)
        if not attempts:
            return SimulatedLog(life, rank, None, Place("", (), "", "", -1), self._world.now)
        attempt, strikes = attempts[chosen], self._world.strikes
        node, slots = self._seat(life, attempt, rank)
        model = self._world.fleet.pools[life.pool].model
        known = attempt.cause >= 0
        cause = strikes.cause_text(life, attempt) if known else ""
        broken = strikes.broken_rank(life, attempt) if known else -1
        place = Place(node, slots, model, cause, broken)
        return SimulatedLog(life, rank, attempt, place, self._world.now)

    def _seat(self, life: Life, attempt: Attempt, rank: int) -> tuple[str, tuple[int, ...]]:
        for at, seat in enumerate(self.seats(life, attempt)):
            if at == rank:
                return seat
        return "", ()
