"""Nodes and their slots laid out in lines of a given width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class SlotState(StrEnum):
    """What is known of one accelerator besides its utilisation."""

    FREE = "free"
    USED = "used"
    FAILED = "failed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One accelerator: `share` of its use from 0 to 1, `None` where it is not measured."""

    state: SlotState
    share: float | None = None


@dataclass(frozen=True, slots=True)
class HeatNode:
    """One node; `note` describes it in words when the cursor is on it."""

    key: str
    label: str
    cells: tuple[HeatCell, ...]
    note: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class HeatLayout:
    """How many nodes stand in one line and how wide each is."""

    per_line: int
    label: int
    cells: int

    @property
    def node_width(self) -> int:
        """Cells of the terminal one node takes, the gap after it included."""
        return self.label + 1 + self.cells + 2

    def place(self, index: int) -> tuple[int, int]:
        """Line and first column of a node."""
        return index // self.per_line, index % self.per_line * self.node_width

    def index_at(self, line: int, x: int) -> int:
        """The node drawn there; it may be past the last one."""
        return line * self.per_line + min(self.per_line - 1, x // self.node_width)


def heat_layout(nodes: Sequence[HeatNode], width: int, label_width: int) -> HeatLayout:
    """As many nodes a line as fit, at least one; labels give way before slots do."""
    cells = max((len(node.cells) for node in nodes), default=1)
    label = max(2, min(label_width, width - cells - 3))
    return HeatLayout(max(1, width // (label + cells + 3)), label, cells)
