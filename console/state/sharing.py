"""What many objects of a feed have in common is kept once.

A job that has ended says the same moment and the same step twice, a hundred thousand jobs ran on a
few thousand sets of nodes at a few thousand speeds, and most events have the fields of others.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from api_client.models.event import Event
from api_client.models.job import JobSummary, Progress

T = TypeVar("T")

Share = Callable[[str, Any], str]
"""Shares the parts of an object that has an id; returns the id, which the object may have too."""

MOST_KNOWN: Final = 20_000
"""Values remembered; from then on the memory begins anew, so that what has gone is forgotten."""

_put = msgspec.structs.force_setattr


def keep(item_id: str, item: Any) -> str:
    """Share nothing."""
    return item_id


class Known:
    """Values met lately."""

    def __init__(self, most: int = MOST_KNOWN) -> None:
        self._most = most
        self._values: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self._values)

    def once(self, key: Hashable, value: T) -> T:
        """The value that was met first under a key that says all of it."""
        found: T | None = self._values.get(key)
        if found is not None:
            return found
        if len(self._values) >= self._most:
            self._values.clear()
        self._values[key] = value
        return value


_FLOATS: Final = ("loss", "tokens_per_second", "steps_per_second")


def sharing_jobs(known: Known) -> Share:
    """For summaries of jobs."""
    # Tuples, integers and floats never meet in one memory: 1 and 1.0 are equal.
    integers, floats = Known(), Known()

    def share(item_id: str, item: Any) -> str:
        if not isinstance(item, JobSummary):
            return item_id
        if item.nodes:
            _put(item, "nodes", known.once(item.nodes, item.nodes))
        _share_progress(item.progress, item.ended, integers, floats)
        used = item.utilisation
        if used is not None:
            _put(item, "utilisation", floats.once(used, used))
        return item.name if item.name == item_id else item_id

    return share


def _share_progress(
    progress: Progress, ended: datetime | None, integers: Known, floats: Known
) -> None:
    if ended is not None and progress.updated == ended:
        _put(progress, "updated", ended)
    if progress.step is not None and progress.step == progress.total_steps:
        _put(progress, "step", progress.total_steps)
    step = progress.checkpoint_step
    if step is not None:
        _put(progress, "checkpoint_step", integers.once(step, step))
    for name in _FLOATS:
        value = getattr(progress, name)
        if value is not None:
            _put(progress, name, floats.once(value, value))


def sharing_events(known: Known) -> Share:
    """For events, whose fields nobody writes to."""

    def share(item_id: str, item: Any) -> str:
        if not isinstance(item, Event):
            return item_id
        fields = item.fields
        if fields:
            # 1, 1.0 and true are equal and are not the same word.
            key = (*fields.items(), *map(type, fields.values()))
            _put(item, "fields", known.once(key, fields))
        return item.id if item.id == item_id else item_id

    return share


_MAKERS: Mapping[str, Callable[[Known], Share]] = {"jobs": sharing_jobs, "events": sharing_events}


def sharing(feed: str) -> Share:
    """What shares the parts of a feed's objects."""
    maker = _MAKERS.get(feed)
    return keep if maker is None else maker(Known())
