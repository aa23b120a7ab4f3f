from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.logs import notify
from console.logs.files import FileSource
from console.logs.open_file import OpenFile
from console.logs.opening import open_source
from console.logs.source import LogDenied, LogMissing, LogNotAFile, NewsKind, log_error
from tests.console.logs.following import Reader

BIG = (b"step %07d loss 1.234 of a line that is told once\n" % 0) * 40_000


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@pytest.fixture(params=["told", "looking"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of three lines, with and without a kernel that tells of changes."""
    if request.param == "looking":
        monkeypatch.setattr(notify, "watch", lambda descriptor, event: None)
    log = tmp_path / "run.log"
    log.write_bytes(b"one\ntwo\nthree\n")
    return log


async def test_bytes_are_read_by_range(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(BIG)
    source = FileSource(log)
    assert await source.size() == len(BIG)
    assert await source.read(0, 10) == BIG[:10]
    assert await source.read(len(BIG) - 5, 100) == BIG[-5:], "short at the end alone"
    assert await source.read(len(BIG), 100) == b"" == await source.read(len(BIG) + 7, 100)
    assert await source.read(3, len(BIG)) == BIG[3:] == source.read_now(3, len(BIG))
    assert source.name == "run.log"
    await source.close()
    with pytest.raises(LogMissing):
        await source.read(0, 1)


async def test_a_file_that_grows_is_told_byte_by_byte(path: Path) -> None:
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\ntwo\nthree\n")
        append(path, "vier ü".encode()[:6])
        await reader.has(b"one\ntwo\nthree\nvier \xc3")
        append(path, b"\xbc\n")
        await reader.has("one\ntwo\nthree\nvier ü\n".encode())
    assert reader.kinds == []


async def test_following_begins_where_it_is_asked_to(path: Path) -> None:
    async with Reader(FileSource(path), 4) as reader:
        await reader.has(b"two\nthree\n")
    path.write_bytes(BIG)
    async with Reader(FileSource(path), len(BIG) - 3) as reader:
        await reader.has(BIG[-3:])
        append(path, b"more")
        await reader.has(BIG[-3:] + b"more")


async def test_a_file_emptied_and_written_again_is_told_anew(path: Path) -> None:
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\ntwo\nthree\n")
        os.truncate(path, 0)
        await reader.has(b"")
        append(path, b"new\n")
        await reader.has(b"new\n")
        assert reader.kinds == [NewsKind.TRUNCATED]


async def test_a_file_emptied_and_written_past_our_place_is_told_anew(path: Path) -> None:
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\ntwo\nthree\n")
        # In one go for whoever waits in the loop: no look can fall between.
        os.truncate(path, 0)
        append(path, b"quite another and longer text\n")
        await reader.has(b"quite another and longer text\n")
        assert reader.kinds == [NewsKind.TRUNCATED]


async def test_the_end_of_a_big_file_is_cut_off_and_nothing_before_it_told_again(
    path: Path,
) -> None:
    path.write_bytes(BIG)
    async with Reader(FileSource(path)) as reader:
        await reader.has(BIG)
        os.truncate(path, len(BIG) - 1000)
        await reader.has(BIG[:-1000])
        append(path, b"x")
        await reader.has(BIG[:-1000] + b"x")
    assert [each.start for each in reader.news] == [len(BIG) - 1000]


async def test_a_big_file_copied_away_and_emptied(path: Path) -> None:
    """As `copytruncate` does it, with a writer who is ahead before we look."""
    path.write_bytes(BIG)
    async with Reader(FileSource(path)) as reader:
        await reader.has(BIG)
        other = bytes(reversed(BIG))
        with path.open("r+b") as file:
            file.truncate(0)
            file.write(other + b"and more")
        await reader.has(other + b"and more")
    assert reader.kinds and set(reader.kinds) == {NewsKind.TRUNCATED}


async def test_a_rotated_file_is_read_to_its_end_before_the_new_one(path: Path) -> None:
    source = FileSource(path)
    async with Reader(source) as reader:
        await reader.has(b"one\ntwo\nthree\n")
        old = path.open("ab", buffering=0)
        path.rename(path.with_suffix(".1"))
        old.write(b"four, by the writer who has not heard yet\n")
        path.touch()
        await asyncio.sleep(0.1)
        old.write(b"five\n")
        old.close()
        append(path, b"a new day\n")
        await reader.has(b"a new day\n")
        whole = b"one\ntwo\nthree\nfour, by the writer who has not heard yet\nfive\n"
        assert reader.before == [whole]
        assert reader.kinds == [NewsKind.REPLACED]
        assert await source.read(0, 100) == b"a new day\n", "read where it is followed"
        append(path, b"more\n")
        await reader.has(b"a new day\nmore\n")


async def test_a_file_that_disappears_and_returns(path: Path) -> None:
    away = path.with_suffix(".away")
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\ntwo\nthree\n")
        path.rename(away)
        await reader.until(lambda: reader.kinds == [NewsKind.GONE])
        assert isinstance(reader.news[0].error, LogMissing)
        append(away, b"written meanwhile\n")
        await reader.has(b"one\ntwo\nthree\nwritten meanwhile\n")
        away.rename(path)
        await reader.until(lambda: reader.kinds == [NewsKind.GONE, NewsKind.BACK])
        append(path, b"and after\n")
        await reader.has(b"one\ntwo\nthree\nwritten meanwhile\nand after\n")


async def test_a_file_deleted_and_made_anew(path: Path) -> None:
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\ntwo\nthree\n")
        path.unlink()
        await reader.until(lambda: reader.kinds == [NewsKind.GONE])
        path.write_bytes(b"again\n")
        await reader.has(b"again\n")
        assert reader.kinds == [NewsKind.GONE, NewsKind.REPLACED]


async def test_a_folder_in_its_place_is_said_and_the_file_comes_back(path: Path) -> None:
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\ntwo\nthree\n")
        path.unlink()
        path.mkdir()
        (path / "inside").touch()
        await reader.until(lambda: NewsKind.GONE in reader.kinds)
        (path / "inside").unlink()
        path.rmdir()
        path.write_bytes(b"again\n")
        await reader.has(b"again\n")


async def test_permission_taken_away_and_given_back(
    path: Path, without_rights: Callable[[bool], None]
) -> None:
    """What is open stays readable; what takes its place is read once we may."""
    source = FileSource(path)
    async with Reader(source) as reader:
        await reader.has(b"one\ntwo\nthree\n")
        new = path.with_suffix(".new")
        new.write_bytes(b"a secret\n")
        new.chmod(0)
        new.replace(path)
        without_rights(True)
        await reader.until(lambda: reader.kinds == [NewsKind.GONE])
        assert isinstance(reader.news[0].error, LogDenied)
        assert await source.read(0, 4) == b"one\n"
        without_rights(False)
        path.chmod(0o600)
        await reader.has(b"a secret\n")


async def test_a_file_in_a_folder_that_was_closed_to_us_is_still_told(
    tmp_path: Path, without_rights: Callable[[bool], None]
) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    path = folder / "run.log"
    path.write_bytes(b"one\n")
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\n")
        with path.open("ab", buffering=0) as writer:
            folder.chmod(0)
            without_rights(True)
            await reader.until(lambda: reader.kinds == [NewsKind.GONE])
            assert isinstance(reader.news[0].error, LogDenied)
            writer.write(b"two\n")
            await reader.has(b"one\ntwo\n")
            without_rights(False)
            folder.chmod(0o700)
            await reader.until(lambda: reader.kinds == [NewsKind.GONE, NewsKind.BACK])


@pytest.mark.parametrize("what", ["_status", "read_now"])
async def test_a_file_system_that_fails_and_recovers(
    what: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a stale handle of a shared file system, or a disk that cannot be read for a while."""
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\ntwo\nthree\n")

        def fail(*_: object) -> None:
            raise log_error(path, OSError(errno.ESTALE, "Stale file handle"))

        with monkeypatch.context() as patch:
            patch.setattr(OpenFile, "at_once", False, raising=False)
            patch.setattr(OpenFile, "_in_memory", lambda *_: (b"", False))
            patch.setattr(OpenFile, what, fail)
            append(path, b"four\n")
            await reader.until(lambda: NewsKind.GONE in reader.kinds)
            assert "Stale" in str(reader.news[0].error)
        await reader.has(b"one\ntwo\nthree\nfour\n")
        assert reader.kinds[0] is NewsKind.GONE and reader.kinds[-1] is NewsKind.BACK
        append(path, b"five\n")
        await reader.has(b"one\ntwo\nthree\nfour\nfive\n")


async def test_what_is_no_log_is_refused(
    tmp_path: Path, without_rights: Callable[[bool], None]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(tmp_path)
        server.bind("socket")
        os.chdir(here)
        for place in (tmp_path, tmp_path / "pipe", tmp_path / "socket", Path("/dev/null")):
            with pytest.raises(LogNotAFile):
                open_source(place)
    for place in (tmp_path / "none", tmp_path / "none" / "there"):
        with pytest.raises(LogMissing):
            open_source(place)
    log = tmp_path / "secret"
    log.touch(mode=0)
    without_rights(True)
    with pytest.raises(LogDenied) as told:
        open_source(log)
    without_rights(False)
    assert told.value.reason and told.value.path == log


async def test_the_loop_goes_on_while_a_reader_catches_up(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(BIG * 20)
    turns, most = 0, 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    async for news in FileSource(log).follow(0):
        most = max(most, len(news.data))
        if news.start + len(news.data) == len(BIG) * 20:
            break
    counting.cancel()
    assert most <= 1 << 20 and turns >= len(BIG) * 20 // most


@pytest.mark.parametrize("told", [True, False])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_whatever_happens_what_was_told_is_what_is_there(
    told: bool, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if not told:
            patch.setattr(notify, "watch", lambda descriptor, event: None)
        path = tmp_path_factory.mktemp("log") / "log"
        path.write_bytes(b"")
        held = b""
        async with Reader(FileSource(path)) as reader:
            for number in range(data.draw(st.integers(1, 6))):
                piece = b"%d:%b:%d" % (number, data.draw(st.binary(max_size=200)), number)
                match data.draw(st.sampled_from(["append", "append", "empty", "cut", "rotate"])):
                    case "append":
                        append(path, piece)
                        held += piece
                    case "empty":
                        path.write_bytes(piece)
                        held = piece
                    case "cut":
                        held = held[: data.draw(st.integers(0, len(held)))]
                        os.truncate(path, len(held))
                    case "rotate":
                        path.rename(path.with_suffix(f".{number}"))
                        path.write_bytes(piece)
                        held = piece
                if data.draw(st.booleans()):
                    await reader.has(held, 3.0)
            await reader.has(held, 3.0)
