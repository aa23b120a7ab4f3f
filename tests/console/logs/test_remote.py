from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_client.errors import CloudError, NotFound, Permission, Unavailable
from api_client.models.job import JobSpec, LogChunk
from console.logs import remote_follow
from console.logs import spool as spools
from console.logs.remote import SessionSource
from console.logs.source import NewsKind
from console.logs.spool import Spool
from console.profiles import local_profile
from console.session import Session
from tests.cloud import EmbeddedCloud
from tests.console.logs.following import Reader
from tests.console.logs.log_tenant import LogTenant, log_tenant

TEXT = "".join(f"step {step} 损失 {step * 7919 % 1000}\n" for step in range(20_000)).encode()


@pytest.fixture
async def spool(tmp_path: Path) -> AsyncIterator[Spool]:
    made = Spool(tmp_path / "spool")
    yield made
    made.close()


async def test_ranges_are_asked_for_once(spool: Spool, tmp_path: Path) -> None:
    tenant = LogTenant()
    tenant.data, tenant.ended = TEXT, True
    async with log_tenant(tenant) as session:
        source = SessionSource(session, "train", 3, spool=spool)
        assert source.name == "train/3"
        assert await source.size() == len(TEXT)
        assert await source.read(len(TEXT) - 1000, 5000) == TEXT[-1000:]
        assert source.attempt == 2 and tenant.attempts == ["latest", "2"]
        before = len(tenant.asked)
        assert await source.read(len(TEXT) - 700, 100) == TEXT[-700:-600]
        assert len(tenant.asked) == before, "from the disk"
        assert await source.read(0, len(TEXT)) == TEXT
        assert await source.read(5, len(TEXT)) == TEXT[5:]
        before = len(tenant.asked)
        (file,) = (tmp_path / "spool").iterdir()
        file.write_bytes(b"")
        assert await source.read(5, 300) == TEXT[5:305]
        assert len(tenant.asked) == before + 1, "dropped, so read again"
        await source.close()


async def test_a_stream_broken_in_a_character_goes_on_in_it(spool: Spool) -> None:
    tenant = LogTenant()
    tenant.data = TEXT[:200_000]
    middle = TEXT.index("损".encode(), 65_536) + 1 - 65_536
    tenant.cuts = [middle, 0, 1, 70_001]
    async with log_tenant(tenant) as session:
        source = SessionSource(session, "train", 3, 2, spool)
        async with Reader(source) as reader:
            await reader.has(TEXT[:200_000])
            tenant.data = TEXT
            tenant.ended = True
            await reader.until(reader.ended.is_set)
            assert reader.data == TEXT and reader.kinds == [NewsKind.ENDED]
        streams = [each for each in tenant.asked if each.startswith("stream")]
        assert streams[:4] == [
            "stream 65536",
            f"stream {65_536 + middle}",
            f"stream {65_536 + middle}",
            f"stream {65_536 + middle + 1}",
        ]
        before = len(tenant.asked)
        assert await source.read(100_000, 50_000) == TEXT[100_000:150_000]
        assert len(tenant.asked) == before, "what was followed lies on the disk"


async def test_a_log_that_is_not_there_yet_is_waited_for(spool: Spool) -> None:
    tenant = LogTenant()
    tenant.missing = True
    async with log_tenant(tenant) as session:
        source = SessionSource(session, "train", 3, spool=spool)
        with pytest.raises(NotFound):
            await source.read(0, 10)
        async with Reader(source) as reader:
            await reader.until(lambda: reader.kinds == [NewsKind.GONE])
            assert isinstance(reader.news[0].error, NotFound)
            tenant.missing, tenant.data = False, b"begun\n"
            await reader.has(b"begun\n")
            assert reader.kinds == [NewsKind.GONE, NewsKind.BACK]


async def test_the_attempt_asked_for_is_kept_where_the_tenant_does_not_name_it(
    spool: Spool,
) -> None:
    """An empty log is answered with 416; the stream after it is of the same attempt."""
    tenant = LogTenant()
    tenant.names_attempt = False
    async with log_tenant(tenant) as session:
        async with Reader(SessionSource(session, "train", 3, 1, spool)) as reader:
            await reader.until(lambda: len(tenant.asked) >= 2)
            tenant.data = b"begun\n"
            await reader.has(b"begun\n")
        assert set(tenant.attempts) == {"1"}


