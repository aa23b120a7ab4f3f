"""An interrupted run of the example ends exactly as one that was never interrupted."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from examples.charlm.checkpoint import path_of
from tests.examples.gang import (
    Rank,
    end_gang,
    eventually,
    finished_line,
    start_gang,
    start_rank,
)

STEPS = 500
SMALL = (
    *("--steps", str(STEPS), "--hidden", "24", "--batch", "4", "--context", "16"),
    *("--checkpoint-every", "10", "--log-every", "1"),
)
StartGang = Callable[..., list[Rank]]


@pytest.fixture
def gang(tmp_path: Path) -> Iterator[StartGang]:
    started: list[Rank] = []

    def start(folder: Path, name: str, *options: str) -> list[Rank]:
        ranks = start_gang(folder, tmp_path / name, *(options or SMALL))
        started.extend(ranks)
        return ranks

    yield start
    end_gang(started)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The last line and the last checkpoint of a run nobody interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    ranks = start_gang(folder / "checkpoints", folder / "logs", *SMALL)
    try:
        assert [rank.wait() for rank in ranks] == [0, 0], ranks[0].text()
    finally:
        end_gang(ranks)
    return finished_line(ranks[0].text()), path_of(folder / "checkpoints", STEPS)


def _passes(folder: Path, step: int) -> Callable[[], bool]:
    return lambda: path_of(folder, step).exists()


def _assert_same_end(ranks: list[Rank], folder: Path, whole: tuple[str, Path]) -> None:
    assert [rank.wait() for rank in ranks] == [0, 0], ranks[0].text()
    line, reference = whole
    assert finished_line(ranks[0].text()) == line
    with np.load(path_of(folder, STEPS)) as ours, np.load(reference) as theirs:
        for name in ("weights", "first", "second", "about"):
            assert ours[name].tobytes() == theirs[name].tobytes(), name


def test_killed_run_goes_on_to_the_same_weights(
    gang: StartGang, tmp_path: Path, whole: tuple[str, Path]
) -> None:
    folder = tmp_path / "checkpoints"
    first = gang(folder, "first")
    eventually(_passes(folder, 50), "the checkpoint of step 50")
    for rank in first:
        rank.process.kill()
        rank.wait()
    assert not path_of(folder, STEPS).exists(), "the run ended before it could be killed"

    second = gang(folder, "second")
    _assert_same_end(second, folder, whole)
    assert "resumed from step-" in second[0].text()
    assert "step 1/" not in second[0].text()


def test_lost_rank_ends_the_other_and_the_next_gang_goes_on(
    gang: StartGang, tmp_path: Path, whole: tuple[str, Path]
) -> None:
    folder = tmp_path / "checkpoints"
    first = gang(folder, "first")
    eventually(_passes(folder, 20), "the checkpoint of step 20")
    first[1].process.kill()
    assert first[0].wait() == 1
    assert "error: lost rank 1: " in first[0].text()

    _assert_same_end(gang(folder, "second"), folder, whole)


def test_damaged_newest_checkpoint_is_named_and_the_one_before_used(
    gang: StartGang, tmp_path: Path, whole: tuple[str, Path]
) -> None:
    folder = tmp_path / "checkpoints"
    first = gang(folder, "first")
    eventually(_passes(folder, 30), "the checkpoint of step 30")
    end_gang(first)
    newest = max(folder.glob("step-*.npz"))
    newest.write_bytes(newest.read_bytes()[:-200])

    second = gang(folder, "second")
    _assert_same_end(second, folder, whole)
    assert f"warning: skipping the damaged checkpoint {newest.name}: " in second[0].text()
    assert f"resumed from {newest.name}" not in second[0].text()


@pytest.mark.parametrize("asked", [0, 1])
def test_sigterm_to_one_rank_saves_and_ends_all_with_143(
    gang: StartGang, tmp_path: Path, whole: tuple[str, Path], asked: int
) -> None:
    folder = tmp_path / "checkpoints"
    first = gang(folder, "first")
    eventually(_passes(folder, 10), "the checkpoint of step 10")
    first[asked].process.send_signal(signal.SIGTERM)
    assert [rank.wait() for rank in first] == [143, 143], first[0].text()
    stopped = first[0].text().splitlines()[-1]
    step = int(stopped.removeprefix("stopped after step "))
    assert path_of(folder, step).exists()

    _assert_same_end(gang(folder, "second"), folder, whole)


def test_finished_run_started_again_says_the_same(
    gang: StartGang, tmp_path: Path, whole: tuple[str, Path]
) -> None:
    folder = whole[1].parent
    again = gang(folder, "again")
    assert [rank.wait() for rank in again] == [0, 0]
    assert finished_line(again[0].text()) == whole[0]
    assert f"step {STEPS}/{STEPS} loss" not in again[0].text()


def test_another_seed_gives_other_weights(
    gang: StartGang, tmp_path: Path, whole: tuple[str, Path]
) -> None:
    ranks = gang(tmp_path / "checkpoints", "other", *SMALL, "--seed", "2")
    assert [rank.wait() for rank in ranks] == [0, 0]
    assert finished_line(ranks[0].text()) != whole[0]


def test_full_disk_is_told_and_leaves_no_draft(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    log = tmp_path / "log"
    rank = start_rank(
        folder, log, *SMALL, "--steps", "20", rank=0, world=1, port=1, prefix="ulimit -f 8"
    )
    try:
        assert rank.wait() == 1
    finally:
        end_gang([rank])
    assert "warning: checkpoint of step 10 not written: File too large" in rank.text()
    assert "error: checkpoint of step 20 not written: File too large" in rank.text()
    assert list(folder.iterdir()) == []
