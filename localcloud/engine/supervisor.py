"""One step of everything that happens by itself. Nothing in it may stop the daemon."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from api_client.models.compute import NodeHealth
from api_client.models.job import JobState
from localcloud.engine.core import Core
from localcloud.engine.errors import StoreError
from localcloud.engine.fleet import Fleet
from localcloud.engine.gangs import Gangs
from localcloud.engine.lifecycle import Lifecycle
from localcloud.engine.metering import Metering
from localcloud.engine.node_control import NodeControl
from localcloud.engine.progress import publish_progress
from localcloud.engine.telemetry import Telemetry
from localcloud.store.rows import NodeRow

log = logging.getLogger(__name__)

_PUBLISH_SECONDS = 1.0
_WATCHED = (JobState.STARTING, JobState.RUNNING, JobState.RECOVERING, JobState.STOPPING)


class Supervisor:
    """Looks after nodes, jobs, slots, charges and readings."""

    def __init__(
        self,
        core: Core,
        *,
        nodes: NodeControl,
        fleet: Fleet,
        lifecycle: Lifecycle,
        metering: Metering,
    ) -> None:
        self._core = core
        self._nodes = nodes
        self._fleet = fleet
        self._lifecycle = lifecycle
        self._gangs = Gangs(core)
        self._metering = metering
        self._telemetry = Telemetry(core)
        self._last_tick = core.clock.monotonic()
        self._due: dict[str, float] = {}
        self._troubles: dict[str, str] = {}

    @property
    def telemetry(self) -> Telemetry:
        return self._telemetry

    @property
    def troubles(self) -> tuple[str, ...]:
        """What went wrong in the last step, in sentences."""
        return tuple(dict.fromkeys(self._troubles.values()))

    def tick(self) -> None:
        """Take one step; each part that fails is logged and tried again at the next."""
        self._forgive_own_absence()
        settings = self._core.settings
        self._guard("reaping agents", self._fleet.reap)
        self._guard("rebooting nodes", self._fleet.finish_reboots)
        self._guard("checking nodes", self._check_nodes)
        self._guard("looking after jobs", self._advance_jobs)
        self._guard("placing jobs", self._place)
        self._guard("draining nodes", self._nodes.finish_drains)
        self._every("publish", _PUBLISH_SECONDS, lambda: publish_progress(self._core))
        if self._core.live.meter_now:
            self._due.pop("metering", None)
            self._core.live.meter_now = False
        self._every("metering", settings.meter_seconds, self._metering.run)
        self._every("telemetry", settings.telemetry_seconds, self._telemetry.sample)

    def _forgive_own_absence(self) -> None:
        """While this process was held up, heartbeats could not be heard; nobody is to blame."""
        now = self._core.clock.monotonic()
        if now - self._last_tick > self._core.settings.node_timeout_seconds / 2:
            self._core.live.began = now
        self._last_tick = now

    def _check_nodes(self) -> None:
        for node in self._core.store.nodes.all():
            cause = self._silence(node)
            if cause:
                self._nodes.fail(node, cause)

    def _silence(self, node: NodeRow) -> str:
        """Why a node has failed; empty where it has not."""
        settings = self._core.settings
        silent = self._core.clock.monotonic() - self._core.live.last_heard(node.name)
        if node.health is NodeHealth.HEALTHY and silent > settings.node_timeout_seconds:
            return f"no heartbeat for {silent:.1f} s"
        starting = node.health is NodeHealth.UNKNOWN and node.native == "STARTING"
        if starting and silent > settings.start_timeout_seconds:
            return f"its agent did not come up within {settings.start_timeout_seconds:g} s"
        return ""

    def _advance_jobs(self) -> None:
        for job in self._core.store.jobs.having(*_WATCHED):
            self._guard(f"looking after {job.name}", partial(self._lifecycle.advance, job))

    def _place(self) -> None:
        self._gangs.place(self._core.store.jobs.having(JobState.QUEUED, JobState.RECOVERING))

    def _every(self, what: str, seconds: float, step: Callable[[], None]) -> None:
        now = self._core.clock.monotonic()
        due = self._due.get(what, now)
        if now >= due:
            # From when it was due, not from now, so that intervals do not drift.
            self._due[what] = max(due + seconds, now)
            self._guard(what, step)

    def _guard(self, what: str, step: Callable[[], None]) -> None:
        try:
            step()
            self._troubles.pop(what, None)
        except StoreError as error:
            if self._troubles.get(what) != str(error):
                log.error("%s: %s", what, error)
            self._troubles[what] = str(error)
        except Exception:
            # One bad job must not stop the others; the trace says what to mend.
            if what not in self._troubles:
                log.exception("%s failed", what)
            self._troubles[what] = f"An inner fault while {what}; the daemon's log has the trace."
