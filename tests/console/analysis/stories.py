"""Events of made-up jobs, told as a cloud would tell them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from api_client.models.base import Ref, rfc3339
from api_client.models.billing import PriceItem, PriceList
from api_client.models.event import Event, EventReason
from api_client.models.job import JobState, JobSummary, Progress

START = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
PRICES = PriceList(
    items=(
        PriceItem(sku="any", amount=Decimal("36.00"), currency="CNY"),
        PriceItem(sku="spot", amount=Decimal("9.00"), currency="CNY", quota_type="SPOT"),
    )
)


def at(seconds: float) -> datetime:
    """A moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


class Story:
    """Collects events of one job with rising ids."""

    def __init__(self, job: str = "demo") -> None:
        self.job = job
        self.events: list[Event] = []

    def tell(self, seconds: float, reason: str, **fields: str | int | float | bool | None) -> Story:
        """Add one event."""
        self.events.append(
            Event(
                id=f"{self.job}-{seconds:09.3f}-{len(self.events):03d}",
                time=at(seconds),
                kind="job",
                subject=Ref(kind="job", id=self.job),
                reason=reason,
                fields=fields,
            )
        )
        return self

    def fails(
        self, seconds: float, attempt: int, **fields: str | int | float | bool | None
    ) -> Story:
        """A node is lost: last well two seconds before it is detected."""
        known: dict[str, str | int | float | bool | None] = {
            "category": "NODE",
            "cause": "no heartbeat",
            "node": "node-1",
            "accelerators": 16,
            "failed_step": 120,
            "checkpoint_step": 100,
            "happened": rfc3339(at(seconds - 2)),
            "attempt": attempt,
            "action": "ISOLATE_NODE_RESTART_JOB",
        }
        return self.tell(seconds, EventReason.FAILURE_DETECTED, **(known | fields))

    def recovers(
        self, seconds: float, attempt: int, *, step: int | None = 101, checkpoint: int = 100
    ) -> Story:
        """Isolated, rescheduled, restored and, where it says steps, resumed; a second each."""
        self.tell(seconds, EventReason.GANG_ISOLATED, attempt=attempt - 1)
        self.tell(seconds + 1, EventReason.GANG_RESCHEDULED, attempt=attempt)
        self.tell(
            seconds + 2,
            EventReason.CHECKPOINT_RESTORED,
            attempt=attempt,
            checkpoint_step=checkpoint,
        )
        if step is not None:
            self.tell(seconds + 3, EventReason.TRAINING_RESUMED, attempt=attempt, step=step)
        return self


def a_job(name: str = "demo", **changes: object) -> JobSummary:
    """A running job of 2 x 8 that makes two steps a second."""
    fields: dict[str, object] = {
        "name": name,
        "uid": f"uid-{name}",
        "owner": "ada",
        "project": "lm",
        "pool": "default",
        "state": JobState.RUNNING,
        "workers": 2,
        "accelerators": 16,
        "nodes": ("node-1", "node-2"),
        "created": at(-600),
        "started": at(-500),
        "accelerator_seconds": 8000,
        "progress": Progress(
            step=120,
            total_steps=600,
            steps_per_second=2.0,
            checkpoint_step=100,
            checkpoint_time=at(-10),
            updated=at(0),
        ),
    }
    return JobSummary(**(fields | changes))
