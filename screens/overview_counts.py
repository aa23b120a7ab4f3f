"""The figures of the overview, kept while the tenant changes."""

from __future__ import annotations

from typing import Any

from api_client.models.event import Event
from console.analysis.capacity import FleetTally
from console.analysis.fleet_map import FleetMap
from console.analysis.goodput import Losses, losses
from console.analysis.job_tally import JobTally
from console.analysis.latest import LatestTally
from console.analysis.rates import HeldTally
from console.analysis.spend import ChargeTally
from console.state.store import Store
from screens.followed import Followed, SeenVersion, step_all


class OverviewCounts:
    """Sums over nodes, jobs, charges and events that cost what changes."""

    def __init__(self) -> None:
        self.nodes = FleetTally()
        self.jobs = JobTally()
        self.held = HeldTally()
        self.charges = ChargeTally()
        self.events: LatestTally[Event] = LatestTally(lambda event: (event.time, event.id))
        self.map = FleetMap()
        self._followed: dict[str, Followed[Any]] = {
            "nodes": Followed("nodes", self.nodes, self.map),
            "events": Followed("events", self.events),
            "jobs": Followed("jobs", self.jobs, self.held),
            "charges": Followed("charges", self.charges),
        }
        self._incidents_seen = SeenVersion("incidents")
        self._losses = Losses()

    def update(self, store: Store) -> bool:
        """Take over what changed and count for one slice; true when all is counted."""
        for each in self._followed.values():
            each.update(store)
        incidents, changed = self._incidents_seen.news(store)
        if changed is None or changed:
            self._losses = losses(store.snapshot("jobs").items, incidents.items.values())
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
        return self._losses.effective_share(self.jobs.accelerator_seconds)
