from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from api_client import errors
from api_client.exchange import RangeNotSatisfiable
from api_client.transport import Transport
from localcloud.server.log_files import LONGEST_ANSWER, RangeError, parse_range
from tests.localcloud.server.serving import ONCE, Served

LOG = "/v1/jobs/demo/workers/0/log"


async def test_an_empty_log_is_empty_and_not_an_error(served: Served) -> None:
    await served.running_job("demo")
    chunk = await served.provider.read_log("demo", 0)
    assert (chunk.data, chunk.total, chunk.end_of_log) == (b"", 0, False)
    async with Transport(served.url) as raw:
        assert (await raw.get(LOG, action="read")).status == 200


async def test_ranges(served: Served) -> None:
    order = await served.running_job("demo")
    Path(order.log_path).write_bytes(b"0123456789")
    read = served.provider.read_log
    assert (await read("demo", 0)).data == b"0123456789"
    assert (await read("demo", 0, start=3, length=4)).data == b"3456"
    tail = await read("demo", 0, start=-3)
    assert (tail.start, tail.data, tail.total) == (7, b"789", 10)
    past = await read("demo", 0, start=50)
    assert (past.start, past.data, past.total) == (50, b"", 10)
    served.node_of(order).end(order.id, 0)
    await served.until(lambda: served.cloud.job("demo").state.ended)
    assert (await read("demo", 0)).end_of_log
    assert not (await read("demo", 0, length=4)).end_of_log


async def test_an_answer_is_never_longer_than_a_mebibyte(served: Served) -> None:
    order = await served.running_job("demo")
    with open(order.log_path, "wb") as file:
        file.truncate(2 * 1024**3)
    for start in (0, 1024**3, -(1024**3)):
        chunk = await served.provider.read_log("demo", 0, start=start, length=1024**3)
        assert len(chunk.data) == LONGEST_ANSWER
        assert chunk.total == 2 * 1024**3


@pytest.mark.parametrize(
    "text",
    ["bytes=5-2", "bytes=-0", "bytes=", "lines=1-2", "bytes=1-2,4-5", "bytes=10-", "bytes=-",
     "bytes=" + "9" * 5000 + "-", "bytes=\u0661-", "garbage"],
)  # fmt: skip
def test_a_range_without_bytes_is_refused(text: str) -> None:
    with pytest.raises(RangeError):
        parse_range(text, 10)


@pytest.mark.parametrize("text", ["bytes=20-30", "nonsense", "bytes=" + "9" * 3000 + "-"])
async def test_a_refused_range_says_how_long_the_log_is(served: Served, text: str) -> None:
    order = await served.running_job("demo")
    Path(order.log_path).write_bytes(b"0123456789")
    async with Transport(served.url, limits=ONCE) as raw:
        with pytest.raises(RangeNotSatisfiable) as caught:
            await raw.get(LOG, action="read", headers={"Range": text})
    assert caught.value.headers["content-range"] == "bytes */10"


async def test_an_unknown_job_rank_or_attempt_is_not_found(served: Served) -> None:
    await served.running_job("demo")
    for job, rank, attempt in (("other", 0, None), ("demo", 7, None), ("demo", 0, 9)):
        with pytest.raises(errors.NotFound):
            await served.provider.read_log(job, rank, attempt=attempt)


async def test_a_log_is_followed_as_it_grows_until_its_worker_ends(served: Served) -> None:
    order = await served.running_job("demo")
    path = Path(order.log_path)
    path.write_bytes(b"one\n")
    received = b""
    async with aclosing(served.provider.follow_log("demo", 0)) as log:
        async for chunk in log:
            assert chunk.start == len(received)
            received += chunk.data
            if received == b"one\n":
                path.write_bytes(b"one\ntwo\n")
            elif received == b"one\ntwo\n" and not chunk.end_of_log:
                with path.open("ab") as file:
                    file.write(b"\xff\x1b[31mthree")
                served.node_of(order).end(order.id, 0)
                await served.until(lambda: served.cloud.job("demo").state.ended)
    assert received == b"one\ntwo\n\xff\x1b[31mthree"
    assert chunk.end_of_log


async def test_a_log_is_followed_from_before_its_end(served: Served) -> None:
    order = await served.running_job("demo")
    Path(order.log_path).write_bytes(b"0123456789")
    served.node_of(order).end(order.id, 0)
    await served.until(lambda: served.cloud.job("demo").state.ended)
    chunks = [chunk async for chunk in served.provider.follow_log("demo", 0, start=-4)]
    assert b"".join(chunk.data for chunk in chunks) == b"6789"
    assert chunks[0].start == 6


async def test_a_follower_outlives_streams_that_end_early(served: Served) -> None:
    order = await served.running_job("demo")
    path = Path(order.log_path)
    path.write_bytes(b"a")
    log = served.provider.follow_log("demo", 0)
    async with aclosing(log):
        assert (await anext(log)).data == b"a"
        waiting = asyncio.ensure_future(anext(log))
        await asyncio.sleep(0.2)
        served.state.stopping.set()
        await asyncio.sleep(0.2)
        served.state.stopping.clear()
        path.write_bytes(b"ab")
        assert (await asyncio.wait_for(waiting, 5)).data == b"b"
