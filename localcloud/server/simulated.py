"""Makes a simulated tenant ready to be served, from a preset, from numbers or from a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from localcloud.engine.errors import CloudFault
from localcloud.server.disturbance import Disturbance, Disturbed
from localcloud.server.home import DaemonError, Home
from localcloud.server.routes.simulation import simulation_routes
from localcloud.server.service import Service, ServiceMaker
from localcloud.simulator.cloud import SimulatedCloud
from localcloud.simulator.figures import summary_figures
from localcloud.simulator.plan import TenantPlan
from localcloud.simulator.presets import PRESETS, Preset, plan_of, preset_plan
from localcloud.simulator.replay import replay_plan, trace_end
from localcloud.simulator.traces.reading import read_trace
from localcloud.simulator.traces.record import TraceError

Progress = Callable[[str], None]

_LONGEST_JUMP = timedelta(days=365)
_PRESET = "lab"
_PRESET_SPEED = 60.0
_TRACE_SPEED = 600.0


@dataclass(frozen=True)
class Wanted:
    """What is to be simulated."""

    preset: str = ""
    nodes: int | None = None
    accelerators: int | None = None
    jobs: int | None = None
    trace: Path | None = None
    seed: int = 1
    speed: float | None = None
    start: datetime | None = None
    """The tenant's now when it opens; else the machine's. A trace has its own."""


def simulated_service(wanted: Wanted, progress: Progress, owner: int | None) -> ServiceMaker:
    """The maker of a simulated tenant's service.

    Args:
        progress: told in plain lines how the start goes.
        owner: a process; when it has ended, the daemon ends too.
    """

    def make(home: Home, socket_path: Path) -> Service:
        tenant = _tenant(wanted, progress)
        disturbance = Disturbance()
        return Service(
            tenant,
            routes=[simulation_routes(disturbance)],
            wrap=lambda app: Disturbed(app, disturbance),
            over=_watch(owner),
        )

    return make


def replayed(trace: Path, progress: Progress) -> dict[str, Any]:
    """Play a trace to its end and give the tenant's totals.

    Raises:
        TraceError: it cannot be read.
    """
    read = read_trace(trace)
    for note in read.notes:
        progress(f"{trace.name}: {note}")
    tenant = SimulatedCloud(replay_plan(read), paused=True)
    try:
        _play(tenant, trace_end(read))
        return summary_figures(tenant.summary(), tenant.prices())
    finally:
        tenant.close()


def _play(tenant: SimulatedCloud, end: datetime) -> None:
    """Play to a moment, however far: a clock jumps a year at most."""
    while (now := tenant.simulation().now) < end:
        tenant.play_to(min(end, now + _LONGEST_JUMP))


def _tenant(wanted: Wanted, progress: Progress) -> SimulatedCloud:
    try:
        plan = _plan(wanted, progress)
        usual = _PRESET_SPEED if wanted.trace is None else _TRACE_SPEED
        return SimulatedCloud(plan, speed=usual if wanted.speed is None else wanted.speed)
    except CloudFault as error:
        raise DaemonError(error.message, exit_code=2) from error
    except TraceError as error:
        raise DaemonError(str(error), exit_code=2) from error


def _plan(wanted: Wanted, progress: Progress) -> TenantPlan:
    if wanted.trace is not None:
        trace = read_trace(wanted.trace)
        for note in trace.notes:
            progress(f"{wanted.trace.name}: {note}")
        progress(f"{len(trace.jobs):,} jobs of {wanted.trace.name}")
        return replay_plan(trace)
    start = wanted.start or datetime.now(UTC)
    given = (wanted.nodes, wanted.accelerators, wanted.jobs)
    if given == (None, None, None):
        name = wanted.preset or _PRESET
        progress(f"playing the history of {name}")
        return preset_plan(name, wanted.seed, start)
    size = PRESETS.get(wanted.preset or _PRESET, PRESETS[_PRESET])
    preset = Preset(
        size.nodes if wanted.nodes is None else wanted.nodes,
        size.accelerators if wanted.accelerators is None else wanted.accelerators,
        size.jobs if wanted.jobs is None else wanted.jobs,
    )
    progress(f"playing the history of {preset.nodes:,} nodes and {preset.jobs:,} jobs")
    return plan_of(preset, wanted.seed, start)


def _watch(owner: int | None) -> Callable[[], bool]:
    """Whether a process has ended; its id may be another one's by then."""
    if owner is None:
        return lambda: False
    try:
        process = psutil.Process(owner)
    except psutil.NoSuchProcess:
        return lambda: True
    return lambda: not process.is_running()
