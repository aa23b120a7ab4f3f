"""Lines of a log as the console reads them, with the styles that a terminal draws."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.style import Style

from console.logs.colours import Colour, Look
from console.logs.decode import LINE_CAP, decode_line
from console.logs.levels import Level, is_error
from console.present.table import Tone

__all__ = [
    "ERROR_BYTES",
    "LINE_CAP",
    "LogLine",
    "Run",
    "is_error",
    "parse_line",
    "style_of",
    "tone_of",
]

ERROR_BYTES = re.compile(rb"\b(?:ERROR|FATAL|CRITICAL|Traceback|PANIC)\b|level=error")
"""What makes a line an error, in the bytes of a log."""


@dataclass(frozen=True, slots=True)
class Run:
    """Visible text in one style; `None` is the style of the view."""

    text: str
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as it is drawn.

    Attributes:
        cut_bytes: how many bytes of it are not in `runs` because it is too long.
        tone: what its level means; a line with colours of its own keeps those.
    """

    runs: tuple[Run, ...]
    cut_bytes: int = 0
    tone: Tone = Tone.PLAIN

    @property
    def text(self) -> str:
        """The text alone."""
        return "".join(run.text for run in self.runs)


def parse_line(raw: bytes) -> LogLine:
    """What to draw for one line of a log, see `decode_line`."""
    line = decode_line(raw)
    runs = tuple(Run(run.text, style_of(run.look)) for run in line.runs)
    return LogLine(runs, line.cut_bytes, Tone.PLAIN if line.coloured else tone_of(line.level))


def tone_of(level: Level | None) -> Tone:
    """The tone in which a line of that level is drawn."""
    if level is None or level == Level.INFO:
        return Tone.PLAIN
    if level < Level.INFO:
        return Tone.DIM
    return Tone.WARNING if level < Level.ERROR else Tone.FAILED


@lru_cache(512)
def style_of(look: Look | None) -> Style | None:
    """The style of a terminal that a look stands for."""
    if look is None:
        return None
    return Style(
        color=_colour(look.colour),
        bgcolor=_colour(look.background),
        bold=look.bold or None,
        dim=look.dim or None,
        italic=look.italic or None,
        underline=look.underline or None,
        reverse=look.reverse or None,
        strike=look.strike or None,
    )


def _colour(colour: Colour | None) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.from_rgb(*colour)
