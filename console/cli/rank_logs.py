"""`qd jobs logs --all-ranks`: the logs of all workers as one, in the order of time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from api_client.errors import CloudError, NotFound
from api_client.models.job import Job, LogChunk, Worker
from console.cli.exits import sentence_of
from console.cli.log_sink import LogSink
from console.cli.log_tail import Chosen, start_of
from console.cli.opening import Open
from console.logs.fold import Fold
from console.logs.fold_stream import FoldStream
from console.logs.held_back import HeldBack
from console.logs.line_keys import rank_of
from console.logs.placing import Placed
from console.logs.rank_stream import RankStream
from console.logs.ranks import AT_ONCE, RankReader
from console.logs.tracked import Tracked
from console.present.ranges import ranges_text
from console.present.states import job_face
from console.present.units import moment_text

_TICK = 0.1
_HOLD = 0.5
"""Seconds a followed line waits for lines of other ranks that belong before it."""
_ROUNDS = 1.25
"""It waits for so many looks at the others."""
_FOLLOWED_WINDOW = 2_000_000
"""Microseconds a followed line waits for those who say the same."""
_SILENCE_EVERY = 2.0
_QUIET = 3.0
"""Seconds without a line after which nothing that came is held back, or an ended job is read."""


async def show_ranks(opening: Open, chosen: Chosen) -> None:
    """Show every rank's log; follow them all where that is asked for.

    Raises:
        CloudError: the job cannot be read, or the log of a rank; the others are shown.
    """
    logs = await opening.provider("logs.read")
    workers = _Workers(opening, chosen)
    tracked = [Tracked(worker, worker.attempt) for worker in await workers()]

    async def read(each: Tracked, start: int, length: int) -> LogChunk:
        chunk: LogChunk = await logs.read_log(
            chosen.job, each.worker.rank, attempt=each.attempt, start=start, length=length
        )
        return chunk

    starts = await _starts(logs, chosen, tracked)
    stream = RankStream(read, starts, now=opening.session.now, whole=not chosen.follow)
    out = _Out(chosen)
    async for batch in stream.batches():
        out.put(batch)
    if chosen.follow:
        sink = HeldBack(stream.lines)
        reader = RankReader(logs, chosen.job, workers, sink, now=opening.session.now)
        reader.ranks = {each.worker.rank: each for each in tracked}
        await _follow(opening, chosen, reader, sink, out)
        stream.errors.update(reader.errors)
    out.end()
    _tell(opening, stream.errors)


class _Workers:
    """Asks for the workers whose logs are wanted."""

    def __init__(self, opening: Open, chosen: Chosen) -> None:
        self._opening, self._chosen = opening, chosen

    async def __call__(self) -> Sequence[Worker]:
        provider = await self._opening.provider("jobs.read")
        name, attempt = self._chosen.job, self._chosen.attempt
        found: Sequence[Worker] = await provider.workers(name, all_attempts=attempt is not None)
        return [each for each in found if attempt is None or each.attempt == attempt]


async def _starts(
    logs: Any, chosen: Chosen, tracked: Sequence[Tracked]
) -> list[tuple[Tracked, int]]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def start(each: Tracked) -> int:
        if not chosen.tail and not chosen.last_bytes:
            return 0
        async with gate:
            try:
                return await start_of(logs, chosen, each.worker.rank, each.attempt)
            except NotFound:
                # A worker that never started has no log.
                return 0

    ready = [each for each in tracked if not each.waiting]
    return list(zip(ready, await asyncio.gather(*map(start, ready)), strict=True))


class _Out:
    """Prints lines with their ranks, folded where that is asked for."""

    def __init__(self, chosen: Chosen) -> None:
        self._pattern = chosen.pattern
        self._sink = LogSink()
        window = {"window": _FOLLOWED_WINDOW} if chosen.follow else {}
        self._folds = FoldStream(**window) if chosen.fold else None
        self._last = time.monotonic()

    def put(self, lines: Iterable[Placed]) -> None:
        """Take lines in order."""
        wanted = [
            (key, raw.removesuffix(b"\n"))
            for key, raw in lines
            if self._pattern is None or self._pattern.search(raw.removesuffix(b"\n"))
        ]
        if wanted:
            self._last = time.monotonic()
        if self._folds is None:
            self._sink.lines((f"[{rank_of(key)}] ", raw) for key, raw in wanted)
        elif wanted:
            self._print(self._folds.add(wanted))

    @property
    def quiet(self) -> bool:
        """Whether nothing came for a while."""
        return time.monotonic() - self._last > _QUIET

    def rest(self) -> None:
        """Hold nothing back any longer."""
        if self._folds is not None:
            self._print(self._folds.flush())

    def end(self) -> None:
        """Nothing more comes."""
        self.rest()
        self._sink.end()

    def _print(self, folds: Iterable[Fold]) -> None:
        self._sink.lines((_prefix(fold), raw) for fold in folds for _, raw in fold.lines)


def _prefix(fold: Fold) -> str:
    many = f" x{len(fold.ranks)}" if len(fold.ranks) > 1 else ""
    return f"[{ranges_text(fold.ranks)}{many}] "


async def _follow(
    opening: Open, chosen: Chosen, reader: RankReader, sink: HeldBack, out: _Out
) -> None:
    following = asyncio.create_task(reader.follow())
    watch = _JobWatch(opening, chosen, reader)
    try:
        while not following.done():
            await asyncio.sleep(_TICK)
            hold = max(_HOLD, _ROUNDS * reader.round_seconds)
            out.put(sink.release(time.monotonic() - hold))
            if out.quiet:
                out.rest()
            if await watch.over(out.quiet):
                return
        following.result()
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        out.put(sink.release())


class _JobWatch:
    """Says when there is nothing more to follow, and what is waited for until then."""

    def __init__(self, opening: Open, chosen: Chosen, reader: RankReader) -> None:
        self._opening, self._chosen, self._reader = opening, chosen, reader
        self._told = ""
        self._attempt = self._latest()
        self._silent: dict[int, datetime] = {}
        self._next = self._next_silence = 0.0

    async def over(self, quiet: bool) -> bool:
        """Whether the job ended and its logs are read."""
        self._tell_attempt()
        self._tell_silent()
        waiting = all(each.waiting for each in self._reader.ranks.values())
        if time.monotonic() < self._next or not (self._reader.all_done or waiting or quiet):
            return False
        self._next = time.monotonic() + 0.5
        provider = await self._opening.provider("jobs.read")
        job: Job = await provider.job(self._chosen.job)
        if waiting:
            self._tell_waiting(job)
        stays = self._chosen.attempt is not None and not waiting
        if not job.state.ended and not stays:
            return False
        await self._reader.refresh()
        return self._reader.all_done or (quiet and job.state.ended)

    def _latest(self) -> int:
        return max((each.attempt for each in self._reader.ranks.values()), default=0)

    def _tell_attempt(self) -> None:
        if (latest := self._latest()) > self._attempt:
            self._attempt = latest
            name = self._chosen.job
            self._opening.cli.tell("cli.logs.attempts", name=name, attempt=latest)

    def _tell_silent(self) -> None:
        """Say once of each rank that it stopped talking; again when it spoke in between."""
        if time.monotonic() < self._next_silence:
            return
        self._next_silence = time.monotonic() + _SILENCE_EVERY
        silent = {each.rank: each.since for each in self._reader.voices.silent()}
        fresh = [rank for rank, since in silent.items() if self._silent.get(rank) != since]
        self._silent = silent
        if fresh:
            since = moment_text(min(silent[rank] for rank in fresh), self._opening.present())
            ranks = ranges_text(fresh)
            self._opening.cli.tell("cli.logs.silent", ranks=ranks, since=since)

    def _tell_waiting(self, job: Job) -> None:
        why = job.reason or job_face(job.state, self._opening.present(), job.native).word
        if why != self._told and not job.state.ended:
            self._told = why
            self._opening.cli.tell("cli.logs.waiting", name=job.name, why=why)


def _tell(opening: Open, errors: dict[int, CloudError]) -> None:
    """Say which ranks are missing; the first of the errors is how the command ends."""
    for rank, error in sorted(errors.items())[1:]:
        why = sentence_of(error, opening.cli)
        opening.cli.tell("cli.logs.rank_failed", rank=rank, why=why)
    if errors:
        raise min(errors.items())[1]
