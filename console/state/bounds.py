"""How much of a list is kept, and which items go first when there are more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api_client.models.event import EventReason
from console.state.slices import Slices

MOST_EVENTS = 10_000
MOST_FAILURE_EVENTS = 20_000
MOST_JOBS = 100_000
"""A thousand jobs are most of a megabyte; the console has three hundred for all it keeps."""
MOST_NODES = 200_000

_FAILURE_REASONS = frozenset(
    {
        EventReason.FAILURE_DETECTED,
        EventReason.GANG_ISOLATED,
        EventReason.GANG_RESCHEDULED,
        EventReason.CHECKPOINT_RESTORED,
        EventReason.TRAINING_RESUMED,
        EventReason.RECOVERY_FAILED,
        EventReason.JOB_FAILED,
        EventReason.JOB_STOPPED,
    }
)
"""What incidents are read from: kept when other events of their age are let go."""

_EVERY = 128
"""Items looked at between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Bound:
    """At most `most` items, and `most_special` more of the special ones; the oldest go first.

    Attributes:
        moment: when an item came to be; `None` for one that must not be let go.
        special: kept beside the others; none by default.
        slack: how many too many are let go together.
    """

    most: int
    moment: Callable[[Any], datetime | None]
    special: Callable[[Any], bool] = lambda item: False
    most_special: int = 0
    slack: int = 1_000

    def exceeded(self, count: int) -> bool:
        """Whether it is worth looking for items to let go."""
        return count > self.most + self.most_special + self.slack

    async def surplus(self, items: Mapping[str, Any], slices: Slices) -> list[str]:
        """Ids of the items to let go."""
        plain: list[tuple[datetime, str]] = []
        special: list[tuple[datetime, str]] = []
        for number, (item_id, item) in enumerate(list(items.items())):
            if number % _EVERY == 0:
                await slices.breathe()
            moment = self.moment(item)
            if moment is not None:
                (special if self.special(item) else plain).append((moment, item_id))
        kept_for_ever = len(items) - len(plain) - len(special)
        room = max(0, self.most - kept_for_ever)
        return [*_oldest(plain, room), *_oldest(special, self.most_special)]


def _oldest(found: list[tuple[datetime, str]], room: int) -> list[str]:
    if len(found) <= room:
        return []
    found.sort()
    return [item_id for _, item_id in found[: len(found) - room]]


def tells_of_failure(event: Any) -> bool:
    """Whether incidents are read from an event."""
    return event.reason in _FAILURE_REASONS


def _ended_job(job: Any) -> datetime | None:
    created: datetime = job.created
    return created if job.state.ended else None


def _event_time(event: Any) -> datetime | None:
    time: datetime = event.time
    return time


def _never(item: Any) -> datetime | None:
    return None


BOUNDS: Mapping[str, Bound] = {
    "jobs": Bound(MOST_JOBS, _ended_job),
    "nodes": Bound(MOST_NODES, _never),
    "events": Bound(
        MOST_EVENTS, _event_time, tells_of_failure, MOST_FAILURE_EVENTS, slack=MOST_EVENTS // 20
    ),
}
"""By feed."""
