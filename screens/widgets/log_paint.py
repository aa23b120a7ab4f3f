"""Lines of a log as strips: levels, colours, search hits, the gutter of ranks, wrapping."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.logs.colours import Colour, Look
from console.logs.decode import LogLine
from console.logs.levels import Level
from console.present.table import Tone
from screens.widgets.cells import width_of
from screens.widgets.ink import Ink
from screens.widgets.log_find import Wanted
from themes.glyphs import Glyphs

GUTTER = 6
"""Cells of the rank gutter."""

_TONES: dict[Level | None, Tone] = {
    Level.FATAL: Tone.FAILED,
    Level.ERROR: Tone.FAILED,
    Level.WARNING: Tone.WARNING,
    Level.DEBUG: Tone.DIM,
}

MARKS = 2
"""Cells of the gutter of marks, where there are marks."""


def line_strip(line: LogLine, ink: Ink, wanted: Wanted | None) -> Strip:
    """The whole line, unwrapped and unscrolled, every hit of the search reversed."""
    tone = Tone.PLAIN if line.coloured else _TONES.get(line.level, Tone.PLAIN)
    base = ink.tone(tone)
    pieces = [
        (run.text, base if run.look is None else base + _style(run.look)) for run in line.runs
    ]
    if line.rank is not None and not line.coloured:
        pieces = _with_label(pieces, line.rank, ink)
    segments = [Segment(text, style) for text, style in _highlight(pieces, wanted, ink.match)]
    if line.cut_bytes:
        segments.append(Segment(f" … +{line.cut_bytes:,} bytes", ink.tone(Tone.DIM)))
    return Strip(segments)


def _with_label(pieces: list[tuple[str, Style]], rank: int, ink: Ink) -> list[tuple[str, Style]]:
    """The rank a line begins with in the colour of that rank."""
    text, style = pieces[0] if pieces else ("", Style.null())
    found = re.match(rf"\s*\S{{0,60}}?{rank}[\]:|>]*", text)
    if found is None:
        return pieces
    return [(found[0], style + ink.series(rank)), (text[found.end() :], style), *pieces[1:]]


@lru_cache(512)
def _style(look: Look) -> Style:
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


def _highlight(
    pieces: list[tuple[str, Style]], wanted: Wanted | None, match: Style
) -> list[tuple[str, Style]]:
    spans = wanted.spans("".join(text for text, _ in pieces)) if wanted is not None else []
    if not spans:
        return pieces
    found: list[tuple[str, Style]] = []
    at = 0
    for text, style in pieces:
        bounds = {0, len(text)}
        bounds.update(b - at for span in spans for b in span if 0 < b - at < len(text))
        edges = sorted(bounds)
        for start, end in zip(edges, edges[1:], strict=False):
            inside = any(s <= at + start < e for s, e in spans)
            found.append((text[start:end], style + match if inside else style))
        at += len(text)
    return found


def cut(strip: Strip, left: int, width: int, base: Style) -> Strip:
    """What is seen of a line scrolled sideways, as wide as the view, on its ground.

    Most lines are of ASCII alone, and of them every character is a cell.
    """
    segments: list[Segment] = []
    at = 0
    for text, style, _ in strip:
        if not text.isascii():
            return strip.crop(left, left + width).adjust_cell_length(width).apply_style(base)
        start, end = max(0, left - at), left + width - at
        at += len(text)
        if start < len(text) and end > 0:
            segments.append(Segment(text[start:end], _on(base, style)))
    shown = max(0, min(at, left + width) - left)
    if shown < width:
        segments.append(Segment(" " * (width - shown), base))
    return Strip(segments, width)


@lru_cache(1024)
def _on(base: Style, style: Style | None) -> Style:
    return base + style if style is not None else base


def wrapped(strip: Strip, width: int) -> list[Strip]:
    """The strip in rows of at most `width` cells, no wide character cut in two."""
    if strip.cell_length <= width or width < 2:
        return [strip]
    cuts: list[int] = []
    at = used = 0
    for segment in strip:
        for character in segment.text:
            cells = width_of(character)
            if used + cells > width:
                cuts.append(at)
                used = 0
            at += cells
            used += cells
    return list(strip.divide([*cuts, strip.cell_length]))


def gutter_strip(rank: int | None, first: bool, ink: Ink) -> Strip:
    """Whose line it is, by number and colour; blank on the rows a line goes on."""
    if rank is None or not first:
        return Strip([Segment(" " * (GUTTER - 2) + "│ ", ink.rule)], GUTTER)
    return Strip([Segment(f"{rank:>4}", ink.series(rank)), Segment("│ ", ink.rule)], GUTTER)


def mark_strip(sign: str, ink: Ink) -> Strip:
    """The sign of a marked line, or the room for one."""
    return Strip([Segment(f"{sign or ' '} ", ink.mark)], MARKS)


def bar_segment(thumb: bool, marked: bool, found: bool, ink: Ink, glyphs: Glyphs) -> Segment:
    """One cell of the scroll bar: a mark before a hit before the thumb before nothing."""
    if marked:
        return Segment(glyphs["mark"], ink.mark)
    if found:
        style = ink.tone(Tone.WARNING)
        return Segment(glyphs["bar_full" if thumb else "rule"], style)
    if thumb:
        return Segment(glyphs["bar_full"], ink.tone(Tone.DIM))
    return Segment(glyphs["time_cursor"], ink.rule)
