from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.logs import lines
from console.logs.files import FileSource
from console.logs.lines import LineIndex
from console.logs.newlines import fast_count, find_newline
from console.logs.source import LogNews


class Bytes:
    """A log in memory; `hidden` keeps its size from whoever asks."""

    name = "bytes"

    def __init__(self, data: bytes, *, hidden: bool = False) -> None:
        self.data = data
        self.hidden = hidden
        self.read_bytes = 0

    async def size(self) -> int | None:
        return None if self.hidden else len(self.data)

    async def read(self, start: int, length: int) -> bytes:
        await asyncio.sleep(0)
        found = self.data[start : start + length]
        self.read_bytes += len(found)
        return found

    async def follow(self, start: int) -> AsyncGenerator[LogNews, None]:
        raise AssertionError("nobody follows here")
        yield

    async def close(self) -> None:
        pass


class Blocking(Bytes):
    def read_now(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    """Blocks of 16 bytes and at most 8 counts, so that short logs have many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", 16)
        patch.setattr(lines, "MOST", 8)
        patch.setattr(lines, "_WORTH_LOADING", 64)
        yield


LOGS = st.lists(st.sampled_from([b"\n", b"x", b"yy", b"\r\n", b"z" * 20]), max_size=80).map(
    b"".join
)


def naive_lines(data: bytes) -> int:
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


async def check(index: LineIndex, data: bytes, until: int) -> None:
    """Every answer of an index that knows the bytes until there."""
    for offset in range(len(data) + 1):
        known = 1 + data[:offset].count(b"\n") if offset <= until else None
        assert await index.line_number(offset) == known, offset
    starts = [0] + [at + 1 for at, byte in enumerate(data[:until]) if byte == 10]
    for number, start in enumerate(starts, 1):
        expected = None if start == len(data) and index.complete else start
        assert await index.offset_of_line(number) == expected, number
    assert await index.offset_of_line(len(starts) + 1) is None
    assert await index.offset_of_line(0) is None


@pytest.mark.parametrize("kind", [Bytes, Blocking])
@given(data=LOGS, hidden=st.booleans())
@settings(max_examples=60, deadline=None)
async def test_numbers_are_those_of_a_naive_count(
    kind: type[Bytes], data: bytes, hidden: bool
) -> None:
    index = LineIndex(kind(data, hidden=hidden))
    assert index.total is None
    finished = False
    while not finished:
        finished = await index.step(0.0)
        await check(index, data, index.known_until)
    assert index.total == index.lines == naive_lines(data)
    assert index.known_until == len(data)


@given(data=LOGS, pieces=st.lists(st.integers(1, 40), max_size=8), cut=st.integers(0, 400))
@settings(max_examples=60, deadline=None)
async def test_it_goes_along_with_a_log_that_grows_and_is_cut(
    data: bytes, pieces: list[int], cut: int
) -> None:
    source = Bytes(data)
    index = LineIndex(source)
    await index.run()
    for number in pieces:
        more = (b"q" * number + b"\n") * 2
        source.data += more
        index.told(len(source.data) - len(more), more)
        assert index.total == naive_lines(source.data), "told, not read again"
    await check(index, source.data, len(source.data))
    cut = min(cut, len(source.data))
    source.data = source.data[:cut]
    index.cut(cut)
    assert index.total in (None, naive_lines(source.data))
    await index.run()
    assert index.total == naive_lines(source.data)
    source.data += b"new\n"
    await index.run()
    await check(index, source.data, len(source.data))


async def test_news_from_further_on_wait_for_what_is_before() -> None:
    source = Blocking(b"a\nb\n" * 20)
    index = LineIndex(source)
    index.told(76, source.data[76:])
    assert index.known_until == 0 and index.total is None
    await index.run()
    index.told(70, source.data[70:] + b"half")
    source.data += b"half"
    assert index.total == 41 and await index.line_number(len(source.data) - 1) == 41


async def test_what_was_counted_before_a_cut_is_thrown_away() -> None:
    """A slice that is under way when the log is written anew counts nothing."""
    source = Bytes(b"\n" * 100)
    index = LineIndex(source)
    step = asyncio.create_task(index.step())
    await asyncio.sleep(0)
    source.data = b"x"
    index.cut(0)
    await step
    await index.run()
    assert index.total == 1


async def test_memory_is_bounded_whatever_the_size() -> None:
    source = Bytes(b"x\n" * 5000)
    index = LineIndex(source)
    await index.run()
    assert len(index._before) <= 8
    source.read_bytes = 0
    assert await index.line_number(7001) == 3501
    assert await index.offset_of_line(3501) == 7000
    assert source.read_bytes < len(source.data), "answered from near by"


@given(data=LOGS)
def test_the_fast_count_counts_alike(data: bytes) -> None:
    count = fast_count()
    assert count(data) == data.count(b"\n")
    assert count(data[:5]) == data[:5].count(b"\n")


@given(data=st.binary(max_size=50), number=st.integers(1, 60))
def test_a_line_end_is_found_by_its_number(data: bytes, number: int) -> None:
    data = data.replace(b"a", b"\n") * 700
    places = [at for at, byte in enumerate(data) if byte == 10]
    expected = places[number - 1] if number <= len(places) else -1
    assert find_newline(data, number) == expected
    if places:
        assert find_newline(data, len(places)) == places[-1]


async def test_a_file_is_counted_while_the_loop_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK", 1 << 20)
    monkeypatch.setattr(lines, "_WORTH_LOADING", 4 << 20)
    path = tmp_path / "log"
    path.write_bytes(b"a line of twenty bys\n" * 500_000 + b"\n\nlast")
    index = LineIndex(FileSource(path))
    steps = 0
    while not await index.step(0.0):
        steps += 1
        assert index.total is None
    assert steps >= 10, "one block in a slice that has no time"
    assert index.total == 500_003
    assert await index.line_number(21 * 400_000 + 20) == 400_001
    assert await index.line_number(21 * 400_000 + 21) == 400_002
    assert await index.offset_of_line(400_002) == 21 * 400_001
    assert await index.offset_of_line(500_003) == 21 * 500_000 + 2
