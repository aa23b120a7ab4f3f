"""Text measured and cut in terminal cells; whatever is in it is shown, never obeyed."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

from console.text import visible

__all__ = ["column_text", "cut", "fit", "plain", "shown_in", "visible", "width_of", "wrap"]

_UNSTEADY = re.compile(
    "[\u200c\u200d\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff]"
)
"""Characters that join or change others: no two terminals agree on how many cells they take."""

_FIRST_REGIONAL = 0x1F1E6


def plain(text: str) -> bool:
    """Whether every character is one cell wide and does nothing to a terminal."""
    return text.isascii() and text.isprintable()


def shown_in(width: int, text: str) -> str:
    """Untrusted text made safe and steady for a cell of a list, of about `width` cells.

    However long it is only its beginning is looked at, and what terminals measure differently is
    taken apart, so that the columns after it stand where they should.
    """
    if plain(text):
        return text
    # A cell holds a character and its accents; the one more is what the ellipsis stands for.
    most = 4 * width + 16
    if len(text) > most:
        text = text[:most] + "  " * width
    text = _UNSTEADY.sub(_apart, text)
    return text if text.isprintable() else visible(text)


def _apart(found: re.Match[str]) -> str:
    step = ord(found[0]) - _FIRST_REGIONAL
    return chr(ord("A") + step) if 0 <= step < 26 else ""


def width_of(text: str) -> int:
    """Terminal cells that `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells; an ellipsis stands for what is left out."""
    text = _beginning(text, width)
    if width_of(text) <= width:
        return text
    if width <= 0:
        return ""
    return set_cell_size(text, width - 1).rstrip() + ellipsis


def _beginning(text: str, width: int) -> str:
    """What decides how `text` is cut: measuring the rest of a long one costs by its square."""
    few = text[: 4 * max(width, 0) + 64]
    return few if len(few) < len(text) and width_of(few) > width else text


def fit(text: str, width: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells, cut or padded."""
    shown = cut(text, width, ellipsis)
    padding = " " * (width - width_of(shown))
    return padding + shown if right else shown + padding


def column_text(text: str, width: int, *, right: bool, ellipsis: str) -> str:
    """Safe text in exactly `width` cells, in the shortest time where it is plain and short."""
    if len(text) <= width and text.isascii():
        return text.rjust(width) if right else text.ljust(width)
    return _column_text(text, width, right, ellipsis)


@lru_cache(4096)
def _column_text(text: str, width: int, right: bool, ellipsis: str) -> str:
    return fit(text, width, right=right, ellipsis=ellipsis)


def wrap(text: str, width: int) -> list[str]:
    """`text` broken at blanks into lines of at most `width` cells; a long word is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if width_of(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        while width > 1 and width_of(few := _beginning(word, width)) > width:
            head = set_cell_size(few, width).rstrip() or few[0]
            lines.append(head)
            word = word[len(head) :]
        line = word
    return [*lines, line] if line or not lines else lines
