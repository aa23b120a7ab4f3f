"""Logs of many workers read and followed over real HTTP."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api_client.errors import CloudError, Unavailable
from api_client.models.job import JobSpec, LogChunk
from api_client.providers.tenant import TenantProvider
from api_client.transport import Transport
from console.logs.held_back import HeldBack
from console.logs.merge import MergedLog
from console.logs.rank_stream import RankStream
from console.logs.rank_window import RankWindow
from console.logs.ranks import RankReader
from console.logs.tracked import Tracked
from localcloud.engine.protocol import RunOrder
from localcloud.server.app import create_app
from localcloud.server.context import ServerState
from localcloud.simulator.cloud import SimulatedCloud
from tests.localcloud.server.serving import ONCE, Served, listening, serving
from tests.localcloud.simulator.small import pass_time, quiet


class Counting:
    """A provider whose log requests are counted, and of some ranks refused."""

    def __init__(self, provider: TenantProvider) -> None:
        self.provider = provider
        self.requests = 0
        self.at_once = self.most_at_once = 0
        self.refused: set[int] = set()
        self.breaks = 0
        """So many streams break after their first piece."""

    async def read_log(
        self,
        job: str,
        rank: int,
        *,
        attempt: int | None = None,
        start: int = 0,
        length: int = 65_536,
    ) -> LogChunk:
        if rank in self.refused:
            raise Unavailable(f"read the log of rank {rank}")
        self.requests += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self.provider.read_log(
                job, rank, attempt=attempt, start=start, length=length
            )
        finally:
            self.at_once -= 1

    async def follow_log(
        self, job: str, rank: int, *, attempt: int | None = None, start: int = 0
    ) -> AsyncIterator[LogChunk]:
        if rank in self.refused:
            raise Unavailable(f"follow the log of rank {rank}")
        async for chunk in self.provider.follow_log(job, rank, attempt=attempt, start=start):
            yield chunk
            if self.breaks:
                self.breaks -= 1
                raise Unavailable(f"follow the log of rank {rank}")


class Trained:
    """A job of four workers whose logs a test writes."""

    def __init__(self, served: Served, orders: dict[int, RunOrder]) -> None:
        self.served, self.orders = served, orders
        self.logs = Counting(served.provider)
        self.written: dict[int, bytes] = {rank: b"" for rank in orders}

    def write(self, rank: int, data: bytes) -> None:
        with open(self.orders[rank].log_path, "ab") as log:
            log.write(data)
        self.written[rank] += data
        node = self.served.node_of(self.orders[rank])
        run = self.orders[rank].id
        update = {"log_bytes": len(self.written[rank])}
        node.runs[run] = node.runs[run].model_copy(update=update)
        node.beat()

    def say(self, rank: int, text: str, moment: datetime | None = None) -> None:
        now = moment or datetime.now(UTC)
        self.write(rank, f"{now:%Y-%m-%d %H:%M:%S.%f} {text}\n".encode())

    def reader(self, sink: MergedLog | HeldBack, streams: int = 6) -> RankReader:
        return RankReader(
            self.logs,
            "demo",
            lambda: self.served.provider.workers("demo"),
            sink,
            now=lambda: datetime.now(UTC),
            streams=streams,
        )


@pytest.fixture
async def trained(tmp_path: Path) -> AsyncIterator[Trained]:
    async with serving(tmp_path / "cloud") as served:
        served.cloud.create_job(JobSpec(name="demo", command="true", workers=4), "tester")
        await served.until(lambda: served.cloud.job("demo").state == "RUNNING")
        orders = {int(o.env["RANK"]): o for node in served.nodes for o in node.orders.values()}
        yield Trained(served, orders)


async def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        await asyncio.sleep(0.01)


def of_rank(merged: MergedLog, rank: int) -> bytes:
    lines = [merged.raw(at) + b"\n" for at in range(len(merged)) if merged.rank(at) == rank]
    return b"".join(lines)


async def test_ends_are_read_first_and_then_what_grows(trained: Trained) -> None:
    for rank in range(4):
        trained.say(rank, f"hello {rank}")
    merged = MergedLog()
    reader = trained.reader(merged, streams=0)
    await reader.ends()
    assert len(merged) == 4 and trained.logs.requests == 4
    for rank in (3, 1):
        trained.say(rank, f"more {rank}")
    await reader.look()
    # Only who wrote is read.
    assert trained.logs.requests == 6
    assert [merged.rank(at) for at in range(4, 6)] == [3, 1]
    await reader.look()
    assert trained.logs.requests == 6
    await reader.close()


@pytest.mark.parametrize("streams", [0, 6])
async def test_lines_are_followed_to_the_end_of_the_workers(trained: Trained, streams: int) -> None:
    merged = MergedLog()
    reader = trained.reader(merged, streams)
    await reader.ends()
    following = asyncio.create_task(reader.follow())
    try:
        for step in range(3):
            for rank in range(4):
                trained.say(rank, f"step {step}")
        await until(lambda: len(merged) == 12)
        trained.write(2, b"last words without an end")
        for rank, order in trained.orders.items():
            trained.served.node_of(order).end(order.id, 1 if rank == 2 else 0)
        trained.served.step()
        await until(lambda: reader.all_done)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    for rank in range(4):
        assert of_rank(merged, rank).rstrip(b"\n") == trained.written[rank].rstrip(b"\n")
    keys = [merged.key(at) for at in range(len(merged))]
    assert keys == sorted(keys)


async def test_streams_that_break_go_on_without_loss_or_repetition(trained: Trained) -> None:
    merged = MergedLog()
    reader = trained.reader(merged)
    await reader.ends()
    trained.logs.breaks = 4
    following = asyncio.create_task(reader.follow())
    try:
        for step in range(12):
            for rank in range(4):
                trained.say(rank, f"step {step}")
            await asyncio.sleep(0.05)
        await until(lambda: len(merged) == 48)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert trained.logs.breaks == 0
    for rank in range(4):
        assert of_rank(merged, rank) == trained.written[rank]


async def test_a_rank_that_fails_does_not_stop_the_others(trained: Trained) -> None:
    for rank in range(4):
        trained.say(rank, "hello")
    trained.logs.refused = {1}
    merged = MergedLog()
    reader = trained.reader(merged, streams=0)
    await reader.ends()
    assert sorted(reader.errors) == [1] and len(merged) == 3
    trained.say(0, "more")
    await reader.look()
    assert len(merged) == 4
    trained.logs.refused = set()
    reader.ranks[1].due = 0.0
    await reader.look()
    assert not reader.errors and of_rank(merged, 1) == trained.written[1]
    trained.logs.refused = {0, 1, 2, 3}
    merged.clear()
    with pytest.raises(CloudError):
        await reader.ends()


async def test_a_log_that_was_replaced_is_read_anew(trained: Trained) -> None:
    trained.say(0, "a long line of the first log")
    merged = MergedLog()
    reader = trained.reader(merged, streams=0)
    await reader.ends()
    Path(trained.orders[0].log_path).write_bytes(b"short\n")
    trained.written[0] = b""
    trained.write(0, b"and more than there was, to be longer than it was before this one\n")
    Path(trained.orders[0].log_path).write_bytes(b"short\n")
    await reader.look()
    assert of_rank(merged, 0) == b""
    await reader.look()
    assert of_rank(merged, 0) == b"short\n"


async def test_a_clock_of_another_zone_is_noticed_with_one_request(trained: Trained) -> None:
    now = datetime.now(UTC)
    for rank in range(4):
        away = timedelta(hours=8) if rank % 2 else timedelta()
        for step in range(3):
            moment = now + timedelta(milliseconds=10 * step + rank)
            trained.say(rank, f"step {step}", moment + away)
        node, run = trained.served.node_of(trained.orders[rank]), trained.orders[rank].id
        update = {"last_output": now.timestamp()}
        node.runs[run] = node.runs[run].model_copy(update=update)
        node.beat()
    merged = MergedLog()
    reader = trained.reader(merged, streams=0)
    await reader.ends()
    assert [merged.rank(at) for at in range(12)] == [0, 1, 2, 3] * 3
    assert trained.logs.requests == 5
    starts = [(Tracked(each.worker, each.attempt), 0) for each in reader.ranks.values()]
    stream = RankStream(reader.read, starts, now=lambda: datetime.now(UTC))
    order = [
        key >> 64 & 0xFFFF for batch in [b async for b in stream.batches()] for key, _ in batch
    ]
    assert order == [0, 1, 2, 3] * 3


async def test_held_back_lines_come_in_order_whoever_is_read_first(trained: Trained) -> None:
    sink = HeldBack({})
    reader = trained.reader(sink, streams=0)
    await reader.refresh()
    for step in range(5):
        for rank in (3, 1, 0, 2):
            trained.say(rank, f"step {step}")
    await reader.look()
    assert sink.release(time.monotonic() - 60) == []
    released = sink.release()
    assert [raw.split()[-1] for _, raw in released] == [b"%d" % s for s in range(5) for _ in "abcd"]
    assert sink.release() == []


@asynccontextmanager
async def _served(cloud: SimulatedCloud) -> AsyncIterator[TenantProvider]:
    with tempfile.TemporaryDirectory(prefix="qd-") as short:
        socket = Path(short) / "api.sock"
        state = ServerState(cloud)
        app = create_app(cloud, token=None, unix=True, state=state)
        async with listening(app, uds=str(socket)):
            async with TenantProvider(Transport(f"unix://{socket}", limits=ONCE)) as provider:
                yield provider
            state.stopping.set()


async def test_a_thousand_ranks_in_bounded_memory_with_few_requests_at_a_time() -> None:
    cloud = quiet(nodes=400)
    async with _served(cloud) as provider:
        spec = JobSpec(name="big", command="true", workers=1024, accelerators_per_worker=1)
        await provider.create_job(spec)
        pass_time(cloud, 3600)
        logs = Counting(provider)
        merged = MergedLog(4 << 20)
        now = (await provider.tenant()).server_time
        reader = RankReader(
            logs, "big", lambda: provider.workers("big"), merged, now=lambda: now, first=1 << 20
        )
        await reader.ends()
        assert len(reader.ranks) == 1024 and logs.requests == 1024
        assert logs.most_at_once <= 8
        held = sum(len(merged.raw(at)) for at in range(len(merged)))
        assert 200_000 < held < 4 << 20
        assert {merged.rank(at) for at in range(len(merged))} == set(range(1024))
        assert reader.voices.silent() == ()
        # Further back: what was in view stays, and it reaches before it.
        window = RankWindow(merged, reader)
        top = merged.keep = merged.key(0)
        assert await window.earlier() > 500
        assert merged.key(0) < top and merged.key(merged.index(top)) == top
        assert sum(len(merged.raw(at)) for at in range(len(merged))) < 4 << 20
        await window.to_end()
        assert window.at_end and merged.key(len(merged) - 1) > top