class Flaky:
    """A session in memory whose every answer may be an error instead."""

    def __init__(self, draw: Callable[[], str]) -> None:
        self.data = b""
        self.ended = False
        self.draw = draw

    def _may_fail(self) -> None:
        match self.draw():
            case "lost":
                raise Unavailable("read the log")
            case "none":
                raise NotFound("read the log")

    async def read_log(
        self,
        job: str,
        rank: int,
        *,
        attempt: int | None = None,
        start: int = 0,
        length: int = 65_536,
    ) -> LogChunk:
        self._may_fail()
        total = len(self.data)
        at = start if start >= 0 else max(0, total + start)
        data = self.data[at : at + length]
        return LogChunk(start=at, data=data, total=total, end_of_log=self._is_end(at, data))

    def _is_end(self, at: int, data: bytes) -> bool:
        return self.ended and at + len(data) >= len(self.data)

    async def follow_log(
        self, job: str, rank: int, *, attempt: int | None = None, start: int = 0
    ) -> AsyncGenerator[LogChunk, None]:
        while True:
            self._may_fail()
            data = self.data[start : start + 7]
            match self.draw():
                case "again" if start:
                    yield LogChunk(start=start - 1, data=self.data[start - 1 : start] + data)
                case "skip" if data:
                    yield LogChunk(start=start + 1, data=data[1:])
                case _:
                    total, end = len(self.data), self._is_end(start, data)
                    yield LogChunk(start=start, data=data, total=total, end_of_log=end)
                    if end:
                        return
            start += len(data)
            await asyncio.sleep(0 if data else 0.001)


@given(data=st.data())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_no_byte_is_lost_or_told_twice(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Streams that break, repeat and leave out, calls that fail, a log that is cut."""
    moods = data.draw(
        st.lists(st.sampled_from(["well", "lost", "none", "again", "skip"]), max_size=30)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote_follow, "_FIRST_PAUSE", 0.001)
        patch.setattr(remote_follow, "_LONGEST_PAUSE", 0.002)
        patch.setattr(remote_follow, "_FIRST_QUIET", 0.005)
        patch.setattr(spools, "SLOT", 16)
        spool = Spool(tmp_path_factory.mktemp("spool"), 16 * 4)
        session = Flaky(lambda: moods.pop() if moods else "well")
        source = SessionSource(session, "train", 3, 0, spool)
        async with Reader(source) as reader:
            for piece in data.draw(st.lists(st.binary(max_size=40), max_size=4)):
                session.data += piece
                if data.draw(st.booleans()):
                    await reader.has(session.data, 5.0)
            await reader.has(session.data, 5.0)
            if len(session.data) > 1 and data.draw(st.booleans()):
                session.data = b"\xff" + session.data[: len(session.data) // 2][1:]
                await reader.has(session.data, 5.0)
                assert NewsKind.TRUNCATED in reader.kinds
            session.ended = True
            await reader.until(reader.ended.is_set, 5.0)
            assert reader.data == session.data
        start = data.draw(st.integers(0, len(session.data)))
        for _ in range(2):
            assert await source.read(start, 100) == session.data[start : start + 100]
        await source.close()
        spool.close()


async def test_a_refusal_is_raised(spool: Spool) -> None:
    session = Flaky(lambda: "well")

    async def refuse(*_: object, **__: object) -> LogChunk:
        raise Permission("read the log")

    session.read_log = refuse  # type: ignore[method-assign]
    session.follow_log = _refused  # type: ignore[method-assign]
    source = SessionSource(session, "train", 3, 0, spool)
    with pytest.raises(Permission):
        await source.size()
    with pytest.raises(Permission):
        await anext(source.follow(0))


async def _refused(*_: object, **__: object) -> AsyncGenerator[LogChunk, None]:
    raise Permission("follow the log")
    yield


async def test_the_log_of_a_real_worker(start_cloud: Callable[..., EmbeddedCloud]) -> None:
    """A worker of the embedded cloud writes; its log is followed to its end and read back."""
    start_cloud(nodes=1, accelerators=1)
    command = "python3 -c 'for i in range(3000): print(f\"line {i} of the worker\")'"
    expected = b"".join(b"line %d of the worker\n" % i for i in range(3000))
    async with Session(local_profile(), keep_history=False) as session:
        jobs = await session.provider_for("jobs.write")
        spec = JobSpec(name="writer", command=command, workers=1, accelerators_per_worker=1)
        await jobs.create_job(spec)
        source = SessionSource(session, "writer", 0)
        async with Reader(source) as reader:
            await reader.until(reader.ended.is_set, 60.0)
            assert reader.data == expected
        assert await source.size() == len(expected)
        assert await source.read(10_000, 500) == expected[10_000:10_500]
        with contextlib.suppress(CloudError):
            await jobs.delete_job("writer")
        await source.close()
