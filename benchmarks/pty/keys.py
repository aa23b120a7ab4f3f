"""Keys pressed one by one, held down, and sizes changed in a storm."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from benchmarks.measure import percentile
from benchmarks.pty.terminal import Terminal

QUIET = 0.06
"""So long without a byte and a key's work is over: longer than two frames at 30 Hz."""
TYPEMATIC = 1 / 30
"""Seconds between two repeats of a held key."""


@dataclass(frozen=True)
class Stroke:
    """One key: seconds until the first and the last byte it caused, and how many came."""

    first: float | None
    """`None` when nothing was written at all."""
    last: float
    count: int


@dataclass(frozen=True)
class Pressed:
    """Many strokes of one kind."""

    strokes: tuple[Stroke, ...]
    cpu: float
    """CPU seconds of the process tree over all strokes, its idle share included."""

    def latency(self, percent: float, *, last: bool = False) -> float:
        """Seconds from key to screen at a percentile; of the last byte on request.

        Raises:
            ValueError: no stroke changed the screen.
        """
        shown = [stroke for stroke in self.strokes if stroke.first is not None]
        times = [stroke.last if last else stroke.first or 0.0 for stroke in shown]
        return percentile(times, percent)

    @property
    def silent(self) -> int:
        """Strokes that changed nothing on the terminal."""
        return sum(stroke.first is None for stroke in self.strokes)

    @property
    def cpu_per_key(self) -> float:
        return self.cpu / len(self.strokes)

    @property
    def bytes_per_key(self) -> float:
        return statistics.median(stroke.count for stroke in self.strokes)


def press(
    terminal: Terminal,
    keys: Sequence[bytes],
    count: int,
    *,
    warm_up: int = 3,
    quiet: float = QUIET,
    patience: float = 5.0,
) -> Pressed:
    """Press keys in turn, each when the terminal has become quiet after the one before.

    Args:
        patience: seconds to wait for the first byte, and the most one stroke may take in all.
    """
    turns = cycle(keys)
    for key in islice(turns, warm_up):
        _stroke(terminal, key, quiet, patience)
    before = terminal.cpu_seconds()
    strokes = [_stroke(terminal, key, quiet, patience) for key in islice(turns, count)]
    return Pressed(tuple(strokes), terminal.cpu_seconds() - before)


def _stroke(terminal: Terminal, key: bytes, quiet: float, patience: float) -> Stroke:
    sent = terminal.send(key)
    first: float | None = None
    last, count = 0.0, 0
    while True:
        # A program that is slow to answer is not yet quiet.
        wait = quiet if first is not None else patience
        chunk = terminal.read(min(wait, sent + patience - time.perf_counter()))
        if chunk is None:
            return Stroke(first, last, count)
        last = chunk.at - sent
        first = last if first is None else first
        count += len(chunk.data)
        if last >= patience:
            return Stroke(first, last, count)


@dataclass(frozen=True)
class Held:
    """A key held down."""

    lag: float
    """Seconds from the last repeat to the last byte: what is still coming when the finger is up."""
    cpu_per_key: float
    bytes_per_key: float


def hold(terminal: Terminal, keys: Sequence[bytes], seconds: float = 2.0) -> Held:
    """Repeat keys at 30 Hz, whether or not the program keeps up."""
    before = terminal.cpu_seconds()
    count = max(1, round(seconds / TYPEMATIC))
    start = time.perf_counter()
    received = 0
    sent = start
    for number, key in enumerate(islice(cycle(keys), count)):
        sent = terminal.send(key)
        received += terminal.read_for(start + (number + 1) * TYPEMATIC - time.perf_counter())
    lag, after = _lag(terminal, sent)
    spent = terminal.cpu_seconds() - before
    return Held(lag, spent / count, (received + after) / count)


def _lag(terminal: Terminal, sent: float) -> tuple[float, int]:
    terminal.settle(gap=QUIET * 3)
    late = [chunk for chunk in terminal.chunks if chunk.at > sent]
    lag = max((chunk.at - sent for chunk in late), default=0.0)
    # What came before the time of the next repeat is counted there.
    return lag, sum(len(chunk.data) for chunk in late if chunk.at > sent + TYPEMATIC)


@dataclass(frozen=True)
class Idle:
    """A program left alone."""

    cpu_percent: float
    bytes_per_second: float


def idle(terminal: Terminal, seconds: float = 5.0) -> Idle:
    """CPU share of one core and output while nobody types."""
    terminal.settle()
    before, start = terminal.cpu_seconds(), time.perf_counter()
    count = terminal.read_for(seconds)
    taken = time.perf_counter() - start
    return Idle(100 * (terminal.cpu_seconds() - before) / taken, count / taken)


@dataclass(frozen=True)
class Storm:
    """A terminal whose size changed again and again."""

    settled: float
    """Seconds from the last change to the last byte."""
    cpu_per_change: float
    count: int
    """Bytes written from the first change on."""


def resize_storm(
    terminal: Terminal,
    sizes: Iterable[tuple[int, int]],
    *,
    rate: float = 100.0,
    gap: float = 0.5,
) -> Storm:
    """Change the size `rate` times a second through all sizes, then wait until it is quiet."""
    before, since = terminal.cpu_seconds(), len(terminal.chunks)
    start = changed = time.perf_counter()
    changes = 0
    for columns, rows in sizes:
        changed = terminal.resize(columns, rows)
        changes += 1
        terminal.read_for(start + changes / rate - time.perf_counter())
    terminal.settle(gap=gap)
    late = [chunk for chunk in terminal.chunks[since:] if chunk.at > changed]
    settled = max((chunk.at - changed for chunk in late), default=0.0)
    count = sum(len(chunk.data) for chunk in terminal.chunks[since:])
    return Storm(settled, (terminal.cpu_seconds() - before) / max(1, changes), count)
