"""When the garbage collector works: young objects often and briefly, all of them while nobody is
there.

A look at everything that a large tenant keeps takes a third of a second, and a look at fifty
thousand young objects a tenth. What reference counts cannot free is little.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Final

YOUNG: Final = 2_000
MIDDLE_AGED: Final = 5
"""New objects until the young are looked at (about a millisecond), and such looks until those
that outlived one are."""

NEVER: Final = 1 << 30

AWAY_SECONDS: Final = 60.0
"""A person who has pressed nothing for so long feels no pause."""

REST_SECONDS: Final = 600.0
"""Between two looks at everything."""


class Collector:
    """Decides when the process looks for garbage.

    Args:
        clock: seconds that only grow.
        collect: looks at everything.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        collect: Callable[[], object] = gc.collect,
    ) -> None:
        self._clock, self._collect = clock, collect
        self._heard = self._collected = clock()

    def start(self) -> None:
        """Begin; what is there by now stays, and is never looked at."""
        gc.freeze()
        gc.enable()
        gc.set_threshold(YOUNG, MIDDLE_AGED, NEVER)

    def heard(self) -> None:
        """Somebody is there."""
        self._heard = self._clock()

    def look(self) -> None:
        """Look at everything if it is time and nobody is there."""
        now = self._clock()
        if now - self._heard >= AWAY_SECONDS and now - self._collected >= REST_SECONDS:
            self._collect()
            self._collected = self._clock()
