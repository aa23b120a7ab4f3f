"""A compositor that paints and tells everything a layout changed.

The framework arranges a screen early when somebody asks where a new widget is, and the layout
that follows compares itself with that: what is new to neither is never painted and never hears
its size (textual 8.2.8, `Compositor.full_map` and `Compositor.reflow`). A `:` line that was asked
for its cursor stayed invisible so, and a view kept the shape of a narrow terminal.
"""

from __future__ import annotations

from typing import TypeVar

from textual._compositor import Compositor, ReflowResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

T = TypeVar("T")


class WholeCompositor(Compositor):
    """Compares a layout with the last layout, whatever was arranged in between."""

    def __init__(self) -> None:
        super().__init__()
        self._laid_out = self._full_map

    def clear(self) -> None:
        super().clear()
        self._laid_out.clear()

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        self._full_map = self._laid_out
        result = super().reflow(parent, size)
        self._laid_out = self._full_map
        return result


class WholeScreen(Screen[T]):
    """A screen laid out so."""

    def __init__(
        self,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name, id, classes)
        self._compositor = WholeCompositor()
