"""Reads a log once, as a stream, and says what happened to the run.

Most lines of a log differ from others in their digits alone, so what a line may mean is worked
out once for each shape (the line without its digits) and looked up from then on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from console.analysis.diagnosis_model import Diagnosis
from console.analysis.line_shapes import (
    DIGITS,
    PROGRESS,
    Kind,
    Shape,
    Shapes,
    cut,
    in_a_row,
    launcher_rank,
    spoken,
)
from console.analysis.log_labels import labelled, plain, rank_in_text
from console.analysis.log_progress import step_of
from console.analysis.log_stream import Stream
from console.analysis.log_times import find_time
from console.analysis.signatures import Role, Signature, built_in
from console.analysis.story import Finding, Story, Success, told_together
from console.analysis.verdict import RunFacts, verdict

_HEAD, _TAIL = 16_384, 4096
"""Bytes of a long line that are read, at its start and at its end."""

_BLOCK = 1 << 20
"""Bytes worked on at once, which is also the most of one line that is held."""

_TEXT = 400
_FINDINGS_KEPT = 4000
"""Findings held with their place; of later ones only how many there were."""

_LINES_BACK = 400
"""Lines looked back for a time."""

_TRACEBACK = 400
"""Lines that a traceback may take, others' lines among its own."""

_IN_PROGRESS = "train.nan"
"""What a line of progress may say without ending the run."""

_ALSO_SAID_IN_PASSING = ("sys.", "net.conn_lost", "data.hub", "py.", "proc.check_failed")
_NOT_GRAVE = re.compile(rb"\b(?:INFO|DEBUG|WARN(?:ING)?)\b|^\[?[WI]\d{3,4} ")
"""Records of a level at which programs also tell of what they can do without."""
_LEVEL = 100
"""Bytes in which a line says how grave it is."""

_COMPLAINT = "end.error"
_AT_THE_END = 15
"""Lines after an error of no known kind that ended the run."""

_NEAR_THE_END = 60
"""Lines after a result that is the end of a run."""


