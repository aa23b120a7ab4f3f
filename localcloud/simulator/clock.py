"""Simulated time: a moment that runs at any speed against the machine's clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from localcloud.engine.errors import InvalidFault
from localcloud.simulator.moments import from_moment, to_moment

FASTEST = 1_000_000.0
FARTHEST = timedelta(days=366)


class SimulationClock:
    """Where the tenant's time should be; the world follows it tick by tick.

    Args:
        start: the moment it stands at first.
        speed: simulated seconds per real second, more than 0, at most a million.
        real: seconds that never run backwards; tests give their own.
    """

    def __init__(
        self,
        start: datetime,
        speed: float = 1.0,
        *,
        paused: bool = False,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        self._real = real
        self._base = to_moment(start)
        self._since = real()
        self.speed = _speed(speed)
        self.paused = paused

    def target(self) -> int:
        """The moment it is now, in milliseconds since 1970."""
        if self.paused:
            return self._base
        return self._base + int((self._real() - self._since) * self.speed * 1000)

    def now(self) -> datetime:
        return from_moment(self.target())

    def set(
        self,
        *,
        speed: float | None = None,
        paused: bool | None = None,
        step_seconds: float | None = None,
        to: datetime | None = None,
    ) -> None:
        """Change what is given; a step and a jump only go forward.

        Raises:
            InvalidFault: the speed is out of range, the step or jump goes back or too far.
        """
        now = self.target()
        goal = now
        if to is not None:
            goal = to_moment(to)
            _check_jump("to", now, goal)
        if step_seconds is not None:
            _check_step(step_seconds)
            goal += int(step_seconds * 1000)
        new_speed = self.speed if speed is None else _speed(speed)
        self._base, self._since, self.speed = goal, self._real(), new_speed
        if paused is not None:
            self.paused = paused


def _speed(speed: float) -> float:
    if not 0 < speed <= FASTEST:
        raise InvalidFault({"speed": f"must be more than 0 and at most {FASTEST:g}"})
    return float(speed)


def _check_step(seconds: float) -> None:
    if not 0 <= seconds <= FARTHEST.total_seconds():
        raise InvalidFault({"step_seconds": "must be 0 or more and at most a year"})


def _check_jump(field: str, now: int, goal: int) -> None:
    if goal < now:
        raise InvalidFault({field: "lies in the past; time only goes forward"})
    if goal - now > FARTHEST.total_seconds() * 1000:
        raise InvalidFault({field: "lies more than a year ahead"})
