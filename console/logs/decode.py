"""One line of a log as runs of visible text; its colours are kept, nothing else is obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.analysis.log_labels import labelled, plain
from console.cells import visible
from console.logs.colours import PLAIN, Look, looking
from console.logs.levels import Level, level_of

LINE_CAP = 10_000
"""Characters of one line that are drawn; the rest is counted."""

HEAD_BYTES = 4 * LINE_CAP
"""Bytes at the start of a line that are enough to draw it."""

_STATES_KEPT = 1000
_TAB = " " * 4
_SGR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
_BROKEN = re.compile("[\udc80-\udcff]")
_HOLE = re.compile(rb"\x00{9,}")
"""NUL bytes in a row, as a file has where it was cut while it was written to."""

Span = tuple[int, int]
"""First byte and the one behind the last, counted from the start of a line."""


@dataclass(frozen=True, slots=True)
class Run:
    """Visible text of one look.

    Attributes:
        look: `None` is the look of the view.
        hit: it lies in one of the spans that were asked for.
    """

    text: str
    look: Look | None = None
    hit: bool = False


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as it is drawn.

    Attributes:
        cut_bytes: how many bytes of it are not in `runs` because it is too long.
        level: how grave it is, where it says so.
        rank: who says it, where the line has a label.
        redrawn: it had states before the one that is shown; `states` has them.
    """

    runs: tuple[Run, ...]
    cut_bytes: int = 0
    level: Level | None = None
    rank: int | None = None
    redrawn: bool = False

    @property
    def text(self) -> str:
        """The text alone."""
        return "".join(run.text for run in self.runs)

    @property
    def coloured(self) -> bool:
        """Whether the log gave it colours of its own."""
        return any(run.look is not None for run in self.runs)


def decode_line(
    raw: bytes, *, spans: Sequence[Span] = (), length: int | None = None, tail: bytes = b""
) -> LogLine:
    """What to draw for one line of a log.

    A line redrawn with carriage returns shows its last state; bytes that are not UTF-8 show as
    `\\xNN`; escape sequences other than colours show as the characters they are made of; a long
    row of NUL shows as one and their number.

    Args:
        raw: the line, with or without its end; of a very long one its head is enough.
        spans: bytes of `raw` to mark as hits, such as `Search.spans` finds.
        length: bytes of the whole line, where `raw` is only its head.
        tail: the last bytes of the line, where `raw` is only its head: the last state of a
            progress bar is there.
    """
    missing = max(0, (length or 0) - len(raw))
    at, end = _last_state(raw)
    redrawn = at > 0
    if missing and b"\r" in tail:
        at, end = _last_state(tail)
        state, spans, missing, redrawn = tail[at:end], (), 0, True
    else:
        state = raw[at:end]
        spans = [(start - at, stop - at) for start, stop in spans]
    runs, left = _decoded(state, spans)
    head = plain(state[:HEAD_BYTES]) if b"\x1b" in state[:HEAD_BYTES] else state[:HEAD_BYTES]
    return LogLine(runs, left + missing, level_of(head), labelled(head).rank, redrawn)


def states(raw: bytes, most: int = _STATES_KEPT) -> tuple[bytes, ...]:
    """What a line redrawn with carriage returns showed one after the other, the last ones.

    States that show nothing, and those equal to the one before, are left out; each is a line for
    `decode_line`.

    Args:
        raw: the line.
        most: the number of states that are wanted.
    """
    found: list[bytes] = []
    end = len(raw.rstrip(b"\r\n"))
    while end >= 0 and len(found) < most:
        at = raw.rfind(b"\r", 0, end) + 1
        state = raw[at:end]
        if not _blank(state) and (not found or found[-1] != state):
            found.append(state)
        end = at - 1
    return tuple(reversed(found))


def _last_state(raw: bytes) -> Span:
    """Where the last state that shows something lies."""
    end = last = len(raw) - len(raw[-HEAD_BYTES:]) + len(raw[-HEAD_BYTES:].rstrip(b"\r\n"))
    at = raw.rfind(b"\r", 0, end) + 1
    first = at
    while at and _blank(raw[at:end]):
        end = at - 1
        at = raw.rfind(b"\r", 0, end) + 1
    return (at, end) if not _blank(raw[at:end]) else (first, last)


def _blank(state: bytes) -> bool:
    """Whether a state shows nothing, as the one that wipes a progress bar away."""
    return not plain(state[:HEAD_BYTES]).strip()


def _decoded(raw: bytes, spans: Iterable[Span]) -> tuple[tuple[Run, ...], int]:
    """The runs of a line without carriage returns, and the bytes that are left out."""
    hole = _HOLE.match(raw)
    skipped = hole.end() if hole else 0
    head = raw[skipped : skipped + HEAD_BYTES]
    text = head.decode("utf-8", "surrogateescape")
    kept = text[:LINE_CAP]
    shown = len(kept.encode("utf-8", "surrogateescape")) if len(text) > LINE_CAP else len(head)
    marks = _in_characters(head, skipped, spans, len(kept))
    runs = _runs(kept, marks)
    if hole:
        runs = (Run(f"␀×{skipped} "), *runs)
    return runs, len(raw) - skipped - shown


def _in_characters(head: bytes, skipped: int, spans: Iterable[Span], most: int) -> list[Span]:
    """Spans of bytes as spans of characters; a character hit in part is hit."""
    found: list[Span] = []
    plain_bytes = head.isascii()
    for start, end in spans:
        start, end = max(0, start - skipped), min(len(head), end - skipped)
        if not plain_bytes:
            start = _character(head, start, -1)
            end = _character(head, end, 1)
        if start < min(end, most):
            found.append((start, min(end, most)))
    return sorted(found)


def _character(head: bytes, at: int, step: int) -> int:
    for _ in range(3):
        if 0 < at < len(head) and head[at] & 0xC0 == 0x80:
            at += step
    return len(head[:at].decode("utf-8", "surrogateescape"))


def _runs(text: str, marks: list[Span]) -> tuple[Run, ...]:
    runs: list[Run] = []
    look = PLAIN
    at = 0
    if "\x1b" in text:
        for match in _SGR.finditer(text):
            _add(runs, text, (at, match.start()), look, marks)
            look = looking(look, match[1])
            at = match.end()
    _add(runs, text, (at, len(text)), look, marks)
    return tuple(runs)


def _add(runs: list[Run], text: str, span: Span, look: Look, marks: list[Span]) -> None:
    start, end = span
    kept = None if look is PLAIN or look == PLAIN else look
    for first, behind in marks:
        if behind <= start or first >= end:
            continue
        if start < first:
            runs.append(Run(_shown(text[start:first]), kept))
            start = first
        runs.append(Run(_shown(text[start : min(end, behind)]), kept, hit=True))
        start = min(end, behind)
    if start < end:
        runs.append(Run(_shown(text[start:end]), kept))


def _shown(text: str) -> str:
    text = text.replace("\t", _TAB)
    if text.isascii():
        return visible(text)
    return visible(_BROKEN.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", text))
