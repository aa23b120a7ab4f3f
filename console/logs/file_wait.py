"""When to look at a followed file again: told by the kernel, else by the clock."""

from __future__ import annotations

import asyncio
import time

from console.logs import notify
from console.logs.open_file import OpenFile

FASTEST = 0.01
SLOWEST = 0.25
"""Seconds between two looks at a file that nobody tells us about."""
_PER_QUIET_SECOND = 0.02
"""Such a file is looked at the more rarely the longer nothing came."""
_CHECK = 2.0
"""Seconds after which a file is looked at although nobody told of a change."""
_MISSES = 2
_BUSY = 2 * notify.REST_SECONDS


class Wait:
    """Waits for one file after the other; `close` ends the watch."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._watch: notify.Watch | None = None
        self._moved = time.monotonic()
        self._apart = _BUSY
        """Seconds between the last two looks that found anything."""
        self._told: bool | None = None
        """Whether the kernel told of what the next look finds; `None` where it was not waited."""
        self._missed = 0

    def on(self, file: OpenFile) -> None:
        """Wait for this file from now on."""
        self.close()
        self._event.clear()
        self._missed = 0
        self._watch = notify.watch(file.descriptor, self._event)

    def close(self) -> None:
        """Wait for nothing any more."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def looked(self, changed: bool) -> None:
        """Say whether the last look found anything new."""
        if not changed:
            return
        now = time.monotonic()
        self._apart, self._moved = now - self._moved, now
        if self._watch is None or self._told is None:
            return
        if self._told:
            self._missed = 0
            return
        # Another machine writes it, or through a map of memory: nobody tells us of that.
        self._missed += 1
        if self._missed >= _MISSES:
            self.close()

    async def __call__(self, *, soon: bool = False) -> None:
        """Until something happened or it is time to look.

        Args:
            soon: the file was moved, or another one is in its place.
        """
        quiet = time.monotonic() - self._moved
        if quiet < _BUSY and self._apart < _BUSY:
            # Cheaper than to be told, and the kernel tells of a busy file only now and then.
            await asyncio.sleep(FASTEST)
            self._told = None
            self._event.clear()
            return
        pause = min(max(quiet * _PER_QUIET_SECOND, FASTEST), SLOWEST)
        if self._watch is not None and not soon:
            pause = min(max(quiet, SLOWEST), _CHECK)
        try:
            async with asyncio.timeout(pause):
                await self._event.wait()
        except TimeoutError:
            self._told = False
        else:
            self._told = True
            self._event.clear()
