"""The kinds of events a life tells of, in the order they have within one moment."""

from __future__ import annotations

from typing import Final

CREATED: Final = 0
QUEUED: Final = 1
STARTING: Final = 2
RESTORED: Final = 3
RUNNING: Final = 4
RESUMED: Final = 5
SAVED: Final = 6
DETECTED: Final = 7
STOPPING: Final = 8
GIVEN_UP: Final = 9
ISOLATED: Final = 10
ENDED: Final = 11
EXTRA: Final = 15
