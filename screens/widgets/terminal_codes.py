"""The fewest bytes that turn the lines a terminal shows into others."""

from __future__ import annotations

from dataclasses import dataclass
from operator import eq

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from screens.widgets.cells import width_of

RESET = "\x1b[0m"

_PENS_KEPT = 4096
"""Styles whose pens are kept; a theme has some dozens."""


@dataclass(frozen=True, slots=True)
class Pen:
    """The codes of one style, in parts, so that only what differs from the last is sent."""

    attributes: str
    foreground: str
    background: str
    inkless: bool
    """Whether a blank looks the same in any foreground colour."""


class Pens:
    """The pens of styles for one colour system; each is made once."""

    def __init__(self, system: ColorSystem | None) -> None:
        self._system = system
        # By identity, each with what it was made for: a style's own hash is slow.
        self._pens: dict[int, tuple[Style | None, Pen]] = {}
        self._turns: dict[tuple[int, int, bool], tuple[str, Pen, Pen | None, Pen]] = {}
        self._same: dict[Pen, Pen] = {}

    def of(self, style: Style | None) -> Pen:
        """The pen of a style; equal styles have the same one."""
        held = self._pens.get(id(style))
        if held is None:
            if len(self._pens) >= _PENS_KEPT:
                for kept in (self._pens, self._turns, self._same):
                    kept.clear()
            held = self._pens[id(style)] = (style, self._one(self._make(style or Style.null())))
        return held[1]

    def turn(self, held: Pen | None, pen: Pen, *, blank: bool) -> tuple[str, Pen]:
        """The codes that take from one pen to another, and the pen that is then in force."""
        key = (id(held), id(pen), blank)
        found = self._turns.get(key)
        if found is None:
            codes, now = _turned(held, pen, blank)
            # With the two themselves: while they are kept no other pen has their identity.
            found = self._turns[key] = (codes, self._one(now), held, pen)
        return found[:2]

    def _one(self, pen: Pen) -> Pen:
        return self._same.setdefault(pen, pen)

    def _make(self, style: Style) -> Pen:
        if self._system is None:
            return Pen("", "", "", True)
        bare = style.without_color.render("_", color_system=self._system)
        attributes = bare.partition("_")[0].removeprefix("\x1b[").removesuffix("m")
        drawn = style.reverse or style.underline or style.strike or style.overline
        fore = style.color and style.color.downgrade(self._system)
        back = style.bgcolor and style.bgcolor.downgrade(self._system)
        return Pen(
            attributes,
            ";".join(fore.get_ansi_codes(foreground=True)) if fore else "39",
            ";".join(back.get_ansi_codes(foreground=False)) if back else "49",
            not drawn,
        )


class Frame:
    """One write to the terminal, built up from pieces of lines."""

    def __init__(self, pens: Pens) -> None:
        self._pens = pens
        self._out: list[str] = []
        self._pen: Pen | None = None
        self._row = self._column = -1

    @property
    def text(self) -> str:
        """What is to be written; empty where nothing changes."""
        return "".join([*self._out, RESET]) if self._out else ""

    def scroll(self, top: int, bottom: int, by: int) -> None:
        """Move the lines `top` to `bottom` up by some (down, where negative).

        Only margins, index and reverse index are used, which every terminal since the VT100 has.
        """
        row, step = (bottom, "\x1bD") if by > 0 else (top, "\x1bM")
        self._out.append(f"{RESET}\x1b[{top + 1};{bottom + 1}r\x1b[{row + 1};1H{step * abs(by)}")
        self._out.append("\x1b[r")
        self._pen, self._row = None, -1

    def change(self, x: int, y: int, old: Strip | None, new: Strip) -> None:
        """Draw at a cell the parts of `new` that `old`, which is there, has not."""
        if old is None or _unlike(old, new):
            self._whole(x, y, new)
            return
        stale = iter(old)
        alike = True
        for after in new:
            text, style, _control = after
            width = width_of(text)
            before = next(stale, None) if alike else None
            if before is None or (before.text is not text and width_of(before.text) != width):
                # From here the two are not cut at the same cells.
                alike = False
                self._put(x, y, text, style)
            elif before.style is not style and before.style != style:
                self._put(x, y, text, style)
            elif before.text != text:
                self._middle(x, y, before.text, text, style)
            x += width

    def _whole(self, x: int, y: int, new: Strip) -> None:
        """Draw all of a line."""
        out, pens = self._out, self._pens
        self._go(x, y)
        for text, style, _control in new:
            pen = pens.of(style)
            if pen is not self._pen:
                self._take(pen, blank=text.isspace())
            if self._column < 0:
                out.append(f"\x1b[{x + 1}G")
            out.append(text)
            if text.isascii():
                x += len(text)
                self._column = x
            else:
                x += width_of(text)
                self._column = -1

    def _middle(self, x: int, y: int, before: str, text: str, style: Style | None) -> None:
        """Draw what differs between two texts of the same width."""
        if not (text.isascii() and before.isascii()):
            self._put(x, y, text, style)
            return
        start, end = 0, len(text)
        while text[start] == before[start]:
            start += 1
        while text[end - 1] == before[end - 1]:
            end -= 1
        self._put(x + start, y, text[start:end], style)

    def _put(self, x: int, y: int, text: str, style: Style | None) -> None:
        if not text:
            return
        self._go(x, y)
        self._take(self._pens.of(style), blank=text.isspace())
        self._out.append(text)
        # A terminal may give other letters another width than we do: then say where to go on.
        self._column = x + len(text) if text.isascii() else -1

    def _go(self, x: int, y: int) -> None:
        if y != self._row:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
        elif self._column < 0:
            self._out.append(f"\x1b[{x + 1}G")
        elif x != self._column:
            self._out.append(f"\x1b[{x - self._column}C")
        self._row, self._column = y, x

    def _take(self, pen: Pen, *, blank: bool) -> None:
        codes, self._pen = self._pens.turn(self._pen, pen, blank=blank)
        if codes:
            self._out.append(codes)


def _turned(held: Pen | None, pen: Pen, blank: bool) -> tuple[str, Pen]:
    if held is None or held.attributes != pen.attributes:
        parts = ("0", pen.attributes, pen.foreground, pen.background)
        return f"\x1b[{';'.join(part for part in parts if part)}m", pen
    foreground = held.foreground if blank and pen.inkless else pen.foreground
    pairs = ((held.foreground, foreground), (held.background, pen.background))
    codes = [wanted for had, wanted in pairs if had != wanted]
    now = Pen(pen.attributes, foreground, pen.background, pen.inkless)
    return f"\x1b[{';'.join(codes)}m" if codes else "", now


def _unlike(old: Strip, new: Strip) -> bool:
    """Whether most pieces of two lines differ: then finding what they share costs more than it."""
    alike: list[bool] = list(map(eq, old, new))
    return sum(alike) * 2 < len(alike)
