"""Lines of a log as strips: levels, colours, search hits, the gutter of ranks, wrapping."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.present.table import Tone
from screens.widgets.cells import width_of
from screens.widgets.ink import Ink
from screens.widgets.log_text import LogLine

GUTTER = 6
"""Cells of the rank gutter."""


def line_strip(line: LogLine, ink: Ink, needle: str) -> Strip:
    """The whole line, unwrapped and unscrolled, every hit of `needle` reversed."""
    base = ink.tone(line.tone)
    pieces = [(run.text, base if run.style is None else base + run.style) for run in line.runs]
    segments = [Segment(text, style) for text, style in _highlight(pieces, needle, ink.match)]
    if line.cut_bytes:
        segments.append(Segment(f" … +{line.cut_bytes:,} bytes", ink.tone(Tone.DIM)))
    return Strip(segments)


def _highlight(
    pieces: list[tuple[str, Style]], needle: str, match: Style
) -> list[tuple[str, Style]]:
    if not needle:
        return pieces
    whole = "".join(text for text, _ in pieces).lower()
    spans = _hits(whole, needle.lower())
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


def _hits(text: str, needle: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = text.find(needle)
    while at >= 0:
        spans.append((at, at + len(needle)))
        at = text.find(needle, at + len(needle))
    return spans


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
