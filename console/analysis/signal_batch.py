"""Lines of one shape in a row as columns, and single lines of them that are kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from console.analysis.log_times import find_time
from console.analysis.signal_columns import Column, tokens_of
from console.analysis.signal_formats import Format
from console.analysis.signal_model import Point

_LINE_KEPT = 1200
"""Bytes of a line that are kept: its figures, and the time at its head."""


class Kept(NamedTuple):
    """One line that is kept."""

    number: int
    line: bytes
    format: Format
    step: float
    total: float | None
    segment: int
    loss: float | None


@dataclass(slots=True)
class Batch:
    """Lines of one format in a row, as columns."""

    format: Format
    lines: list[bytes]
    numbers: Sequence[int]
    tokens: list[bytes]
    steps: list[float]
    epochs: list[float] | None
    totals: list[float] | None
    losses: list[float] | None
    of_epochs: list[float] | None = None

    def part(self, start: int, end: int) -> Batch:
        """The lines from one place to another."""
        if start == 0 and end == len(self.lines):
            return self
        width = self.format.width
        return replace(
            self,
            lines=self.lines[start:end],
            numbers=self.numbers[start:end],
            tokens=self.tokens[start * width : end * width],
            steps=self.steps[start:end],
            epochs=self.epochs[start:end] if self.epochs else None,
            totals=self.totals[start:end] if self.totals else None,
            losses=self.losses[start:end] if self.losses else None,
            of_epochs=self.of_epochs[start:end] if self.of_epochs else None,
        )

    def _total(self, at: int, offset: float) -> float | None:
        """How many steps there will be; a count that was passed was another one's."""
        total = self.totals[at] if self.totals else None
        return total if total is not None and total >= self.steps[at] + offset else None

    def only(self, places: list[int]) -> Batch:
        """Some of its lines."""
        width = self.format.width
        return replace(
            self,
            lines=[self.lines[at] for at in places],
            numbers=[self.numbers[at] for at in places],
            tokens=[each for at in places for each in self.tokens[at * width : at * width + width]],
            steps=[self.steps[at] for at in places],
            epochs=[self.epochs[at] for at in places] if self.epochs else None,
            totals=[self.totals[at] for at in places] if self.totals else None,
            losses=[self.losses[at] for at in places] if self.losses else None,
            of_epochs=[self.of_epochs[at] for at in places] if self.of_epochs else None,
        )

    def keep(self, at: int, segment: int, offset: float) -> Kept:
        """One line of it."""
        return Kept(
            self.numbers[at],
            self.lines[at][:_LINE_KEPT],
            self.format,
            self.steps[at] + offset,
            self._total(at, offset),
            segment,
            self.losses[at] if self.losses else None,
        )


def point_of(kept: Kept, hint: datetime | None) -> Point:
    """A kept line as a point."""
    made, tokens = kept.format, tokens_of(kept.line)
    figures: dict[str, float] = {}
    if len(tokens) == made.width:
        for name, column in made.fields:
            value = _read(column, tokens, made.width)
            if value is not None and (name == "loss" or math.isfinite(value)):
                figures[name] = value
    epoch = made.epoch if len(tokens) == made.width else None
    return Point(
        step=kept.step,
        line=kept.number,
        segment=kept.segment,
        total=kept.total,
        epoch=epoch.read(tokens, made.width)[0] if epoch else None,
        time=find_time(kept.line, hint),
        **figures,
    )


def _read(column: Column, tokens: list[bytes], width: int) -> float | None:
    """A figure; `None` where digits and points only look like one."""
    try:
        return column.read(tokens, width)[0]
    except ValueError:
        return None


def batch_of(made: Format, lines: list[bytes], numbers: Sequence[int]) -> Batch | None:
    """The columns of lines of one shape; `None` where their numbers do not line up.

    Raises:
        ValueError: what should be a number is none.
    """
    tokens = tokens_of(lines[0]) if len(lines) == 1 else tokens_of(b"\n".join(lines))
    width = made.width
    if len(tokens) != width * len(lines) or len(tokens_of(lines[-1])) != width:
        return None
    others = [column for _, column in made.metrics] + ([made.rank] if made.rank else [])
    if made.summary:
        others += [column for _, column in made.fields]
    for column in others:
        # Read again by those who want them; here it is seen that they can be.
        column.read(tokens, width)
    loss = next((column for name, column in made.fields if name == "loss"), None)
    return Batch(
        format=made,
        lines=lines,
        numbers=numbers,
        tokens=tokens,
        steps=made.step.read(tokens, width) if made.step else [],
        epochs=made.epoch.read(tokens, width) if made.epoch else None,
        totals=made.total.read(tokens, width) if made.total else None,
        losses=loss.read(tokens, width) if loss else None,
        of_epochs=made.epochs.read(tokens, width) if made.epochs else None,
    )
