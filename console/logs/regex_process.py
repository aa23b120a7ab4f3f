"""A regular expression tried in a process of its own, which is ended when it takes too long."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from console.logs import regex_worker
from console.logs.query import Query
from console.logs.regex_worker import ANSWER, NO_LINE, PIECE, REQUEST

PATIENCE = 5.0
"""Seconds one request may take."""

_WORKER = Path(regex_worker.__file__)


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines to be searched, the last one without its end.

    Attributes:
        offset: of the first byte, in the log.
        data: the lines.
        first: position in `data` from which hits count; what is before is there to be seen.
        limit: position from which they count no more.
        line: offset of the line it begins in, where that began before.
    """

    offset: int
    data: bytes
    first: int = 0
    limit: int = sys.maxsize
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found.

    Attributes:
        starts: offsets in the log, ascending.
        ends: the ones behind the last byte of each.
        lines: how many lines they are in.
        slow_lines: lines the expression took too long on, and was stopped.
        slow_bytes: bytes that were therefore not searched.
    """

    starts: Sequence[int] = field(default_factory=lambda: array("Q"))
    ends: Sequence[int] = field(default_factory=lambda: array("Q"))
    lines: int = 0
    slow_lines: int = 0
    slow_bytes: int = 0


class TooSlow(Exception):
    """The expression did not come to an end, and its process was ended."""


class RegexProcess:
    """Starts with the first request; one request at a time."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._process: asyncio.subprocess.Process | None = None
        self._busy = False
        self._hit_line = NO_LINE

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    async def match(self, pieces: Sequence[Piece], patience: float | None = None) -> Matches:
        """The hits in these pieces, in their order.

        Raises:
            TooSlow: it took longer than `patience` seconds.
        """
        patience = PATIENCE if patience is None else patience
        process = self._process or await self._start()
        try:
            async with asyncio.timeout(patience):
                return await self._ask(process, pieces)
        except TimeoutError as error:
            raise TooSlow from error
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            # It was ended from outside, or ran out of memory.
            raise TooSlow from error
        finally:
            # Whoever is stopped in the middle of an answer leaves nothing that can go on.
            if self._process is not None and self._busy:
                await self.close()

    async def _ask(self, process: asyncio.subprocess.Process, pieces: Sequence[Piece]) -> Matches:
        assert process.stdin is not None and process.stdout is not None
        self._busy = True
        heads = b"".join(
            PIECE.pack(
                each.offset,
                len(each.data),
                each.first,
                each.limit,
                each.offset if each.line is None else each.line,
            )
            for each in pieces
        )
        count = REQUEST.pack(len(pieces), self._hit_line)
        process.stdin.writelines([count, heads, *(piece.data for piece in pieces)])
        await process.stdin.drain()
        answer = await process.stdout.readexactly(ANSWER.size)
        count, lines, slow_lines, slow_bytes, self._hit_line = ANSWER.unpack(answer)
        starts, ends = array("Q"), array("Q")
        starts.frombytes(await process.stdout.readexactly(8 * count))
        ends.frombytes(await process.stdout.readexactly(8 * count))
        self._busy = False
        return Matches(starts, ends, lines, slow_lines, slow_bytes)

    async def _start(self) -> asyncio.subprocess.Process:
        query = self._query
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-S",
            os.fspath(_WORKER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Keys pressed for the console are not for it.
            start_new_session=True,
        )
        assert process.stdin is not None
        whole, alphabet = int(query.within_lines), int(query.alphabet)
        head = f"{int(query.flags)} {whole} {alphabet} {query.expression.encode().hex()}\n"
        process.stdin.write(head.encode())
        self._process, self._busy = process, False
        return process

    async def close(self) -> None:
        """End the process at once."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                # Not `process.kill`, which may take its end from those who wait for it.
                os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()
