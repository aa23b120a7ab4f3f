"""Reads a training log once, as a stream: step, loss, learning rate, speed, saves, evaluations.

As with the diagnosis, most lines differ from others in their digits alone, so what the numbers of
a line are is worked out once for each shape, and lines of one shape in a row are read as columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, groupby
from typing import Literal

from console.analysis.log_labels import plain
from console.analysis.signal_batch import Batch, batch_of
from console.analysis.signal_formats import Format, format_of
from console.analysis.signal_marks import Marks
from console.analysis.signal_model import Point, Segment, Signals
from console.analysis.signal_track import Track

_DIGITS = b"0123456789"
_BLOCK = 1 << 20
_LONGEST = 8192
"""Bytes of a line that are read."""

_SHAPES_KEPT = 20_000
_LONGEST_SHAPE = 1500
FEW, FEW_WHOLE = 200, 64
"""Lines kept of a rank that is one of many."""

_RANKS_KEPT = 2048
_COUNTERS_KEPT = 64
"""Counters of one rank that are followed: a log full of progress bars has thousands."""

Shape = Format | Literal[False]


@dataclass(slots=True)
class SignalReader:
    """Takes the bytes of one log, in order; everything read so far may be asked for at any time.

    Args:
        most: lines kept of each counter.
        whole: lines kept at its end.
        shapes: what shapes of lines say, where readers share it.
    """

    most: int = 4000
    whole: int = 400
    shapes: dict[bytes, Shape] = field(default_factory=dict)
    _rest: bytes = b""
    _lines: int = 0
    _tracks: dict[tuple[int | None, str, float], Track] = field(default_factory=dict)
    _marks: Marks = field(default_factory=Marks)

    def feed(self, data: bytes) -> None:
        """Read on."""
        for start in range(0, len(data), _BLOCK):
            block = self._rest + data[start : start + _BLOCK]
            cut = block.rfind(b"\n") + 1
            self._rest = block[cut:]
            if len(self._rest) > _BLOCK:
                # A line nobody can hold: its head says what it is.
                self._rest = self._rest[:_LONGEST]
            if cut:
                self._read(block[: cut - 1])

    def result(self) -> Signals:
        """What was read so far; reading may go on after."""
        rest, lines = self._rest, self._lines
        if rest:
            # The last line may still grow: its number stays its own.
            self._read(rest)
            self._rest, self._lines = b"", lines + 1
        main = self._main()
        rank, track = main if main else (None, Track(""))
        return Signals(
            unit=_unit(track.unit),
            points=track.read(),
            segments=tuple(replace(each) for each in track.segments),
            restarts=track.restarts,
            evaluations=tuple(self._marks.evaluations),
            evaluation_count=self._marks.evaluated,
            checkpoints=tuple(self._marks.saves),
            checkpoint_count=self._marks.saved,
            run=self._marks.run,
            summary=dict(self._marks.summary),
            ranks=self._ranks(track) if rank is not None else {},
        )

    @property
    def points(self) -> tuple[Point, ...]:
        """The points of the main counter, oldest first."""
        main = self._main()
        return main[1].read() if main else ()

    @property
    def last(self) -> Point | None:
        """The newest point, read alone: cheap enough to ask for with every line that comes."""
        main = self._main()
        return main[1].newest() if main else None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The starts of the run."""
        return self.result().segments

    @property
    def lines(self) -> int:
        """Lines read."""
        return self._lines

    def counters(self) -> tuple[tuple[int | None, Track], ...]:
        """Everything that is counted in the log, with the rank that counts."""
        return tuple((key[0], track) for key, track in self._tracks.items())

    def _main(self) -> tuple[int | None, Track] | None:
        """The counter of the training itself: one with losses, with a total, with most points."""
        best = max(
            self._tracks.items(),
            key=lambda item: (
                bool(item[1].losses),
                item[1].has_moved,
                item[0][1] not in ("bar", "epoch"),
                item[1].total is not None,
                item[1].points,
                -(item[0][0] or 0),
            ),
            default=None,
        )
        return (best[0][0], best[1]) if best else None

    def _ranks(self, main: Track) -> dict[int, tuple[Point, ...]]:
        found = {
            key[0]: track
            for key, track in self._tracks.items()
            if key[0] is not None and track.unit == main.unit
        }
        return {rank: found[rank].read() for rank in sorted(found)} if len(found) > 1 else {}

    def _read(self, block: bytes) -> None:
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if b"\x1b" in block:
            block = plain(block)
        first = self._lines + 1
        numbers: Sequence[int]
        if b"\r" in block:
            numbers, block = _numbered(block, first)
            self._lines = numbers[-1] if numbers else self._lines
        else:
            count = block.count(b"\n") + 1
            numbers = range(first, first + count)
            self._lines += count
        self._read_lines(block, numbers)

    def _read_lines(self, block: bytes, numbers: Sequence[int]) -> None:
        shapes = block.translate(None, _DIGITS).split(b"\n")
        kinds = list(map(self.shapes.get, shapes))
        if kinds.count(False) == len(kinds):
            return
        lines = block.split(b"\n")
        if None in kinds:
            for at, kind in enumerate(kinds):
                if kind is None:
                    kinds[at] = self._shape(lines[at], shapes[at])
        # What says nothing does not part what does.
        told = [kind for kind in kinds if kind]
        if len(told) < len(kinds):
            lines = list(compress(lines, kinds))
            numbers = list(compress(numbers, kinds))
        at = 0
        for made, group in groupby(told):
            count = len(list(group))
            self._take(made, lines[at : at + count], numbers[at : at + count])
            at += count

    def _shape(self, line: bytes, shape: bytes) -> Shape:
        known = self.shapes.get(shape)
        if known is not None:
            return known
        made = format_of(line[:_LONGEST])
        if len(shape) <= _LONGEST_SHAPE:
            if len(self.shapes) >= _SHAPES_KEPT:
                self.shapes.clear()
            self.shapes[shape] = made
        return made

    def _take(self, made: Format, lines: list[bytes], numbers: Sequence[int]) -> None:
        """Lines in a row that have one shape."""
        if len(lines[0]) > _LONGEST:
            lines = [line[:_LONGEST] for line in lines]
        try:
            batch = batch_of(made, lines, numbers)
        except ValueError:
            batch = None
        if batch is None:
            self._take_each(lines, numbers)
        elif made.rank is not None:
            self._take_ranks(batch, made.rank.read(batch.tokens, made.width))
        else:
            self._take_batch(None, batch)

    def _take_each(self, lines: list[bytes], numbers: Sequence[int]) -> None:
        """Lines whose digits stand in other places: each is read for itself."""
        for line, number in zip(lines, numbers, strict=True):
            made = format_of(line)
            if made is False:
                continue
            try:
                batch = batch_of(made, [line], (number,))
            except ValueError:
                # Digits and points that only look like a number.
                continue
            if batch is not None:
                rank = made.rank.read(batch.tokens, made.width)[0] if made.rank else None
                self._take_batch(None if rank is None else int(rank), batch)

    def _take_ranks(self, batch: Batch, ranks: list[float]) -> None:
        at = 0
        for rank, group in groupby(ranks):
            count = sum(1 for _ in group)
            self._take_batch(int(rank), batch.part(at, at + count))
            at += count

    def _take_batch(self, rank: int | None, batch: Batch) -> None:
        made, marks = batch.format, self._marks
        if made.summary:
            marks.summarise(batch)
        elif made.is_point:
            self._count(rank, batch)
        if made.metrics or made.saves:
            main = self._main()
            if made.metrics:
                marks.evaluate(batch, main[1] if main else None)
            if made.saves:
                marks.save(batch, main[1] if main else None)
        if made.event:
            marks.bound(made.event, batch.lines[-1])

    def _count(self, rank: int | None, batch: Batch) -> None:
        made = batch.format
        if made.step is None:
            batch = self._placed(rank, batch)
        if not batch.steps:
            return
        of = batch.totals[-1] if batch.totals and made.unit == "bar" else 0.0
        key = (rank, made.unit or "epoch", of)
        track = self._tracks.get(key) or self._track(key, rank)
        if track is not None:
            track.add(batch)

    def _track(self, key: tuple[int | None, str, float], rank: int | None) -> Track | None:
        ranks = {each[0] for each in self._tracks}
        if (rank not in ranks and len(ranks) >= _RANKS_KEPT) or (
            sum(each[0] == rank for each in self._tracks) >= _COUNTERS_KEPT
        ):
            return None
        # The first rank stands for the run; of the others the speed is wanted.
        if not ranks or rank in ranks:
            track = Track(key[1], self.most, self.whole)
        else:
            track = Track(key[1], FEW, FEW_WHOLE)
        self._tracks[key] = track
        return track

    def _placed(self, rank: int | None, batch: Batch) -> Batch:
        """Lines that say no step, at the step of the bar that stands beside them."""
        bars = [
            (track.total or 0.0, key)
            for key, track in self._tracks.items()
            if key[0] == rank and key[1] == "bar"
        ]
        if bars:
            total, key = max(bars, key=lambda each: each[0])
            step = self._tracks[key].step or 0.0
            count = len(batch.lines)
            made = replace(batch.format, unit="bar")
            return replace(batch, format=made, steps=[step] * count, totals=[total] * count)
        return replace(batch, steps=batch.epochs or [])


def _unit(unit: str) -> str:
    """What is counted, in one word."""
    if unit == "s" or "step" in unit:
        return "step"
    return "update" if "update" in unit else unit.split(" ")[0]


def _numbered(block: bytes, first: int) -> tuple[list[int], bytes]:
    """The states of progress bars as lines of their own, each with the number of its line."""
    numbers = []
    for number, line in enumerate(block.split(b"\n"), first):
        numbers += [number] * (line.count(b"\r") + 1)
    return numbers, block.replace(b"\r", b"\n")
