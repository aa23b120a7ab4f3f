"""One line of a log as runs of visible text; its colours are kept, nothing else is obeyed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.style import Style

from console.present.table import Tone
from screens.widgets.cells import visible

LINE_CAP = 10_000
"""Characters of one line that are drawn; the rest is counted."""

_SGR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
_LEVELS = (
    (
        re.compile(r"\b(?:ERROR|FATAL|CRITICAL|Traceback|PANIC)\b|level=error"),
        Tone.FAILED,
    ),
    (re.compile(r"\bWARN(?:ING)?\b|level=warn"), Tone.WARNING),
    (re.compile(r"\b(?:DEBUG|TRACE)\b|level=debug"), Tone.DIM),
)
_TAB = " " * 4

_LEVEL_SPAN = 300
"""Characters from the start of a line in which its level is looked for."""

ERROR_BYTES = re.compile(rb"\b(?:ERROR|FATAL|CRITICAL|Traceback|PANIC)\b|level=error")
"""What makes a line an error, in the bytes of a log."""

_ATTRIBUTES = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


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
        tone: what its level means.
    """

    runs: tuple[Run, ...]
    cut_bytes: int = 0
    tone: Tone = Tone.PLAIN

    @property
    def text(self) -> str:
        """The text alone."""
        return "".join(run.text for run in self.runs)


def parse_line(raw: bytes) -> LogLine:
    """What to draw for one line of a log.

    A line redrawn with carriage returns shows its last state; bytes that are not UTF-8 show as
    `\\xNN`; escape sequences other than colours show as the characters they are made of.
    """
    raw = _last_state(raw.rstrip(b"\r\n"))
    head = raw[: LINE_CAP * 4]
    text = head.decode("utf-8", "backslashreplace")
    kept = text[:LINE_CAP]
    shown = len(kept.encode("utf-8")) if len(text) > LINE_CAP else len(head)
    runs = styled_runs(kept.replace("\t", _TAB))
    coloured = any(run.style is not None for run in runs)
    tone = Tone.PLAIN if coloured else _tone(kept)
    return LogLine(runs, max(0, len(raw) - shown), tone)


def _last_state(raw: bytes) -> bytes:
    return raw.rsplit(b"\r", 1)[-1] if b"\r" in raw else raw


def _tone(text: str) -> Tone:
    start = text[:_LEVEL_SPAN]
    return next((tone for pattern, tone in _LEVELS if pattern.search(start)), Tone.PLAIN)


def styled_runs(text: str) -> tuple[Run, ...]:
    """Text with colour sequences as runs; every other control character is made visible."""
    if "\x1b" not in text:
        return (Run(visible(text)),) if text else ()
    runs: list[Run] = []
    state: dict[str, object] = {}
    at = 0
    for match in _SGR.finditer(text):
        _add(runs, text[at : match.start()], state)
        state = _apply(state, match[1])
        at = match.end()
    _add(runs, text[at:], state)
    return tuple(runs)


def _add(runs: list[Run], text: str, state: dict[str, object]) -> None:
    if text:
        runs.append(Run(visible(text), _style(tuple(state.items())) if state else None))


@lru_cache(512)
def _style(items: tuple[tuple[str, object], ...]) -> Style:
    return Style(**dict(items))  # type: ignore[arg-type]


def _apply(state: dict[str, object], parameters: str) -> dict[str, object]:
    codes = [int(part) if part else 0 for part in re.split("[;:]", parameters)]
    state = dict(state)
    while codes:
        code = codes.pop(0)
        if code == 0:
            state = {}
        elif code in _ATTRIBUTES:
            state[_ATTRIBUTES[code]] = True
        elif code in _OFF:
            for name in _OFF[code]:
                state.pop(name, None)
        elif code in (38, 48):
            colour = _extended(codes)
            if colour is not None:
                state["color" if code == 38 else "bgcolor"] = colour
        else:
            _basic(state, code)
    return state


def _basic(state: dict[str, object], code: int) -> None:
    for base, name in ((30, "color"), (40, "bgcolor")):
        if base <= code < base + 8:
            state[name] = Color.from_ansi(code - base)
        elif base + 60 <= code < base + 68:
            state[name] = Color.from_ansi(code - base - 60 + 8)
        elif code == base + 9:
            state.pop(name, None)


def _extended(codes: list[int]) -> Color | None:
    """A colour by number or by parts; takes its codes off the list."""
    kind = codes.pop(0) if codes else 0
    if kind == 5 and codes:
        return Color.from_ansi(min(255, codes.pop(0)))
    if kind == 2 and len(codes) >= 3:
        red, green, blue = (min(255, codes.pop(0)) for _ in range(3))
        return Color.from_rgb(red, green, blue)
    return None
