"""Ends of worker runs: recorded once, slots freed, said as an event."""

from __future__ import annotations

from api_client.models.base import Ref
from api_client.models.event import EventReason, Severity
from api_client.models.job import WorkerState
from localcloud.agent.fence import kill_run
from localcloud.engine.core import Core
from localcloud.store.rows import RunRow


def end_run(core: Core, run: RunRow, state: WorkerState, reason: str, ended: float) -> None:
    """Record the end of a run and free its slots; must be inside a transaction."""
    run.state, run.reason, run.ended = state, reason, ended
    core.store.runs.save(run)
    core.store.allocations.close(run.id, int(ended))
    core.live.loads.pop(run.id, None)
    core.live.end_seen[run.id] = core.clock.monotonic()
    core.live.meter_now = True
    core.journal.touch_node(run.node)
    core.journal.touch_job(run.job_uid)
    job = core.store.jobs.by_uid(run.job_uid)
    if job is None:
        return
    bad = state in (WorkerState.FAILED, WorkerState.LOST)
    core.journal.event(
        Ref(kind="worker", id=f"{job.name}/{run.rank}"),
        EventReason.WORKER_EXITED,
        f"Rank {run.rank} of {job.name} on {run.node}: {reason or state.value.lower()}.",
        Severity.ERROR if bad else Severity.INFO,
        job=job.name,
        rank=run.rank,
        attempt=run.attempt,
        node=run.node,
        state=state.value,
        exit_code=run.exit_code,
        signal=run.signal,
    )


def lose_run(core: Core, run: RunRow, reason: str) -> None:
    """Fence a run whose node cannot be trusted any more, then record it as lost."""
    kill_run(run.id, run.pid, run.pid_started)
    end_run(core, run, WorkerState.LOST, reason, core.now())


def want_stop(core: Core, run: RunRow) -> None:
    """Have the node agent end a run; one that was never started ends with the next heartbeat."""
    if not run.live or run.stop_wanted:
        return
    run.stop_wanted = True
    if run.state is WorkerState.RUNNING:
        run.state = WorkerState.STOPPING
    core.store.runs.save(run)
