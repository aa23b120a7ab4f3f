"""Text measured and cut in terminal cells; whatever is in it is shown, never obeyed."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from console.text import visible

__all__ = ["cut", "fit", "visible", "width_of", "wrap"]


def width_of(text: str) -> int:
    """Terminal cells that `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells; an ellipsis stands for what is left out."""
    if width_of(text) <= width:
        return text
    if width <= 0:
        return ""
    return set_cell_size(text, width - 1).rstrip() + ellipsis


def fit(text: str, width: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells, cut or padded."""
    shown = cut(text, width, ellipsis)
    padding = " " * (width - width_of(shown))
    return padding + shown if right else shown + padding


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
        while width_of(word) > width > 1:
            head = set_cell_size(word, width).rstrip()
            lines.append(head)
            word = word[len(head) :]
        line = word
    return [*lines, line] if line or not lines else lines
