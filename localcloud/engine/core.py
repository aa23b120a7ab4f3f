"""What every part of the engine works with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localcloud.engine.clock import Clock
from localcloud.engine.job_views import JobViews
from localcloud.engine.journal import Journal
from localcloud.engine.live import LiveFacts
from localcloud.engine.node_views import NodeViews
from localcloud.engine.settings import CloudSettings
from localcloud.store.store import Store


@dataclass(frozen=True)
class Core:
    """The shared parts, built once."""

    home: Path
    settings: CloudSettings
    clock: Clock
    store: Store
    live: LiveFacts
    job_views: JobViews
    node_views: NodeViews
    journal: Journal

    @classmethod
    def open(cls, home: Path, settings: CloudSettings, clock: Clock) -> Core:
        """Open the database in `home`; raises `StoreError`."""
        store = Store(home / "cloud.db", changes_kept=settings.changes_kept)
        live = LiveFacts(began=clock.monotonic())
        job_views = JobViews(store, live, clock)
        node_views = NodeViews(store, live, settings, clock, job_views)
        journal = Journal(store, clock, job_views, node_views)
        return cls(home, settings, clock, store, live, job_views, node_views, journal)

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    @property
    def socket_path(self) -> Path:
        """Where agents find the daemon."""
        return self.settings.socket_path or self.home / "run" / "api.sock"
