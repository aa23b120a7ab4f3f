"""From what a row says of its times and state to when the job ran."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from api_client.models.job import JobState
from localcloud.simulator.traces.record import MICROSECONDS, TraceRun

_GOING_ON = (JobState.RUNNING, JobState.STARTING, JobState.RECOVERING, JobState.STOPPING)


@dataclass(frozen=True, slots=True)
class Said:
    """Times and state of one job as its row has them; `None` where it says nothing."""

    submit: int | None
    start: int | None
    end: int | None
    duration: int | None
    state: JobState | None
    says_starts: bool
    """Whether the trace has a column for the start at all."""


@dataclass(frozen=True, slots=True)
class Story:
    """When it was submitted, ran and ended."""

    submit: int
    start: int | None
    stop: int | None
    """When it let go of its accelerators; `None` where that was not seen."""
    ended: int | None
    state: JobState
    doubtful: str = ""
    """Key of a count of rows whose times contradict one another."""

    def runs(self, accelerators: Decimal, horizon: int) -> tuple[TraceRun, ...]:
        """The run, if there was one; what was not seen to stop goes on to `horizon`."""
        if self.start is None:
            return ()
        stop = max(horizon, self.start) if self.stop is None else self.stop
        return (TraceRun(self.start, stop, accelerators),)


def tell(said: Said) -> Story | None:
    """What happened; `None` where the row names no moment at all."""
    submit = _submitted(said)
    if submit is None:
        return None
    start = _started(said, submit)
    if start is None:
        return _never_ran(said, submit)
    doubtful = "early" if start < submit else ""
    stop, odd = _stopped(said, start)
    state = said.state
    if state is None:
        state = JobState.RUNNING if stop is None else JobState.SUCCEEDED
    if stop is None and state.ended:
        stop, odd = start, "endless"
    ended = None if state in (*_GOING_ON, JobState.QUEUED) else stop
    return Story(min(submit, start), start, stop, ended, state, odd or doubtful)


def _submitted(said: Said) -> int | None:
    if said.submit is not None:
        return said.submit
    if said.start is not None:
        return said.start
    if said.end is not None:
        return said.end - (said.duration or 0)
    return None


def _started(said: Said, submit: int) -> int | None:
    """When it started, where it did: a trace without starts has jobs start at submission."""
    if said.start is not None:
        waits = said.state is JobState.QUEUED and said.end is None and not said.duration
        return None if waits else said.start
    if said.state is JobState.QUEUED:
        return None
    if said.end is not None and said.duration is not None and (said.duration or not _lost(said)):
        return max(said.end - said.duration, submit)
    if not _lost(said) or said.duration or said.state in _GOING_ON:
        return submit
    return None


def _lost(said: Said) -> bool:
    """The trace knows of starts and this row has none: the job never started."""
    return said.says_starts and said.start is None


def _never_ran(said: Said, submit: int) -> Story:
    state = said.state or JobState.QUEUED
    over = state.ended or state is JobState.UNKNOWN
    ended = max(submit, said.end or submit) if over else None
    return Story(submit, None, None, ended, state)


def _stopped(said: Said, start: int) -> tuple[int | None, str]:
    """When it stopped; a duration counts more than an end, for it is often the finer one."""
    if said.duration is not None:
        stop = start + said.duration
        differs = said.end is not None and abs(stop - said.end) > MICROSECONDS
        return stop, "differs" if differs else ""
    if said.end is None:
        return None, ""
    return max(said.end, start), "backwards" if said.end < start else ""
