"""When the garbage collector works: young objects often and briefly, the others while no key is
pressed, and everything while nobody is there.

A look at everything that a large tenant keeps takes a third of a second, and a look at fifty
thousand young objects a tenth. The framework's caches of painted lines are garbage that reference
counts cannot free, so the collector cannot be left out.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import Final

YOUNG: Final = 2_000
MIDDLE_AGED: Final = 5
"""New objects until the young are looked at (about a millisecond), and such looks until those
that outlived one are."""

NEVER: Final = 1 << 30

PAUSE_SECONDS: Final = 5.0
REST_SECONDS: Final = 300.0
"""After so long without a key, and so long after the last time, what is newer is looked at."""

SOON_SECONDS: Final = 20.0
MANY: Final = 20
"""So soon after the last time where so many looks at the middle-aged say that much is new: a
listing read again leaves tens of megabytes behind."""

AWAY_SECONDS: Final = 60.0
WHOLE_SECONDS: Final = 3600.0
"""After so long without a key, and so long after the last time, everything is looked at."""


def collect(whole: bool) -> None:
    """Look at what came since the last time, or at everything; what is left is old from now on."""
    if whole:
        gc.unfreeze()
    gc.collect()
    gc.freeze()
    return_memory()


def keep_large_blocks_apart() -> None:
    """Let large blocks go back to the system when they are freed.

    The C library begins to keep them once one was freed: tables of a hundred thousand keys that
    grow then leave holes of megabytes behind. Elsewhere than on glibc nothing is changed.
    """
    _call("mallopt", _MMAP_THRESHOLD, _LARGE_BYTES)


def return_memory() -> None:
    """Hand what is free at the end of the heap and in whole pages back to the system."""
    _call("malloc_trim", 0)


_MMAP_THRESHOLD: Final = -3
"""`M_MMAP_THRESHOLD` of malloc.h."""
_LARGE_BYTES: Final = 128 * 1024


def _call(name: str, *numbers: int) -> None:
    if sys.platform != "linux":
        return
    import ctypes  # Loaded after the first frame: most runs of the command line need it never.

    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*numbers)


class Collector:
    """Decides when the process looks for garbage.

    Args:
        clock: seconds that only grow.
        collect: looks for it; told whether at everything.
        much: whether much has come since the last time.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        collect: Callable[[bool], None] = collect,
        much: Callable[[], bool] = lambda: gc.get_count()[2] >= MANY,
    ) -> None:
        self._clock, self._collect, self._much = clock, collect, much
        self._heard = self._collected = self._whole = clock()

    def start(self) -> None:
        """Begin; what is there by now is old."""
        keep_large_blocks_apart()
        gc.freeze()
        gc.enable()
        gc.set_threshold(YOUNG, MIDDLE_AGED, NEVER)

    def heard(self) -> None:
        """Somebody is there."""
        self._heard = self._clock()

    def look(self) -> None:
        """Look for garbage if it is time and nobody would feel it."""
        now = self._clock()
        silent = now - self._heard
        if silent >= AWAY_SECONDS and now - self._whole >= WHOLE_SECONDS:
            self._collect(True)
            self._collected = self._whole = now
        elif silent >= PAUSE_SECONDS and now - self._collected >= self._rest():
            self._collect(False)
            self._collected = now

    def _rest(self) -> float:
        return SOON_SECONDS if self._much() else REST_SECONDS
