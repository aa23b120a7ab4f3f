from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import zstandard

from console.logs import compressed
from console.logs import spool as spools
from console.logs.compressed import CompressedSource
from console.logs.files import FileSource
from console.logs.lines import LineIndex
from console.logs.opening import open_source
from console.logs.source import LogBroken, LogError, LogMissing
from console.logs.spool import Spool
from console.logs.stored import blocks_of
from tests.console.logs.following import Reader

TEXT = b"".join(b"step %d loss 1.%d\n" % (step, step * 7919 % 1000) for step in range(200_000))


def two_frames(data: bytes) -> bytes:
    half = len(data) // 2
    pack = zstandard.ZstdCompressor().compress
    return pack(data[:half]) + pack(data[half:])


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, 1),
    "gz2": lambda data: gzip.compress(data[:1000], 1) + gzip.compress(data[1000:], 1),
    "bz2": lambda data: bz2.compress(data, 1),
    "xz": lambda data: lzma.compress(data, preset=0),
    "zst": two_frames,
}


@pytest.fixture
async def spool(tmp_path: Path) -> AsyncIterator[Spool]:
    made = Spool(tmp_path / "spool")
    yield made
    made.close()


@pytest.mark.parametrize("packing", PACKERS)
async def test_a_packed_log_is_read_as_the_log_it_is(
    packing: str, tmp_path: Path, spool: Spool
) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(PACKERS[packing](TEXT))
    source = open_source(path, spool)
    assert isinstance(source, CompressedSource) and source.name == "run.log"
    assert await source.read(len(TEXT) - 10, 100) == TEXT[-10:]
    assert await source.size() == len(TEXT)
    assert await source.read(1_000_000, 70_000) == TEXT[1_000_000:1_070_000]
    async with Reader(source, 5) as reader:
        await reader.until(reader.ended.is_set)
        assert reader.data == TEXT[5:] and reader.news[-1].error is None
    for each in (source, open_source(path, spool)):
        index = LineIndex(each)
        await index.run()
        assert index.total == 200_000
    await source.close()
    with pytest.raises(LogMissing):
        await source.read(0, 1)


def test_the_blocks_are_those_of_the_log(tmp_path: Path) -> None:
    for packing, pack in PACKERS.items():
        (tmp_path / packing).write_bytes(pack(TEXT))
        assert b"".join(blocks_of(tmp_path / packing)) == TEXT


@pytest.mark.parametrize("packing", ["gz", "zst"])
async def test_what_the_spool_dropped_is_unpacked_again(
    packing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Room for a tenth of the log, and a scroll through it backwards."""
    monkeypatch.setattr(spools, "SLOT", 1 << 15)
    monkeypatch.setattr(compressed, "_BEHIND", 1 << 17)
    path = tmp_path / "run.log"
    path.write_bytes(PACKERS[packing](TEXT))
    spool = Spool(tmp_path / "spool", capacity=1 << 18)
    source = CompressedSource(path, spool)
    while await source.size() is None:
        await source.read(len(TEXT), 1)
    for start in range(len(TEXT) - 100_000, 0, -300_000):
        assert await source.read(start, 150_000) == TEXT[start : start + 150_000]
    (file,) = (tmp_path / "spool").iterdir()
    assert file.stat().st_size <= 1 << 18
    file.unlink()
    assert await source.read(0, len(TEXT) + 5) == TEXT
    await source.close()
    spool.close()


async def test_a_log_without_any_spool_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(PACKERS["gz"](TEXT))
    (tmp_path / "spool").touch()
    spool = Spool(tmp_path / "spool")
    source = CompressedSource(path, spool)
    assert await source.read(2_000_000, 1000) == TEXT[2_000_000:2_001_000]
    assert await source.read(5, 1000) == TEXT[5:1005]
    assert spool.problem
    await source.close()


async def test_a_damaged_log_is_read_up_to_there(tmp_path: Path, spool: Spool) -> None:
    packed = gzip.compress(TEXT, 1)
    path = tmp_path / "run.log"
    for harm in (packed[: len(packed) // 2], packed + b"no gzip at all"):
        path.write_bytes(harm)
        source = CompressedSource(path, spool)
        async with Reader(source) as reader:
            await reader.until(reader.ended.is_set)
            assert TEXT.startswith(reader.data)
            assert len(reader.data) >= len(zlib.decompressobj(31).decompress(harm)) - 1024
            assert isinstance(reader.news[-1].error, LogBroken)
            assert await source.size() == len(reader.data)
        await source.close()
        with pytest.raises(LogError):
            list(blocks_of(path))


async def test_a_packed_log_that_is_gone_when_it_is_needed_again(
    tmp_path: Path, spool: Spool
) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(gzip.compress(TEXT, 1))
    source = CompressedSource(path, spool)
    assert await source.read(0, 10) == TEXT[:10]
    while await source.size() is None:
        await source.read(len(TEXT), 1)
    path.unlink()
    assert await source.read(100, 10) == TEXT[100:110]
    spool.close()
    with pytest.raises(LogMissing):
        await source.read(100, 10)
    await source.close()


async def test_plain_and_empty_files_are_no_packed_ones(tmp_path: Path) -> None:
    for content in (b"", b"\x1f", b"plain"):
        (tmp_path / "log").write_bytes(content)
        source = open_source(tmp_path / "log")
        assert isinstance(source, FileSource)
        assert await source.read(0, 100) == content
