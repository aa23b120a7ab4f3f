"""How fast a run goes by its own log, when it will be done, and what that still costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import median

from api_client.models.base import Money
from console.analysis.signal_model import Point, Signals

_RECENT = 200
"""Points looked at: the speed of now, not that of last week."""

_COARSE_SECONDS = 10.0
"""Seconds over which steps are counted where the log names whole seconds."""


class PaceSource(StrEnum):
    """What a pace was read from."""

    CLOCK = "clock"
    ELAPSED = "elapsed"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Pace:
    """The time a step takes now.

    Attributes:
        seconds: per step; the median of recent intervals, so that a pause for a checkpoint or an
            evaluation does not count.
        source: what it was read from.
        intervals: how many there were.
    """

    seconds: float
    source: PaceSource
    intervals: int


@dataclass(frozen=True, slots=True)
class Finish:
    """What is left of a run.

    Attributes:
        steps: still to do.
        seconds: they will take.
        at: when the last one is done, where the log names times.
    """

    steps: float
    seconds: float
    at: datetime | None = None


def pace_of(points: Sequence[Point]) -> Pace | None:
    """How long a step takes now; `None` where the log does not say."""
    if not points:
        return None
    segment = points[-1].segment
    recent = [each for each in points[-_RECENT:] if each.segment == segment]
    for source, spans in (
        (PaceSource.CLOCK, list(_by_clock(recent))),
        (PaceSource.ELAPSED, list(_by_elapsed(recent))),
    ):
        if spans:
            return Pace(median(spans), source, len(spans))
    reported = [each.step_seconds for each in recent if each.step_seconds and each.step_seconds > 0]
    return Pace(median(reported), PaceSource.REPORTED, len(reported)) if reported else None


def _by_clock(points: Sequence[Point]) -> Iterator[float]:
    """Seconds per step between the times that lines name."""
    timed = [(each.step, each.time.timestamp()) for each in points if each.time is not None]
    fine = any(each.time is not None and each.time.microsecond for each in points)
    return _spans(timed, 0.0 if fine else _COARSE_SECONDS)


def _by_elapsed(points: Sequence[Point]) -> Iterator[float]:
    """Seconds per step between the training times that lines name."""
    timed = [(each.step, each.elapsed_seconds) for each in points if each.elapsed_seconds]
    return _spans([(step, seconds) for step, seconds in timed if seconds is not None], 0.0)


def _spans(marks: Sequence[tuple[float, float]], least: float) -> Iterator[float]:
    """Seconds per step from mark to mark, over at least so many seconds."""
    if not marks:
        return
    step, moment = marks[0]
    found = False
    for at, now in marks[1:]:
        if now < moment:
            # A clock that was set back says nothing of what passed.
            step, moment = at, now
        elif at > step and now > moment and now - moment >= least:
            yield (now - moment) / (at - step)
            found = True
            step, moment = at, now
    last, end = marks[-1]
    if not found and last > marks[0][0] and end - marks[0][1] >= 1.0:
        yield (end - marks[0][1]) / (last - marks[0][0])


def finish_of(signals: Signals, pace: Pace | None = None) -> Finish | None:
    """What is left; `None` where the log does not say how many steps there will be, or how fast.

    Args:
        signals: what was read.
        pace: the time of a step, where it is known from elsewhere.
    """
    last, total = signals.last, signals.total
    if last is None or not total or total < last.step:
        return None
    if total == last.step:
        return Finish(0.0, 0.0, last.time)
    pace = pace or pace_of(signals.points)
    if pace is None:
        return None
    steps = total - last.step
    seconds = steps * pace.seconds
    return Finish(steps, seconds, _later(last.time, seconds))


def _later(moment: datetime | None, seconds: float) -> datetime | None:
    try:
        return moment + timedelta(seconds=seconds) if moment is not None else None
    except OverflowError:
        # Later than any calendar goes.
        return None


def cost_to_finish(finish: Finish | None, hourly: Money | None) -> Money | None:
    """What the rest of a run costs at a price an hour; `None` where either is not known."""
    if finish is None or hourly is None:
        return None
    seconds = Decimal(repr(finish.seconds))
    return Money(amount=hourly.amount * seconds / 3600, currency=hourly.currency)


def step_seconds(points: Sequence[Point]) -> dict[float, float]:
    """How long each reported step took: as reported, else by the times between reports."""
    reported = {each.step: each.step_seconds for each in points if each.step_seconds}
    if reported:
        return reported
    found: dict[float, float] = {}
    for before, after in pairwise(points):
        steps = after.step - before.step
        if steps > 0 and before.time and after.time and before.segment == after.segment:
            seconds = (after.time - before.time).total_seconds()
            if seconds > 0:
                found[after.step] = seconds / steps
    return found
