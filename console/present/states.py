"""States as sign, tone and word. A word the catalogue does not know is shown as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from api_client.models.compute import NodeHealth, Scheduling
from api_client.models.event import IncidentOutcome, Severity
from api_client.models.job import JobState, WorkerState
from console.present.context import PresentContext
from console.present.table import Cell, Tone
from console.text import Translator, visible

Look = tuple[str, Tone]


@dataclass(frozen=True, slots=True)
class Face:
    """How a state looks: the name of its glyph, what it means, its word."""

    glyph: str
    tone: Tone
    word: str

    def cell(self, sort: float | str | None = None) -> Cell:
        """The face as a cell of a list."""
        return Cell(self.word, self.tone, sort if sort is not None else self.word, self.glyph)


_JOB: Final[Mapping[JobState, Look]] = MappingProxyType(
    {
        JobState.QUEUED: ("queued", Tone.WAITING),
        JobState.STARTING: ("starting", Tone.BUSY),
        JobState.RUNNING: ("running", Tone.OK),
        JobState.RECOVERING: ("recovering", Tone.RECOVERING),
        JobState.STOPPING: ("stopping", Tone.WAITING),
        JobState.STOPPED: ("stopped", Tone.DIM),
        JobState.SUCCEEDED: ("succeeded", Tone.OK),
        JobState.FAILED: ("failed", Tone.FAILED),
        JobState.UNKNOWN: ("unknown", Tone.WARNING),
    }
)
_WORKER: Final[Mapping[WorkerState, Look]] = MappingProxyType(
    {
        WorkerState.PENDING: ("queued", Tone.WAITING),
        WorkerState.RUNNING: ("running", Tone.OK),
        WorkerState.STOPPING: ("stopping", Tone.WAITING),
        WorkerState.SUCCEEDED: ("succeeded", Tone.OK),
        WorkerState.FAILED: ("failed", Tone.FAILED),
        WorkerState.STOPPED: ("stopped", Tone.DIM),
        WorkerState.LOST: ("lost", Tone.FAILED),
        WorkerState.UNKNOWN: ("unknown", Tone.WARNING),
    }
)
_HEALTH: Final[Mapping[NodeHealth, Look]] = MappingProxyType(
    {
        NodeHealth.HEALTHY: ("healthy", Tone.OK),
        NodeHealth.DEGRADED: ("degraded", Tone.WARNING),
        NodeHealth.FAILED: ("failed", Tone.FAILED),
        NodeHealth.UNKNOWN: ("unknown", Tone.WARNING),
    }
)
_SCHEDULING: Final[Mapping[Scheduling, Look]] = MappingProxyType(
    {
        Scheduling.OPEN: ("open", Tone.PLAIN),
        Scheduling.CORDONED: ("cordoned", Tone.WARNING),
        Scheduling.DRAINING: ("draining", Tone.WAITING),
        Scheduling.DRAINED: ("drained", Tone.DIM),
        Scheduling.UNKNOWN: ("unknown", Tone.WARNING),
    }
)
_SEVERITY: Final[Mapping[Severity, Look]] = MappingProxyType(
    {
        Severity.INFO: ("info", Tone.DIM),
        Severity.WARNING: ("warning", Tone.WARNING),
        Severity.ERROR: ("error", Tone.FAILED),
        Severity.UNKNOWN: ("unknown", Tone.PLAIN),
    }
)
_OUTCOME: Final[Mapping[IncidentOutcome, Look]] = MappingProxyType(
    {
        IncidentOutcome.RECOVERING: ("recovering", Tone.RECOVERING),
        IncidentOutcome.RECOVERED: ("succeeded", Tone.OK),
        IncidentOutcome.FAILED: ("failed", Tone.FAILED),
        IncidentOutcome.DOWNGRADED: ("degraded", Tone.WARNING),
        IncidentOutcome.STOPPED: ("stopped", Tone.DIM),
        IncidentOutcome.UNKNOWN: ("unknown", Tone.WARNING),
    }
)


JOB_ORDER: Final[Mapping[JobState, float]] = {
    state: float(index)
    for index, state in enumerate(
        (
            JobState.RECOVERING,
            JobState.RUNNING,
            JobState.STARTING,
            JobState.QUEUED,
            JobState.STOPPING,
            JobState.UNKNOWN,
            JobState.FAILED,
            JobState.STOPPED,
            JobState.SUCCEEDED,
        )
    )
}
"""States of jobs: what needs eyes first sorts first. So it is for the others."""

HEALTH_ORDER: Final[Mapping[NodeHealth, float]] = {
    NodeHealth.FAILED: 0.0,
    NodeHealth.DEGRADED: 1.0,
    NodeHealth.UNKNOWN: 2.0,
    NodeHealth.HEALTHY: 3.0,
}
SEVERITY_ORDER: Final[Mapping[Severity, float]] = {
    Severity.ERROR: 0.0,
    Severity.WARNING: 1.0,
    Severity.UNKNOWN: 2.0,
    Severity.INFO: 3.0,
}


def _face(area: str, word: str, look: Look, native: str, ctx: PresentContext) -> Face:
    if word == "UNKNOWN" and native:
        return Face(*look, visible(native))
    return Face(*look, ctx.t(f"states.{area}.{word}"))


def job_face(state: JobState, ctx: PresentContext, native: str = "") -> Face:
    """How the state of a job looks."""
    return _face("job", state, _JOB[state], native, ctx)


def worker_face(state: WorkerState, ctx: PresentContext, native: str = "") -> Face:
    """How the state of a worker looks."""
    return _face("worker", state, _WORKER[state], native, ctx)


def health_face(health: NodeHealth, ctx: PresentContext, native: str = "") -> Face:
    """How the health of a node looks."""
    return _face("health", health, _HEALTH[health], native, ctx)


def scheduling_face(scheduling: Scheduling, ctx: PresentContext, native: str = "") -> Face:
    """How it looks whether new work may start on a node."""
    return _face("scheduling", scheduling, _SCHEDULING[scheduling], native, ctx)


def severity_face(severity: Severity, ctx: PresentContext) -> Face:
    """How the severity of an event looks."""
    return _face("severity", severity, _SEVERITY[severity], "", ctx)


def outcome_face(outcome: IncidentOutcome, ctx: PresentContext) -> Face:
    """How the outcome of an incident looks."""
    return _face("outcome", outcome, _OUTCOME[outcome], "", ctx)


def word_of(area: str, value: str, ctx: PresentContext) -> str:
    """The word of any enum value the catalogue has under `states.<area>`."""
    return _word(area, value, ctx.translator, ctx.translator.language)


@lru_cache(maxsize=512)
def _word(area: str, value: str, translator: Translator, language: str) -> str:
    """Looked up once a language: a filter over a long list asks for every object."""
    key = f"states.{area}.{value}"
    return translator.t(key) if translator.has(key) else visible(value)
