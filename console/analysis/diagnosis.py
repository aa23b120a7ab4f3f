"""Reads a log once, as a stream, and says what happened to the run.

Most lines of a log differ from others in their digits alone, so what a line may mean is worked
out once for each shape (the line without its digits) and looked up from then on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from console.analysis.diagnosis_model import Diagnosis
from console.analysis.log_labels import labelled, plain, rank_in_text
from console.analysis.log_progress import Step, step_of
from console.analysis.log_times import find_time
from console.analysis.needles import covering
from console.analysis.signatures import Role, Signature, built_in
from console.analysis.story import Finding, Story, Success, told_together
from console.analysis.verdict import RunFacts, verdict

_DIGITS = b"0123456789"

_SHAPES_KEPT = 20_000
_LONGEST_SHAPE = 1500
"""Bytes above which a line is looked at each time: its shape is its own."""

_HEAD, _TAIL = 16_384, 4096
"""Bytes of a long line that are read, at its start and at its end."""

_BLOCK = 1 << 20
"""Bytes worked on at once, which is also the most of one line that is held."""

_TEXT = 400
_FINDINGS_KEPT = 4000
"""Findings held with their place; of later ones only how many there were."""

_LINES_BACK = 400
"""Lines looked back for a time."""

_FIRST_FAILURE = b"Root Cause (first observed failure)"
_LAUNCHER_RANK = re.compile(rb"^\s*rank\s+: (\d+) \(local_rank: ")
"""How torchrun's summary names the rank that failed first."""

_CHAINS = (b"During handling of the above exception", b"was the direct cause of the following")


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """What lines of one shape may be."""

    progress: bool
    signatures: tuple[Signature, ...]
    chain: bool = False
    summary: bool = False


_PROGRESS = _Shape(progress=True, signatures=())
"""The shape of lines that only say how far the run is: most lines of most logs."""


@dataclass(slots=True)
class _Stream:
    """One log as far as it was read."""

    rank: int | None
    story: Story = field(default_factory=Story)
    lines: int = 0
    rest: bytes = b""
    step: Step | None = None
    last_progress: bytes = b""
    progress_line: int = 0
    chained: bool = False
    in_summary: bool = False
    time: datetime | None = None
    """The last one that a line named, as far as lines were looked at for one."""
    timed: int = 0
    """How far that is."""


