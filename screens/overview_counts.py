"""Sums over the whole tenant, kept while it changes; every view reads the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api_client.models.event import Event, Incident
from api_client.models.scalars import span
from console.analysis.capacity import FleetTally
from console.analysis.failure_tally import FailureTally
from console.analysis.fleet_map import FleetMap
from console.analysis.job_tally import JobTally
from console.analysis.latest import LatestTally
from console.analysis.node_events import NodeEvents
from console.analysis.rates import HeldTally
from console.analysis.spend import ChargeTally
from console.state.store import Store
from screens.followed import Followed, step_all


class OverviewCounts:
    """Sums over nodes, jobs, charges, events and incidents that cost what changes."""

    def __init__(self) -> None:
        self.nodes = FleetTally()
        self.jobs = JobTally()
        self.held = HeldTally()
        self.charges = ChargeTally()
        self.events: LatestTally[Event] = LatestTally(lambda event: (event.time, event.id))
        self.node_events = NodeEvents()
        self.failures = FailureTally()
        self.map = FleetMap()
        self._followed: dict[str, Followed[Any]] = {
            "nodes": Followed("nodes", self.nodes, self.map),
            "events": Followed("events", self.events, self.node_events),
            "jobs": Followed("jobs", self.jobs, self.held),
            "charges": Followed("charges", self.charges),
            "incidents": Followed[Incident]("incidents", self.failures),
        }

    def follow(self, store: Store) -> None:
        """Take note of what changed; `step` counts it."""
        for each in self._followed.values():
            each.update(store)
        self.failures.know(store.snapshot("jobs").items)

    def update(self, store: Store) -> bool:
        """Take over what changed and count for one slice; true when all is counted."""
        self.follow(store)
        return self.step()

    def step(self) -> bool:
        """Count for one slice; true when all is counted."""
        return step_all(self._followed.values())

    def counted(self, feed: str) -> bool:
        """Whether the sums over a feed are figures, not parts."""
        return self._followed[feed].ready

    @property
    def effective_share(self) -> float | None:
        """The share of held and wanted accelerator time that brought jobs forward."""
        return self.failures.losses.effective_share(self.jobs.accelerator_seconds)

    @property
    def between_failures(self) -> timedelta | None:
        """Mean running time from one failure to the next."""
        failures, running = self.failures.failures, self.jobs.running_seconds
        return span(running / failures) if failures and running else None
