"""Expressions searched by `rg`, where it is installed and means the same as Python does."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from console.logs.files import FileSource
from console.logs.query import Alphabet, Query
from console.logs.source import LogError, LogSource

_TICK = 0.05
_READ = 1 << 18

_OTHERWISE = re.compile(r"\[\[|\[.*(?:&&|--|~~)|\\[<>AZ0-9]|\\b\{|\(\?[aLux-]*[aLux]")
"""What `rg` reads in another way than Python."""


class Refused(Exception):
    """`rg` cannot read the expression."""


@dataclass(slots=True)
class Ripped:
    """What `rg` told since the last time.

    Attributes:
        starts: offsets of hits, ascending.
        lines: lines they are in that had none before.
        reached: how far it has read.
        ended: it is through.
    """

    reached: int
    starts: list[int] = field(default_factory=list)
    lines: int = 0
    ended: bool = False


class Ripgrep:
    """One run of `rg` over a file."""

    def __init__(self, program: str, query: Query, source: FileSource) -> None:
        self._program, self._query, self._path = program, query, source.path
        self._file = open_again(source)
        self._process: asyncio.subprocess.Process | None = None
        self._rest = b""
        self._line = b""

    async def run(self) -> AsyncGenerator[Ripped, None]:
        """Everything it finds.

        Raises:
            Refused: before anything else.
            LogError: it could not read on.
        """
        process = await self._start()
        assert process.stdout is not None
        told = False
        try:
            while True:
                try:
                    data = await asyncio.wait_for(process.stdout.read(_READ), _TICK)
                except TimeoutError:
                    yield Ripped(self._position())
                    continue
                if not data or self._process is None:
                    break
                told = True
                yield self._read(data)
            if self._process is None:
                return
            # No hits is 1, and what is no expression, or cannot be read, is more.
            if await process.wait() > 1:
                raise LogError(self._path, "rg") if told else Refused
            yield Ripped(self._position(), ended=True)
        finally:
            await self.close()

    async def _start(self) -> asyncio.subprocess.Process:
        query = self._query
        options = ["--ignore-case"] if query.ignore_case else ["--case-sensitive"]
        if query.alphabet is Alphabet.BYTES:
            options.append("--no-unicode")
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            *("--no-config", "--text", "--encoding=none", "--color=never", "--no-heading"),
            *("--no-filename", "--line-number", "--byte-offset", "--only-matching"),
            # Where hits are is asked for, not what they are.
            *("--replace=", *options, f"--regexp={query.expression}", "-"),
            stdin=self._file,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._process

    def _read(self, data: bytes) -> Ripped:
        """Lines such as `12:3456:`: the number of the line and the offset of a hit."""
        *told, self._rest = (self._rest + data).split(b"\n")
        part = Ripped(self._position())
        for each in told:
            line, offset, _ = each.split(b":", 2)
            part.lines += line != self._line
            self._line = line
            part.starts.append(int(offset))
        return part

    def _position(self) -> int:
        """How far it has read: its place in the file is ours."""
        return os.lseek(self._file, 0, os.SEEK_CUR)

    async def close(self) -> None:
        """End it at once."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            await process.wait()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def ripgrep_for(source: LogSource, query: Query) -> Ripgrep | None:
    """An `rg` for a search, if there is one that does the same.

    Raises:
        LogError: the file cannot be read.
    """
    if query.needle or query.may_be_empty or not isinstance(source, FileSource):
        return None
    program = shutil.which("rg")
    if program is None or _OTHERWISE.search(query.expression):
        return None
    return Ripgrep(program, query, source)


def open_again(source: FileSource) -> int:
    """A descriptor with a place of its own in the very file a source reads."""
    own = Path(f"/proc/self/fd/{source.descriptor()}")
    return os.open(own if own.exists() else source.path, os.O_RDONLY | os.O_CLOEXEC)