@dataclass(slots=True)
class Diagnoser:
    """Takes the bytes of one log, or of the logs of all ranks, in order each.

    Args:
        signatures: the table; the built-in one where none is given.
    """

    signatures: Sequence[Signature] = field(default_factory=built_in)
    _shapes: dict[bytes, _Shape | Literal[False]] = field(default_factory=dict)
    _streams: dict[int | None, _Stream] = field(default_factory=dict)
    _PLAIN: ClassVar = frozenset({False, _PROGRESS})
    _noise: Sequence[Signature] = ()
    _telling: Sequence[Signature] = ()
    _unpromised: tuple[Signature, ...] = ()
    _triggers: tuple[bytes, ...] = ()

    def feed(self, data: bytes, rank: int | None = None) -> None:
        """Read on; `rank` says whose log it is where each rank has its own."""
        stream = self._streams.setdefault(rank, _Stream(rank))
        for start in range(0, len(data), _BLOCK):
            block = stream.rest + data[start : start + _BLOCK]
            cut = block.rfind(b"\n") + 1
            stream.rest = block[cut:]
            if len(stream.rest) > _BLOCK:
                # A line nobody can hold: its head says what it is.
                stream.rest = stream.rest[:_HEAD] + stream.rest[-_TAIL:]
            if cut:
                self._read(stream, block[: cut - 1])

    def result(self, facts: RunFacts | None = None) -> Diagnosis:
        """What happened, from what was read so far; reading may go on after."""
        for stream in self._streams.values():
            rest, stream.rest = stream.rest, b""
            if rest:
                self._read(stream, rest)
        story = told_together([each.story for each in self._streams.values()] or [Story()])
        story.lines = sum(stream.lines for stream in self._streams.values())
        story.steps = [step_of(each.last_progress) for each in self._streams.values()]
        return verdict(story, facts or RunFacts())

    def _read(self, stream: _Stream, block: bytes) -> None:
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        shapes = block.translate(None, _DIGITS).split(b"\n")
        kinds = list(map(self._shapes.get, shapes))
        if self._PLAIN.issuperset(kinds) and not stream.story.is_open:
            if _PROGRESS in kinds:
                at = len(kinds) - 1 - kinds[::-1].index(_PROGRESS)
                self._note_progress(stream, block.split(b"\n")[at], stream.lines + at + 1)
        else:
            self._read_lines(stream, block.split(b"\n"), shapes, kinds)
        stream.lines += len(shapes)

    def _note_progress(self, stream: _Stream, line: bytes, number: int) -> None:
        stream.last_progress, stream.progress_line = line[:_HEAD], number

    def _read_lines(
        self,
        stream: _Stream,
        lines: list[bytes],
        shapes: list[bytes],
        kinds: list[_Shape | Literal[False] | None],
    ) -> None:
        skips = not stream.story.is_open
        progress = -1
        for at, kind in enumerate(kinds):
            if kind is False:
                continue
            if kind is _PROGRESS and skips:
                progress = at
                continue
            if progress >= 0:
                self._note_progress(stream, lines[progress], stream.lines + progress + 1)
                progress = -1
            line = lines[at]
            for part in line.split(b"\r") if b"\r" in line else (line,):
                known = self._shape(part, shapes[at] if part is line else None)
                if known is not False:
                    self._take(stream, lines, at, part, known)
            skips = not stream.story.is_open
        if progress >= 0:
            self._note_progress(stream, lines[progress], stream.lines + progress + 1)

    def _shape(self, line: bytes, shape: bytes | None = None) -> _Shape | Literal[False]:
        """What a line may be, worked out once for its shape."""
        if shape is None:
            shape = line.translate(None, _DIGITS)
        known = self._shapes.get(shape)
        if known is not None:
            return known
        made = self._make_shape(_cut(line))
        if len(shape) <= _LONGEST_SHAPE and b"\r" not in shape:
            if len(self._shapes) >= _SHAPES_KEPT:
                self._shapes.clear()
            self._shapes[shape] = made
        return made

    def __post_init__(self) -> None:
        telling = [each for each in self.signatures if each.role is not Role.NOISE]
        self._noise = [each for each in self.signatures if each.role is Role.NOISE]
        self._telling = telling
        self._unpromised = tuple(each for each in telling if not each.needles)
        self._triggers = covering(frozenset(needle for each in telling for needle in each.needles))

    def _may_match(self, low: bytes) -> tuple[Signature, ...]:
        """The signatures a line could match, by the words in it."""
        for trigger in self._triggers:
            if trigger in low:
                break
        else:
            return self._unpromised
        return tuple(
            each
            for each in self._telling
            if not each.needles or any(needle in low for needle in each.needles)
        )

    def _make_shape(self, line: bytes) -> _Shape | Literal[False]:
        line = plain(line)
        low = line.translate(None, _DIGITS).lower() + b" "
        signatures = self._may_match(low)
        chain = any(words in line for words in _CHAINS)
        progress = step_of(line) is not None
        summary = _FIRST_FAILURE in line or bool(_LAUNCHER_RANK.match(line))
        if not signatures and not chain and not progress and not summary:
            return False
        if progress and not signatures and not chain and not summary:
            return _PROGRESS
        return _Shape(progress, signatures, chain, summary)

    def _take(
        self, stream: _Stream, lines: list[bytes], at: int, line: bytes, shape: _Shape
    ) -> None:
        number = stream.lines + at + 1
        if shape.progress:
            self._note_progress(stream, line, number)
            if stream.story.is_open:
                step = step_of(line)
                if step is not None:
                    stream.story.went_on(step)
        if shape.chain:
            stream.chained = True
        if shape.summary:
            self._read_summary(stream, line)
        if shape.signatures:
            self._match(stream, lines, at, line, shape.signatures, number)

    def _read_summary(self, stream: _Stream, line: bytes) -> None:
        found = _LAUNCHER_RANK.match(plain(line))
        if found is None:
            stream.in_summary = True
        elif stream.in_summary:
            stream.in_summary = False
            stream.story.launcher_rank = int(found[1])

    def _match(
        self,
        stream: _Stream,
        lines: list[bytes],
        at: int,
        line: bytes,
        signatures: Sequence[Signature],
        number: int,
    ) -> None:
        line = plain(_cut(line))
        label = labelled(line)
        found = [
            each
            for each in signatures
            if each.pattern.search(label.words) or each.pattern.search(line)
        ]
        if not found or any(each.pattern.search(label.words) for each in self._noise):
            return
        best = max(found, key=lambda each: each.priority)
        success = next((each for each in found if each.role is Role.SUCCESS), None)
        if success is not None and best.role in (Role.SUCCESS, Role.TRACE):
            step = step_of(stream.last_progress)
            when = self._time(stream, lines, at)
            stream.story.succeeded(Success(stream.rank, number, when, step))
            return
        if best.role in (Role.TRACE, Role.SUCCESS):
            return
        rank = stream.rank
        if rank is None:
            rank = label.rank if label.rank is not None else rank_in_text(label.words)
        if len(stream.story.findings) >= _FINDINGS_KEPT:
            stream.story.count(best, rank)
            return
        stream.story.add(
            Finding(
                signature=best,
                rank=rank,
                line=number,
                time=self._time(stream, lines, at),
                text=line[:_TEXT].decode("utf-8", "backslashreplace").strip(),
                step=step_of(stream.last_progress),
                chained=stream.chained,
            )
        )
        stream.chained = False

    def _time(self, stream: _Stream, lines: list[bytes], at: int) -> datetime | None:
        """The time of a line, or of the last one before it that names one."""
        seen = stream.timed - stream.lines
        for before in range(at, max(-1, at - _LINES_BACK, seen - 1), -1):
            found = find_time(lines[before], stream.time)
            if found is not None:
                stream.time = found
                break
        stream.timed = stream.lines + at + 1
        return stream.time


def _cut(line: bytes) -> bytes:
    return line if len(line) <= _HEAD + _TAIL else line[:_HEAD] + b" " + line[-_TAIL:]