@dataclass(slots=True)
class Diagnoser:
    """Takes the bytes of one log, or of the logs of all ranks, in order each.

    Args:
        signatures: the table; the built-in one where none is given.
    """

    signatures: Sequence[Signature] = field(default_factory=built_in)
    _streams: dict[int | None, Stream] = field(default_factory=dict)
    _PLAIN: ClassVar = frozenset({False, PROGRESS})
    _shapes: Shapes = field(init=False)

    def __post_init__(self) -> None:
        self._shapes = Shapes(self.signatures)

    def feed(self, data: bytes, rank: int | None = None) -> None:
        """Read on; `rank` says whose log it is where each rank has its own."""
        stream = self._streams.setdefault(rank, Stream(rank))
        for start in range(0, len(data), _BLOCK):
            block = stream.rest + data[start : start + _BLOCK]
            end = block.rfind(b"\n") + 1
            stream.rest = block[end:]
            if len(stream.rest) > _BLOCK:
                # A line nobody can hold: its head says what it is.
                stream.rest = stream.rest[:_HEAD] + stream.rest[-_TAIL:]
            if end:
                self._read(stream, block[: end - 1])

    def result(self, facts: RunFacts | None = None) -> Diagnosis:
        """What happened, from what was read so far; reading may go on after."""
        for stream in self._streams.values():
            rest, stream.rest = stream.rest, b""
            if rest:
                self._read(stream, rest)
        streams = self._streams.values()
        story = told_together([each.story for each in streams] or [Story()])
        story.lines = sum(stream.lines for stream in streams)
        story.steps = [each.last_step() for each in streams]
        story.of_a_run = self._shapes.of_a_run
        story.has_result = any(
            each.result and each.lines - each.result <= _NEAR_THE_END for each in streams
        )
        story.complaints = [
            one
            for each in streams
            for one in each.complaints
            if each.lines - one.line <= _AT_THE_END
        ]
        return verdict(story, facts or RunFacts())

    def _read(self, stream: Stream, block: bytes) -> None:
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        shapes = block.translate(None, DIGITS).split(b"\n")
        kinds = list(map(self._shapes.known.get, shapes))
        if self._PLAIN.issuperset(kinds) and not stream.story.is_open:
            if PROGRESS in kinds:
                at = len(kinds) - 1 - kinds[::-1].index(PROGRESS)
                stream.went_on(block.split(b"\n")[at])
        else:
            self._read_lines(stream, block.split(b"\n"), shapes, kinds)
        stream.lines += len(shapes)
        stream.tail = (stream.tail + b"\n" + block[-_TAIL:])[-_TAIL:]

    def _read_lines(
        self, stream: Stream, lines: list[bytes], shapes: list[bytes], kinds: list[Kind | None]
    ) -> None:
        skips = not stream.story.is_open
        progress = -1
        for at, kind in enumerate(kinds):
            if kind is False:
                continue
            if kind is PROGRESS and skips:
                progress = at
                continue
            if progress >= 0:
                stream.went_on(lines[progress])
                progress = -1
            line = lines[at]
            for part in line.split(b"\r") if b"\r" in line else (line,):
                known = self._shapes.of(part, shapes[at] if part is line else None)
                if known is not False:
                    self._take(stream, lines, at, part, known)
            skips = not stream.story.is_open
        if progress >= 0:
            stream.went_on(lines[progress])

    def _take(self, stream: Stream, lines: list[bytes], at: int, line: bytes, shape: Shape) -> None:
        if shape.progress:
            stream.went_on(line)
            if stream.story.is_open:
                step = step_of(line)
                if step is not None:
                    stream.story.went_on(step)
        if shape.chain:
            stream.chained = True
        if shape.summary:
            self._read_summary(stream, plain(line))
        if shape.ignored:
            stream.ignored[self._rank(stream, line)] = stream.lines + at + 1
        if shape.signatures or shape.raised:
            self._match(stream, lines, at, line, shape)

    def _read_summary(self, stream: Stream, line: bytes) -> None:
        rank = launcher_rank(line)
        if rank is None:
            stream.in_summary = True
        elif stream.in_summary or in_a_row(line):
            stream.in_summary = False
            stream.story.launcher_rank = rank

    def _rank(self, stream: Stream, line: bytes) -> int | None:
        if stream.rank is not None:
            return stream.rank
        return labelled(plain(line)).rank

    def _match(
        self, stream: Stream, lines: list[bytes], at: int, line: bytes, shape: Shape
    ) -> None:
        line = plain(cut(line))
        number = stream.lines + at + 1
        label = labelled(line)
        rank = stream.rank if stream.rank is not None else label.rank
        in_trace = number - stream.traces.get(rank, -_TRACEBACK) < _TRACEBACK
        said = spoken(label.words)
        heads = b"\\n" in label.words or in_trace
        texts = (label.words, line, said) if heads else (label.words, line)
        found = [
            each for each in shape.signatures if any(each.pattern.search(text) for text in texts)
        ]
        results = any(each.role is Role.RESULT for each in found)
        if not results and any(each.pattern.search(label.words) for each in self._shapes.noise):
            return
        if not found and shape.raised and in_trace and self._shapes.unnamed is not None:
            found = [self._shapes.unnamed]
        if not found:
            return
        best = max(found, key=lambda each: each.priority)
        roles = {each.role for each in found}
        if best.role in (Role.TRACE, Role.SUCCESS, Role.RESULT):
            self._say(stream, lines, at, rank, roles)
            return
        if best.id.startswith(_ALSO_SAID_IN_PASSING) and _is_mild(line):
            return
        if best.id.startswith("py."):
            stream.traces.pop(rank, None)
            if number - stream.ignored.pop(rank, -_TRACEBACK) < _TRACEBACK:
                return
        if rank is None:
            rank = rank_in_text(label.words)
        passing = shape.progress and len(found) == 1 and best.id == _IN_PROGRESS
        self._find(stream, lines, at, line, best, rank, passing)

    def _say(
        self, stream: Stream, lines: list[bytes], at: int, rank: int | None, roles: set[Role]
    ) -> None:
        """A line by which nothing went wrong yet."""
        number = stream.lines + at + 1
        if Role.SUCCESS in roles:
            step = step_of(stream.last_progress)
            when = self._time(stream, lines, at)
            stream.story.succeeded(Success(stream.rank, number, when, step))
        elif Role.RESULT in roles:
            stream.result = number
        else:
            stream.traces[rank] = number

    def _find(
        self,
        stream: Stream,
        lines: list[bytes],
        at: int,
        line: bytes,
        best: Signature,
        rank: int | None,
        passing: bool,
    ) -> None:
        if len(stream.story.findings) >= _FINDINGS_KEPT:
            stream.story.count(best, rank)
            return
        found = Finding(
            signature=best,
            rank=rank,
            line=stream.lines + at + 1,
            time=self._time(stream, lines, at),
            text=line[:_TEXT].decode("utf-8", "backslashreplace").strip(),
            step=step_of(stream.last_progress),
            chained=stream.chained,
            passing=passing,
        )
        if best.id == _COMPLAINT:
            stream.complaints.append(found)
            return
        stream.story.add(found)
        stream.chained = False

    def _time(self, stream: Stream, lines: list[bytes], at: int) -> datetime | None:
        """The time of a line, or of the last one before it that names one."""
        seen = stream.timed - stream.lines
        for before in range(at, max(-1, at - _LINES_BACK, seen - 1), -1):
            found = find_time(lines[before], stream.time)
            if found is not None:
                stream.time = found
                break
        stream.timed = stream.lines + at + 1
        return stream.time


def _is_mild(line: bytes) -> bool:
    """Whether a record says of itself that it is no error; what NCCL warns of is one."""
    return _NOT_GRAVE.search(line[:_LEVEL]) is not None and b"NCCL WARN" not in line
