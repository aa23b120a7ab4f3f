"""What happened, in order: numbered changes for watches, and an index of events.

Events are not stored: two numbers say which moment of which life an event tells of, and the text
is made when somebody reads it. Of an object only the latest change counts.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from api_client.models.event import Severity
from localcloud.engine.errors import VersionExpired
from localcloud.simulator.fleet import SimNode
from localcloud.simulator.plan import Life

JOB: Final = 0
NODE: Final = 1
EVENT: Final = 2
GONE: Final = 3

EXTRA_KIND: Final = 15
FIRST_POSITION: Final = 1 << 40
"""Of the first event of a world; older ones that come later have lower positions."""

_MOST_CHANGES = 400_000

FieldValue = str | int | float | bool | None


def event_code(number: int, attempt: int, kind: int, ordinal: int = 0) -> int:
    """Which event of which life; orders events of one moment."""
    return number << 20 | min(attempt, 255) << 12 | kind << 8 | min(ordinal, 255)


@dataclass(frozen=True, slots=True)
class Extra:
    """An event no life tells of: of a node, or of a command."""

    moment: int
    code: int
    subject_kind: str
    subject_id: str
    reason: str
    message: str
    severity: Severity = Severity.INFO
    fields: dict[str, FieldValue] = field(default_factory=dict)


class Journal:
    """Versions start at 1; nothing is numbered while history is played."""

    def __init__(self, extras_after: int = 0) -> None:
        self.version = 1
        self.bulk = True
        """History is being played: nobody watches yet, and events come unsorted."""
        self.moments = array("q")
        self.codes = array("q")
        self.dropped = FIRST_POSITION
        """Events dropped at the front; positions count them."""
        self.extras: dict[int, Extra] = {}
        self.by_subject: dict[tuple[str, str], list[int]] = {}
        self._extra_count = extras_after
        self._log = array("q")
        self._first = 2
        """Version of the first entry of the log."""
        self._gone: dict[int, str] = {}
        self._subscribers: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._subscribers.append(callback)

        def stop() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return stop

    def tell(self) -> None:
        """Call back everybody who subscribed."""
        for callback in tuple(self._subscribers):
            callback()

    def job(self, life: Life) -> None:
        """A job's shown facts changed."""
        if not self.bulk and not life.dropped:
            life.version = self._write(life.number << 2 | JOB)

    def node(self, node: SimNode) -> None:
        """A node's shown facts changed."""
        if not self.bulk:
            node.version = self._write(node.index << 2 | NODE)

    def gone(self, life: Life) -> None:
        """A job is no longer listed."""
        if not self.bulk:
            self._gone[life.number] = life.name
            life.version = self._write(life.number << 2 | GONE)

    def event(self, moment: int, code: int) -> None:
        """Something happened; moments come in order unless history is being played."""
        self.moments.append(moment)
        self.codes.append(code)
        if not self.bulk:
            self._write((self.dropped + len(self.moments) - 1) << 2 | EVENT)

    def extra(
        self,
        moment: int,
        subject: tuple[str, str],
        reason: str,
        message: str,
        severity: Severity = Severity.INFO,
        **fields: FieldValue,
    ) -> None:
        """Record an event that no life tells of."""
        self._extra_count += 1
        code = event_code(self._extra_count, 0, EXTRA_KIND)
        self.extras[code] = Extra(moment, code, *subject, reason, message, severity, fields)
        self.by_subject.setdefault(subject, []).append(code)
        self.event(moment, code)

    def settle(self) -> None:
        """History is played: bring its events in order and number changes from now on."""
        moments = np.frombuffer(self.moments, dtype=np.int64)
        codes = np.frombuffer(self.codes, dtype=np.int64)
        order = np.lexsort((codes, moments))
        sorted_moments, sorted_codes = moments[order], codes[order]
        del moments, codes
        self.moments = array("q", sorted_moments.tobytes())
        self.codes = array("q", sorted_codes.tobytes())
        self.bulk = False

    def prepend(self, older: Journal) -> None:
        """Take in the settled events of what came before."""
        self.moments, self.codes = older.moments + self.moments, older.codes + self.codes
        self.dropped -= len(older.moments)
        self.extras = {**older.extras, **self.extras}
        for subject, codes in older.by_subject.items():
            self.by_subject[subject] = codes + self.by_subject.get(subject, [])

    def forget_before(self, moment: int) -> None:
        """Drop events older than a moment."""
        count = bisect_left(self.moments, moment)
        for code in self.codes[:count]:
            extra = self.extras.pop(code, None)
            if extra is not None:
                self._unlink(extra)
        del self.moments[:count], self.codes[:count]
        self.dropped += count

    def _unlink(self, extra: Extra) -> None:
        key = (extra.subject_kind, extra.subject_id)
        codes = self.by_subject[key]
        codes.remove(extra.code)
        if not codes:
            del self.by_subject[key]

    def since(self, version: int) -> Iterator[tuple[int, int, int]]:
        """(version, kind, number) of changes after a version, also of those overtaken since.

        Raises:
            VersionExpired: they are no longer remembered, or were never made.
        """
        if version < self._first - 1 or version > self.version:
            raise VersionExpired(version, self._first)
        return self._entries(version + 1 - self._first)

    def _entries(self, start: int) -> Iterator[tuple[int, int, int]]:
        for offset in range(start, len(self._log)):
            entry = self._log[offset]
            yield self._first + offset, entry & 3, entry >> 2

    def of_number(self, number: int, low: int, high: int) -> list[tuple[int, int]]:
        """Moments and codes of one life between two places of the index."""
        codes = np.frombuffer(self.codes, dtype=np.int64)[low:high]
        # A code begins with the number; those of extras begin with numbers of their own.
        places = np.nonzero((codes >> 20 == number) & (codes >> 8 & 15 != EXTRA_KIND))[0]
        found = [(self.moments[low + int(place)], int(codes[place])) for place in places]
        del codes
        return found

    def gone_name(self, number: int) -> str | None:
        return self._gone.get(number)

    def _write(self, entry: int) -> int:
        self.version += 1
        self._log.append(entry)
        if len(self._log) > _MOST_CHANGES:
            self._trim()
        return self.version

    def _trim(self) -> None:
        count = _MOST_CHANGES // 4
        for entry in self._log[:count]:
            if entry & 3 == GONE:
                self._gone.pop(entry >> 2, None)
        del self._log[:count]
        self._first += count
