"""Moving the cursor over a map of nodes."""

from __future__ import annotations

from screens.widgets.heatmap_view import MapView


class MapMoves:
    """The actions that move; a map says where its cursor is and what follows from a move."""

    _view: MapView

    @property
    def _rows(self) -> int:
        """Lines of cells that are seen at once."""
        raise TypeError("a map knows its height")

    def _moved(self) -> None:
        """The cursor is elsewhere."""
        raise TypeError("a map paints its cursor")

    def action_up(self) -> None:
        self._move(-1, 0)

    def action_down(self) -> None:
        self._move(1, 0)

    def action_out(self) -> None:
        self._move(0, -1)

    def action_into(self) -> None:
        self._move(0, 1)

    def action_top(self) -> None:
        self._go(self._view.first)

    def action_bottom(self) -> None:
        self._go(self._view.last)

    def action_page_down(self) -> None:
        self._move(self._rows, 0)

    def action_page_up(self) -> None:
        self._move(-self._rows, 0)

    def action_half_down(self) -> None:
        self._move(max(1, self._rows // 2), 0)

    def action_half_up(self) -> None:
        self._move(-max(1, self._rows // 2), 0)

    def _move(self, lines: int, cells: int) -> None:
        if self._view.move(lines, cells):
            self._moved()

    def _go(self, position: int) -> None:
        if self._view.go(position):
            self._moved()

    # Looking nearer.

    def action_zoom_in(self) -> None:
        self.zoom_in()

    def action_zoom_out(self) -> None:
        self.zoom_out()

    def zoom_in(self) -> bool:
        """Look nearer, at what is worst under the cursor; False where it cannot be nearer."""
        return self._zoomed(self._view.zoom_in())

    def zoom_out(self) -> bool:
        """Look at more; False where everything is seen."""
        return self._zoomed(self._view.zoom_out())

    @property
    def zoomed(self) -> bool:
        """Whether the map is nearer than it begins."""
        return self._view.zoomed

    def _zoomed(self, done: bool) -> bool:
        """Draw from there; tells whether there was anything to do."""
        raise TypeError("a map lays itself out")
