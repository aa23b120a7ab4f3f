"""`qd jobs logs --all-ranks` on a simulated tenant, as a script would run it."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.console.cli.runs import COMMAND, ROOT, Ran
from tests.console.cli.test_demo import Demo

_FOLDED = re.compile(r"\[([\d,-]+)(?: x(\d+))?\] (.*)")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo"))
    started = running("demo", "up", "--nodes", "16", "--accelerators", "4", "--jobs", "200")
    assert started.code == 0, started.err
    running("demo", "pause")
    yield running
    assert running("demo", "down").code == 0


@pytest.fixture(scope="module")
def failed(demo: Demo) -> str:
    """A failed job of several workers."""
    jobs = demo("jobs", "ls", "state=failed", "--all", "--profile", "demo", "--json").json
    return str(max(jobs, key=lambda job: int(job["workers"]))["name"])


def _logs(demo: Demo, name: str, *more: str) -> Ran:
    ran = demo("jobs", "logs", name, "--profile", "demo", *more)
    assert ran.code == 0, ran.err
    return ran


def _workers(demo: Demo, name: str) -> int:
    return int(demo("jobs", "get", name, "--profile", "demo", "--json").json["workers"])


def test_every_line_of_every_rank_in_the_order_of_time(demo: Demo, failed: str) -> None:
    lines = _logs(demo, failed, "--all-ranks").out.splitlines()
    times = [line.split("] ", 1)[1][:19] for line in lines]
    assert times == sorted(times)
    workers = _workers(demo, failed)
    assert workers > 1
    assert {line[1 : line.index("]")] for line in lines} == set(map(str, range(workers)))
    for rank in (0, workers - 1):
        alone = _logs(demo, failed, "--rank", str(rank)).out.splitlines()
        mine = [line.removeprefix(f"[{rank}] ") for line in lines if line.startswith(f"[{rank}] ")]
        assert mine == alone


def test_folded_lines_count_every_line_once(demo: Demo, failed: str) -> None:
    whole = _logs(demo, failed, "--all-ranks", "--tail", "30").out.splitlines()
    folded = _logs(demo, failed, "--all-ranks", "--tail", "30", "--fold").out.splitlines()
    ranks: Counter[int] = Counter()
    for line in folded:
        found = _FOLDED.match(line)
        assert found is not None, line
        said = _numbers(found[1])
        assert len(said) == int(found[2] or 1)
        ranks.update(said)
    assert ranks == Counter({rank: 30 for rank in range(_workers(demo, failed))})
    assert len(whole) == sum(ranks.values()) > len(folded)


def _numbers(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        low, _, high = part.partition("-")
        found += range(int(low), int(high or low) + 1)
    return found


def test_a_pattern_goes_before_folding(demo: Demo, failed: str) -> None:
    out = _logs(demo, failed, "--all-ranks", "--fold", "--grep", "^.{19} .rank .* starts on").out
    assert all("starts on" in line for line in out.splitlines()) and out


def test_fold_without_all_ranks_is_refused(demo: Demo, failed: str) -> None:
    ran = demo("jobs", "logs", failed, "--fold", "--profile", "demo")
    assert ran.code == 2 and "--all-ranks" in ran.err


def test_following_goes_on_where_the_logs_end(demo: Demo) -> None:
    name, workers = "mine", 3
    submit = ("jobs", "submit", "--profile", "demo", "--name", name, "--workers", str(workers))
    assert demo(*submit, "--", "true").code == 0
    demo("demo", "step", "20m")
    following = subprocess.Popen(
        [*COMMAND, "jobs", "logs", name, "--profile", "demo", "--all-ranks", "-f", "-n", "1"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **demo.env},
    )
    try:
        seen: dict[int, list[str]] = {rank: [] for rank in range(workers)}
        _read_until(following, seen, 1)
        demo("demo", "step", "120s")
        _read_until(following, seen, 3)
    finally:
        following.terminate()
        following.wait(10)
        assert following.stdout is not None
        following.stdout.close()
    for rank, lines in seen.items():
        alone = _logs(demo, name, "--rank", str(rank)).out.splitlines()
        at = alone.index(lines[0])
        assert lines == alone[at : at + len(lines)]


def _read_until(following: Any, seen: dict[int, list[str]], lines: int) -> None:
    """Take lines until every rank said so many; the test's own limit of time ends it."""
    while min(map(len, seen.values())) < lines:
        line = following.stdout.readline().decode()
        assert line, "it ended"
        rank, _, text = line.removeprefix("[").partition("] ")
        seen[int(rank)].append(text.rstrip("\n"))
