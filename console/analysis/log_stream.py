"""One log as far as it was read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from console.analysis.log_labels import plain
from console.analysis.log_progress import Step, step_of
from console.analysis.story import Finding, Story

_HEAD = 16_384
_COMPLAINTS = 8
"""Errors of no known kind that are held."""


@dataclass(slots=True)
class Stream:
    """One log as far as it was read.

    Attributes:
        time: the last one that a line named, as far as lines were looked at for one.
        timed: how far that is.
        traces: where each rank's last traceback begins that has not ended yet.
        ignored: where a rank's exception was said to be harmless.
        tail: the last bytes, by which it is told whether the last step was done.
        result: where the run last wrote a result.
        complaints: the last lines of an error that is of no known kind.
    """

    rank: int | None
    story: Story = field(default_factory=Story)
    lines: int = 0
    rest: bytes = b""
    last_progress: bytes = b""
    chained: bool = False
    in_summary: bool = False
    time: datetime | None = None
    timed: int = 0
    traces: dict[int | None, int] = field(default_factory=dict)
    ignored: dict[int | None, int] = field(default_factory=dict)
    tail: bytes = b""
    result: int = 0
    complaints: deque[Finding] = field(default_factory=lambda: deque(maxlen=_COMPLAINTS))

    def went_on(self, line: bytes) -> None:
        """A line of progress: what was written before it was no result of the whole."""
        self.last_progress = line[:_HEAD]
        self.result = 0
        self.complaints.clear()

    def last_step(self) -> Step | None:
        """The last one that says of how many."""
        lines = self.tail.replace(b"\r", b"\n").split(b"\n")
        found = (step_of(plain(line)) for line in reversed(lines))
        return next((step for step in found if step is not None and step.of), None)
