"""Cells of every list: untrusted text made visible, figures with what they sort by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from console.present.context import PresentContext
from console.present.table import Cell, Tone
from console.present.units import DASH, age_text, moment_text, percent_text
from console.text import visible

UNKNOWN = Cell(DASH, Tone.DIM)
"""A figure nobody knows; sorts after every known one."""


def text_cell(text: str | None, tone: Tone = Tone.PLAIN) -> Cell:
    """Untrusted text; a dash where there is none."""
    return Cell(visible(text), tone, text.casefold()) if text else UNKNOWN


def list_cell(texts: Iterable[str], tone: Tone = Tone.PLAIN) -> Cell:
    """Several names, commas between."""
    return text_cell(", ".join(texts), tone)


def figure_cell(text: str, value: float | int | None, tone: Tone = Tone.PLAIN) -> Cell:
    """A figure already worded, sorted by its value."""
    return UNKNOWN if value is None else Cell(text, tone, float(value))


def count_cell(value: int | None, tone: Tone = Tone.PLAIN) -> Cell:
    """A whole number."""
    return UNKNOWN if value is None else Cell(f"{value:,}", tone, float(value))


def percent_cell(share: float | None, tone: Tone = Tone.PLAIN) -> Cell:
    """A fraction 0..1."""
    return figure_cell(percent_text(share), share, tone)


def age_cell(moment: datetime | None, ctx: PresentContext, tone: Tone = Tone.PLAIN) -> Cell:
    """How long ago; the youngest sorts first."""
    return figure_cell(
        age_text(moment, ctx.now),
        None if moment is None else (ctx.now - moment).total_seconds(),
        tone,
    )


def moment_cell(moment: datetime | None, ctx: PresentContext, tone: Tone = Tone.PLAIN) -> Cell:
    """A moment in the person's zone."""
    return figure_cell(
        moment_text(moment, ctx, zone=False), None if moment is None else moment.timestamp(), tone
    )
