"""Logs of many ranks merged while they are read piece by piece."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from api_client.errors import NotFound, Unavailable
from api_client.models.job import LogChunk, Worker, WorkerState
from console.logs.fold_stream import FoldStream
from console.logs.line_keys import rank_of
from console.logs.placing import Placed
from console.logs.rank_stream import RankStream
from console.logs.tracked import Tracked

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Stored:
    """Logs in memory that answer with at most so many bytes."""

    def __init__(self, logs: Mapping[int, bytes], piece: int = 1 << 20) -> None:
        self.logs, self.piece = dict(logs), piece
        self.broken: set[int] = set()

    async def read(self, tracked: Tracked, start: int, length: int) -> LogChunk:
        await asyncio.sleep(0)
        rank = tracked.worker.rank
        if rank in self.broken:
            raise Unavailable(f"read the log of rank {rank}")
        if rank not in self.logs:
            raise NotFound(f"read the log of rank {rank}")
        log = self.logs[rank]
        data = log[start:][: min(length, self.piece)]
        return LogChunk(start=start, data=data, total=len(log))

    def stream(self, ranks: int, *, whole: bool = True) -> RankStream:
        workers = [
            Worker(job="demo", rank=rank, attempt=0, state=WorkerState.RUNNING)
            for rank in range(ranks)
        ]
        starts = [(Tracked(worker, 0), 0) for worker in workers]
        return RankStream(self.read, starts, now=lambda: T0 + timedelta(hours=1), whole=whole)


async def _all(stream: RankStream) -> list[Placed]:
    return [line for batch in [batch async for batch in stream.batches()] for line in batch]


def stamped(seconds: float, text: str) -> bytes:
    moment = T0 + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {text}\n".encode()


_line = st.one_of(
    st.integers(-3000, 3000).map(lambda second: stamped(second, "x")),
    st.sampled_from([b"  more\n", b"\n", b"no time\n", b"\xff\r\x00\n"]),
)
_log = st.tuples(st.lists(_line, max_size=15).map(b"".join), st.sampled_from([b"", b"rest"]))


@given(st.lists(_log.map(b"".join), min_size=1, max_size=5), st.integers(1, 200))
@settings(max_examples=150, deadline=None)
def test_every_byte_of_every_rank_once_in_its_order(logs: list[bytes], piece: int) -> None:
    stored = Stored(dict(enumerate(logs)), piece)
    lines = asyncio.run(_all(stored.stream(len(logs))))
    keys = [key for key, _ in lines]
    assert keys == sorted(set(keys))
    for rank, log in enumerate(logs):
        assert b"".join(raw for key, raw in lines if rank_of(key) == rank) == log


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=30), st.integers(2, 4))
@settings(max_examples=100, deadline=None)
def test_folds_of_a_stream_hold_every_line_once(seconds: list[int], ranks: int) -> None:
    logs = {
        rank: b"".join(stamped(s + rank / 10, f"said {s}") for s in sorted(seconds))
        for rank in range(ranks)
    }
    lines = asyncio.run(_all(Stored(logs).stream(ranks)))
    folder = FoldStream()
    folds = [fold for at in range(0, len(lines), 7) for fold in folder.add(lines[at : at + 7])]
    folds += folder.flush()
    assert Counter(key for fold in folds for key in fold.members) == Counter(
        key for key, _ in lines
    )
    assert [fold.key for fold in folds] == sorted(fold.key for fold in folds)
    assert {len(fold.ranks) for fold in folds} == {ranks}


async def test_who_has_no_log_or_a_broken_one_does_not_stop_the_others() -> None:
    stored = Stored({0: stamped(1, "a"), 2: stamped(2, "b"), 3: stamped(3, "c")})
    stored.broken = {2}
    stream = stored.stream(4)
    assert [raw.split()[-1] for _, raw in await _all(stream)] == [b"a", b"c"]
    assert sorted(stream.errors) == [2]


async def test_the_start_of_a_line_that_still_grows_is_left_to_who_follows() -> None:
    stored = Stored({0: stamped(1, "a") + b"half"})
    stream = stored.stream(1, whole=False)
    assert len(await _all(stream)) == 1
    assert stream.lines[0].end == len(stored.logs[0])
    assert stream.lines[0].feed(b" a line\n", 0)[0][1] == b"half a line\n"


async def test_stopping_early_leaves_no_reading_behind() -> None:
    stored = Stored({rank: stamped(rank, "x") * 5000 for rank in range(3)}, 1000)
    batches = stored.stream(3).batches()
    assert await anext(batches)
    await batches.aclose()  # type: ignore[attr-defined]
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left
