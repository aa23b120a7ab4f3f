"""The kernel's word that a file changed (inotify), where there is one.

One descriptor serves all files of an event loop. It says nothing of what other machines write to
a shared file system, and a kernel has few watches to give: who waits here looks now and then.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import struct
import sys
from weakref import WeakKeyDictionary

_EVENT = struct.Struct("iIII")
_MODIFY, _ATTRIB, _MOVE_SELF, _DELETE_SELF, _IGNORED = 0x2, 0x4, 0x800, 0x400, 0x8000
_OVERFLOW = 0x4000
_FLAGS = os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)
_BUFFER = 1 << 16

REST_SECONDS = 0.02
"""Once told of a change nobody is told again for so long: a busy log changes with every line."""

_LOOPS: WeakKeyDictionary[asyncio.AbstractEventLoop, Notifier] = WeakKeyDictionary()


def watch(descriptor: int, event: asyncio.Event) -> Watch | None:
    """Have an event set whenever the open file changes; `None` where nobody would."""
    loop = asyncio.get_running_loop()
    notifier = _LOOPS.get(loop)
    if notifier is None:
        inotify = _Inotify.open()
        if inotify is None:
            return None
        notifier = _LOOPS[loop] = Notifier(loop, inotify)
    return notifier.watch(descriptor, event)


class Watch:
    """One file that is watched for one event, until `close`."""

    def __init__(self, notifier: Notifier, number: int, event: asyncio.Event) -> None:
        self.number, self.event = number, event
        self._notifier: Notifier | None = notifier

    def close(self) -> None:
        """Watch no more."""
        if self._notifier is not None:
            self._notifier.forget(self)
            self._notifier = None


class Notifier:
    """All watches of one loop; the last one to go takes the descriptor with it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, inotify: _Inotify) -> None:
        self._loop, self._inotify = loop, inotify
        self._watches: dict[int, set[Watch]] = {}
        self._resting: asyncio.TimerHandle | None = None
        loop.add_reader(inotify.descriptor, self._readable)

    def watch(self, descriptor: int, event: asyncio.Event) -> Watch | None:
        """See the function."""
        number = self._inotify.add(f"/proc/self/fd/{descriptor}")
        if number < 0:
            self._close_if_idle()
            return None
        watch = Watch(self, number, event)
        # Two watches of one file share their number.
        self._watches.setdefault(number, set()).add(watch)
        return watch

    def forget(self, watch: Watch) -> None:
        """Take a watch away."""
        watches = self._watches.get(watch.number)
        if watches is not None:
            watches.discard(watch)
            if not watches:
                del self._watches[watch.number]
                self._inotify.remove(watch.number)
        self._close_if_idle()

    def _close_if_idle(self) -> None:
        if self._watches:
            return
        if self._resting is not None:
            self._resting.cancel()
        else:
            self._loop.remove_reader(self._inotify.descriptor)
        self._inotify.close()
        _LOOPS.pop(self._loop, None)

    def _readable(self) -> None:
        for number, mask in self._inotify.events():
            told = self._watches.get(number, set())
            if mask & _OVERFLOW:
                told = set().union(*self._watches.values())
            elif mask & _IGNORED:
                # The file is gone for good; its number may be given to another.
                self._watches.pop(number, None)
            for watch in told:
                watch.event.set()
        self._loop.remove_reader(self._inotify.descriptor)
        self._resting = self._loop.call_later(REST_SECONDS, self._rested)

    def _rested(self) -> None:
        self._resting = None
        self._loop.add_reader(self._inotify.descriptor, self._readable)


class _Inotify:
    """The three system calls."""

    def __init__(self, library: ctypes.CDLL, descriptor: int) -> None:
        self._library, self.descriptor = library, descriptor

    @staticmethod
    def open() -> _Inotify | None:
        """`None` where the system has none, or none left."""
        if not sys.platform.startswith("linux"):
            return None
        library = ctypes.CDLL(None, use_errno=True)
        descriptor = library.inotify_init1(_FLAGS)
        return _Inotify(library, descriptor) if descriptor >= 0 else None

    def add(self, path: str) -> int:
        """The number of the watch, below 0 where it was refused."""
        mask = _MODIFY | _ATTRIB | _MOVE_SELF | _DELETE_SELF
        number: int = self._library.inotify_add_watch(self.descriptor, path.encode(), mask)
        return number

    def remove(self, number: int) -> None:
        """A number that is no longer watched is no error."""
        self._library.inotify_rm_watch(self.descriptor, number)

    def events(self) -> list[tuple[int, int]]:
        """Number and mask of what happened since."""
        try:
            data = os.read(self.descriptor, _BUFFER)
        except BlockingIOError:
            return []
        found, at = [], 0
        while at < len(data):
            number, mask, _, length = _EVENT.unpack_from(data, at)
            found.append((number, mask))
            at += _EVENT.size + length
        return found

    def close(self) -> None:
        """Free the descriptor and every watch of it."""
        os.close(self.descriptor)
