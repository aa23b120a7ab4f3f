"""The example from outside: its log, its checkpoints, and what it says about wrong input."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.gang import ENTRY, end_gang, free_port, start_rank

TINY = ("--steps", "4", "--hidden", "8", "--batch", "2", "--context", "8", "--log-every", "2")


def _run(*options: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ENTRY), *options],
        env={**os.environ, **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_runs_alone_from_any_folder_and_writes_nothing_there(tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    done = _run(*TINY, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    steps = [line for line in done.stdout.splitlines() if line.startswith("step ")]
    assert len(steps) == 2
    assert re.fullmatch(r"step 2/4 loss \d+\.\d{4} tokens/s \d+", steps[0])
    assert "no CHECKPOINT_DIR: this run is not saved" in done.stdout
    assert "sample:\n" in done.stdout
    assert sorted(tmp_path.iterdir()) == before


def test_keeps_the_last_three_checkpoints(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    (folder / ".step-000001.npz.tmp").write_bytes(b"left by a killed run")
    done = _run(*TINY, "--steps", "7", "--checkpoint-every", "2", cwd=tmp_path,
                CHECKPOINT_DIR=str(folder))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == [
        "step-000004.npz",
        "step-000006.npz",
        "step-000007.npz",
    ]


@pytest.mark.parametrize(
    ("options", "env", "sentence"),
    [
        (("--steps", "0"), {}, "0 is below 1"),
        (("--batch", "many"), {}, "'many' is not a whole number"),
        (("--rate", "-1"), {}, "error: --rate must be above 0"),
        (("--data", "missing.txt"), {}, "error: cannot read the text missing.txt: No such file"),
        (("--context", "90000"), {}, "--context 90000 needs"),
        ((), {"RANK": "2", "WORLD_SIZE": "2"}, "RANK is '2'; it must be a number from 0 to 1"),
        ((), {"RANK": "0", "WORLD_SIZE": "two"}, "WORLD_SIZE is 'two'"),
        ((), {"RANK": "0", "WORLD_SIZE": "2"}, "MASTER_ADDR is not set"),
        ((), {"CHECKPOINT_DIR": "/dev/null/x"}, "cannot keep checkpoints in /dev/null/x"),
    ],
)
def test_wrong_input_is_named_and_exits_2(
    tmp_path: Path, options: tuple[str, ...], env: dict[str, str], sentence: str
) -> None:
    done = _run(*TINY, *options, cwd=tmp_path, **env)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_checkpoint_of_another_size_is_refused(tmp_path: Path) -> None:
    folder = str(tmp_path / "checkpoints")
    assert _run(*TINY, cwd=tmp_path, CHECKPOINT_DIR=folder).returncode == 0
    done = _run(*TINY, "--hidden", "9", cwd=tmp_path, CHECKPOINT_DIR=folder)
    assert done.returncode == 2
    assert "use the same --hidden and --data, or an empty folder" in done.stderr


def test_checkpoint_of_other_options_warns_and_goes_on(tmp_path: Path) -> None:
    folder = str(tmp_path / "checkpoints")
    assert _run(*TINY, cwd=tmp_path, CHECKPOINT_DIR=folder).returncode == 0
    done = _run(*TINY, "--batch", "3", "--steps", "6", cwd=tmp_path, CHECKPOINT_DIR=folder)
    assert done.returncode == 0
    assert "warning: the checkpoint was made with another batch" in done.stderr
    assert "step 6/6 " in done.stdout
    assert "step 4/6 " not in done.stdout


def test_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        rank = start_rank(
            tmp_path / "checkpoints", tmp_path / "log", *TINY, rank=0, world=2, port=port
        )
        try:
            assert rank.wait() == 1
        finally:
            end_gang([rank])
    assert f"error: cannot listen on 127.0.0.1:{port}: Address already in use" in rank.text()


def test_ranks_with_other_options_refuse_each_other(tmp_path: Path) -> None:
    port = free_port()
    ranks = [
        start_rank(
            tmp_path / "checkpoints",
            tmp_path / f"log{r}",
            *TINY,
            *("--seed", str(r)),
            rank=r,
            world=2,
            port=port,
        )
        for r in range(2)
    ]
    try:
        assert [rank.wait() for rank in ranks] == [2, 2]
    finally:
        end_gang(ranks)
    assert "rank 1 was started with other options or another text than rank 0" in ranks[0].text()
    assert "rank 0 was started with other options or another text" in ranks[1].text()
