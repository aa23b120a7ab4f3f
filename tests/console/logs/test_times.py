"""Moments and places of a log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.logs.times import TimeMap, zone_of
from tests.console.logs.held import HeldSource

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def stamped(seconds: int, text: str = "step") -> bytes:
    return f"{NOON + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S} {text} {seconds}\n".encode()


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def line_at(log: bytes, moment: datetime) -> bytes:
    offset = await TimeMap(HeldSource(log)).offset_at(moment)
    assert offset is not None
    assert offset == 0 or log[offset - 1 : offset] == b"\n"
    return log[offset : log.index(b"\n", offset) + 1]


@pytest.mark.parametrize("between", [b"", b"  File x, line 3\n" * 40, b"y" * 30_000 + b"\n"])
async def test_the_line_of_a_moment_and_back(between: bytes) -> None:
    log = between + between.join(stamped(second) for second in range(0, 1200, 2))
    source = HeldSource(log)
    times = TimeMap(source)
    for second in (0, 1, 2, 601, 602, 1197, 1198):
        offset = await times.offset_at(after(second))
        assert offset is not None
        assert log[offset:].startswith(stamped(second + second % 2))
        assert await times.moment_at(offset) == after(second + second % 2)
        assert await times.moment_at(offset + 5) == after(second + second % 2)
    assert await line_at(log, after(-100)) == stamped(0)
    assert await line_at(log, after(5000)) == stamped(1198)


async def test_little_is_read_of_a_long_log() -> None:
    log = b"".join(stamped(second) for second in range(200_000))
    source = HeldSource(log)
    times = TimeMap(source)
    assert await times.offset_at(after(123_456)) == log.index(stamped(123_456))
    assert source.bytes_read < len(log) / 3
    before = source.bytes_read
    assert await times.offset_at(after(123_460)) == log.index(stamped(123_460))
    assert source.bytes_read - before < 400_000


async def test_a_clock_set_back_leads_to_a_right_place() -> None:
    first, second = range(0, 3600), range(1800, 4000)
    log = b"".join(map(stamped, first)) + b"".join(map(stamped, second))
    for moment in (0, 900, 1800, 2000, 3599, 3700, 3999):
        assert await line_at(log, after(moment)) == stamped(moment)
    ends_early = b"".join(map(stamped, range(3600))) + b"".join(map(stamped, range(10)))
    assert await line_at(ends_early, after(2000)) == stamped(2000)


async def test_lines_before_the_first_time_belong_to_it() -> None:
    log = b"hello\n" * 10 + stamped(7) + b"more\n"
    times = TimeMap(HeldSource(log))
    assert await times.moment_at(3) == after(7)
    assert await times.moment_at(len(log)) == after(7)
    assert await times.offset_at(after(99)) == 60


async def test_a_log_without_times_has_none() -> None:
    for log in (b"", b"\n", b"hello\n" * 100_000, b"x" * 300_000):
        times = TimeMap(HeldSource(log))
        assert await times.offset_at(NOON) is None
        assert await times.moment_at(len(log) // 2) is None


async def test_hint_and_zone_reach_the_lines() -> None:
    log = b"May  1 20:00:00 node1 kernel: hello\n"
    zone = timezone(timedelta(hours=8))
    times = TimeMap(HeldSource(log), hint=NOON, zone=zone)
    assert await times.moment_at(0) == NOON


def test_the_zone_of_a_clock_is_seen_from_when_a_line_was_written() -> None:
    written = NOON + timedelta(seconds=100)
    assert zone_of(b"2024-05-01 20:00:00 x", written) == timedelta(hours=8)
    assert zone_of(b"2024-05-01 06:30:00 x", written) == timedelta(hours=-5, minutes=-30)
    assert zone_of(b"2024-05-01T12:00:00Z x", written) is None
    assert zone_of(b"2024-05-01 20:07:30 x", NOON) is None
    assert zone_of(b"hello", written) is None
