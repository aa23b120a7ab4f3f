"""A search by `rg`, here by a program that takes its options and answers as it does."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from pathlib import Path

import pytest

from console.logs.files import FileSource
from console.logs.query import Query
from console.logs.ripgrep import ripgrep_for
from console.logs.search import Search, SearchProgress

RG = f"""#!{sys.executable} -IS
import re, sys, time
*options, source = sys.argv[1:]
wanted = ["--no-config", "--text", "--encoding=none", "--line-number", "--byte-offset",
          "--only-matching", "--replace=", "--no-filename"]
if source != "-" or any(each not in options for each in wanted):
    sys.exit(3)
text = next(each.split("=", 1)[1] for each in options if each.startswith("--regexp="))
if "(?!" in text:
    sys.exit(2)
if "forever" in text:
    time.sleep(60)
pattern = re.compile(text.encode(), re.I if "--ignore-case" in options else 0)
at = 0
for number, line in enumerate(sys.stdin.buffer, 1):
    for found in pattern.finditer(line.rstrip(b"\\n")):
        print(number, at + found.start(), "", sep=":")
    at += len(line)
"""


@pytest.fixture(autouse=True)
def rg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "rg"
    program.parent.mkdir()
    program.write_text(RG)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.log"
    path.write_bytes(b"loss=1 loss=2\nnan\nLOSS=3\nloss=4")
    return path


async def searched(finder: Search) -> SearchProgress:
    last = SearchProgress(0, 0)
    async for last in finder.run():
        assert last.count == finder.hits.count
    assert not finder.is_running
    return last


async def test_hits_are_those_it_tells(log: Path) -> None:
    finder = Search(FileSource(log), Query(r"loss=\d", regex=True))
    last = await searched(finder)
    assert (last.engine, last.count, last.lines, last.searched) == ("rg", 3, 2, 31)
    assert list(finder.hits.kept) == [0, 7, 25]
    folded = await searched(Search(FileSource(log), Query(r"loss=\d", True, True)))
    assert (folded.engine, folded.count, folded.finished) == ("rg", 4, True)


async def test_what_comes_later_is_searched_by_the_console(log: Path) -> None:
    finder = Search(FileSource(log), Query(r"loss=\d", regex=True))
    await searched(finder)
    with log.open("ab") as end:
        end.write(b" loss=5\nloss=6\n")
    last = await searched(finder)
    assert (last.engine, last.count) == ("re", 5)
    assert list(finder.hits.kept)[3:] == [32, 39]


async def test_what_it_cannot_read_python_searches(log: Path) -> None:
    last = await searched(Search(FileSource(log), Query(r"loss=(?!2)\d", regex=True)))
    assert (last.engine, last.count) == ("re", 2)


@pytest.mark.parametrize("text", ["loss", "x*", "^", "[[:alpha:]]", "[a&&b]", r"\<loss.", r"a.\Z"])
async def test_what_it_would_read_otherwise_it_is_not_asked(log: Path, text: str) -> None:
    source = FileSource(log)
    assert ripgrep_for(source, Query(text, regex=True)) is None


async def test_it_is_ended_when_the_search_is_stopped(log: Path) -> None:
    finder = Search(FileSource(log), Query("forever.", regex=True))
    task = asyncio.create_task(searched(finder))
    while not finder.is_running:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    async with asyncio.timeout(5):
        await finder.stop()
        await task


async def test_without_it_the_console_searches_alone(log: Path, rg: Path) -> None:
    rg.unlink()
    last = await searched(Search(FileSource(log), Query(r"loss=\d", regex=True)))
    assert (last.engine, last.count, last.lines) == ("re", 3, 2)
