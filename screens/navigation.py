"""Where the person is, where they were, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from screens.places import place_of

HISTORY_KEPT = 100


@dataclass(frozen=True, slots=True)
class Location:
    """A view, the object it shows, and the filter over it."""

    view: str
    key: str = ""
    filter: str = ""
    detail: str = ""
    """What inside the object: a worker's rank for logs, a tab of a job."""
    arranged: str = ""
    """The saved view a list is shown as, as its query; empty as the list was left."""


@dataclass
class Navigator:
    """A browser-like history of locations. The current location is always `here`."""

    here: Location = Location("overview")
    _back: list[Location] = field(default_factory=list)
    _forward: list[Location] = field(default_factory=list)

    @property
    def at_top(self) -> bool:
        """Whether a place is open rather than one object inside it."""
        return place_of(self.here.view) == self.here.view

    def go(self, location: Location) -> None:
        """Open a location; what was ahead is forgotten."""
        if location == self.here:
            return
        self._back.append(self.here)
        del self._back[:-HISTORY_KEPT]
        self._forward.clear()
        self.here = location

    def amend(self, **changes: str) -> None:
        """Change the current location in place (a filter typed, a tab opened)."""
        self.here = replace(self.here, **changes)

    def back(self) -> bool:
        """Go one step back; False at the start."""
        if not self._back:
            return False
        self._forward.append(self.here)
        self.here = self._back.pop()
        return True

    def forward(self) -> bool:
        """Go one step forward; False at the end."""
        if not self._forward:
            return False
        self._back.append(self.here)
        self.here = self._forward.pop()
        return True

    def last_view(self) -> bool:
        """Swap with the location before this one, as `cd -` does."""
        if not self._back:
            return False
        self._back[-1], self.here = self.here, self._back[-1]
        return True
