"""Counts, searches or diagnoses a log with the engine of the console; prints one JSON line."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from console.analysis.diagnosis import Diagnoser
from console.logs.lines import LineIndex
from console.logs.opening import open_source
from console.logs.search import Query, Search
from console.logs.stored import blocks_of


async def _index(path: Path) -> int:
    source = open_source(path)
    index = LineIndex(source)
    await index.run()
    await source.close()
    return index.lines


async def _search(path: Path, text: str, *, regex: bool = False, ignore_case: bool = False) -> int:
    source = open_source(path)
    found = 0
    async for progress in Search(source, Query(text, regex, ignore_case)).run():
        found = progress.count
    await source.close()
    return found


async def _diagnose(path: Path) -> int:
    diagnoser = Diagnoser()
    for block in blocks_of(path):
        diagnoser.feed(block)
    return diagnoser.result().lines


TASKS: dict[str, Callable[[Path, str], Awaitable[int]]] = {
    "index": lambda path, text: _index(path),
    "literal": _search,
    "ignore-case": lambda path, text: _search(path, text, ignore_case=True),
    "regex": lambda path, text: _search(path, text, regex=True),
    "diagnose": lambda path, text: _diagnose(path),
}


def main(task: str, path: Path, text: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, cpu = time.perf_counter(), time.process_time()
    found = asyncio.run(_timed(TASKS[task], path, text))
    taken = {
        "wall": (time.perf_counter() - started) * 1000,
        "cpu": (time.process_time() - cpu) * 1000,
        "grown": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }
    print(json.dumps({"found": found, **taken}))


async def _timed(task: Callable[[Path, str], Awaitable[int]], path: Path, text: str) -> int:
    return await task(path, text)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
