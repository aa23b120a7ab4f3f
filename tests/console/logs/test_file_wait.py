from __future__ import annotations

import asyncio
import mmap
import os
import time
from pathlib import Path

import pytest

from console.logs import file_wait, notify
from console.logs.file_wait import Wait
from console.logs.files import FileSource
from console.logs.open_file import OpenFile
from tests.console.logs.following import Reader


async def test_the_kernel_tells_of_a_change_at_once(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.touch()
    wait = Wait()
    wait.on(OpenFile(path))
    wait._moved = time.monotonic() - 1000
    asyncio.get_running_loop().call_later(0.05, path.write_bytes, b"x")
    started = time.monotonic()
    await wait()
    assert time.monotonic() - started < file_wait._CHECK / 2
    wait.close()


async def test_many_files_share_one_descriptor_and_the_last_one_frees_it(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / str(number)).touch()
    before = set(os.listdir("/proc/self/fd"))
    events, watches, files = [], [], []
    for number in range(200):
        files.append(OpenFile(tmp_path / str(number // 2)))
        events.append(asyncio.Event())
        watch = notify.watch(files[-1].descriptor, events[-1])
        assert watch is not None
        watches.append(watch)
    assert len(set(os.listdir("/proc/self/fd")) - before) == 201
    (tmp_path / "7").write_bytes(b"x")
    async with asyncio.timeout(5):
        await asyncio.gather(events[14].wait(), events[15].wait())
    assert sum(event.is_set() for event in events) == 2
    for watch in watches:
        watch.close()
        watch.close()
    assert len(set(os.listdir("/proc/self/fd")) - before) == 200
    files.clear()
    assert not set(os.listdir("/proc/self/fd")) - before


async def test_a_file_the_kernel_does_not_tell_of_is_looked_at_by_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writes through a map of memory are as silent as those of another machine."""
    monkeypatch.setattr(file_wait, "_CHECK", 0.1)
    monkeypatch.setattr(file_wait, "SLOWEST", 0.05)
    path = tmp_path / "log"
    path.write_bytes(b"." * 10)
    wait = Wait()
    file = OpenFile(path)
    wait.on(file)
    for _ in range(2):
        wait._moved = time.monotonic() - 1
        with path.open("r+b") as opened, mmap.mmap(opened.fileno(), 10) as view:
            view[3] += 1
            await wait()
            wait.looked(True)
    assert wait._watch is None
    wait.close()


async def test_a_system_that_has_no_watch_left_is_looked_at_by_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify._Inotify, "add", lambda self, path: -1)
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\n")
        path.write_bytes(b"one\ntwo\n")
        await reader.has(b"one\ntwo\n")
    monkeypatch.setattr(notify._Inotify, "open", lambda: None)
    async with Reader(FileSource(path)) as reader:
        await reader.has(b"one\ntwo\n")
