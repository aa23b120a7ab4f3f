"""What is remembered of the bytes told of a file, to see whether it was written anew."""

from __future__ import annotations

from console.logs.open_file import OpenFile

SHORT = 1 << 20
"""A file that shrank to no more than this is told from its start: cheap, and always right."""

_MARK = 64
_MOST = 32
_FIRST_GAP = 1 << 20


class Trail:
    """Marks in the bytes before `position`; the last of them end there.

    A writer that empties a file and writes it again may have passed our place before we look:
    the size alone does not tell.
    """

    def __init__(self) -> None:
        self.position = 0
        self.last = b""
        """The bytes before the position, a few."""
        self._marks: list[tuple[int, bytes]] = []
        self._gap = _FIRST_GAP

    async def begin(self, file: OpenFile, position: int) -> None:
        """Start at a place of a file none of whose bytes were told.

        Raises:
            LogError: it cannot be read.
        """
        self.position, self._gap = position, max(_FIRST_GAP, position // (_MOST // 2))
        self._marks = []
        if position > SHORT:
            for at in range(0, position - _MARK, self._gap):
                self._marks.append((at, await file.read(at, _MARK)))
        self.last = await file.read(max(0, position - _MARK), min(position, _MARK))

    def told(self, data: bytes) -> None:
        """The bytes after the position were told."""
        if not self._marks or self.position >= self._marks[-1][0] + self._gap:
            self._marks.append((self.position, data[:_MARK]))
        if len(self._marks) > _MOST:
            self._marks = self._marks[::2]
            self._gap *= 2
        self.position += len(data)
        self.last = data[-_MARK:] if len(data) >= _MARK else (self.last + data)[-_MARK:]

    async def kept(self, file: OpenFile, size: int) -> int:
        """How much of what was told still stands in a file of that size.

        Raises:
            LogError: it cannot be read.
        """
        if size <= SHORT:
            return 0
        good = 0
        for at, mark in self._marks:
            if at + len(mark) > size:
                break
            if await file.read(at, len(mark)) != mark:
                return good
            good = at + len(mark)
        at = self.position - len(self.last)
        if size < self.position:
            return size
        return good if await file.read(at, len(self.last)) != self.last else self.position

    def cut(self, position: int, last: bytes) -> None:
        """Forget what stood from a place on."""
        self.position, self.last = position, last
        self._marks = [(at, mark) for at, mark in self._marks if at + len(mark) <= position]
