from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.agent.progress import LogProgress, checkpoint_step, last_line, newest_checkpoint


@pytest.mark.parametrize(
    ("line", "step", "total", "loss", "speed"),
    [
        ("step 120/600 loss 2.314 tokens/s 10432", 120, 600, 2.314, 10432),
        ("step=7 loss: 2.3e-1", 7, None, 0.23, None),
        ("iter 5/10", 5, 10, None, None),
        ('{"step": 9, "loss": 1.5}', 9, None, 1.5, None),
        ("[info] Step: 3 train_loss=4 10,432 tok/s", 3, None, 4, 10432),
        ("saved step-000120.npz, footsteps 4, loss nan", None, None, None, None),
        ("step 99999999999999999999", None, None, None, None),
    ],
)
def test_lines(
    tmp_path: Path,
    line: str,
    step: int | None,
    total: int | None,
    loss: float | None,
    speed: float | None,
) -> None:
    log = tmp_path / "log"
    log.write_text(line + "\n")
    progress = LogProgress(log)
    progress.update()
    found = progress.figures
    assert (found.step, found.total_steps) == (step, total)
    assert (found.loss, found.tokens_per_second) == (loss, speed)


def test_a_line_in_pieces_counts_once_it_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "log"
    progress = LogProgress(log)
    progress.update()
    assert progress.size is None
    log.write_bytes(b"step 1")
    progress.update()
    assert progress.figures.step is None
    log.write_bytes(b"step 12\rstep 13\nstep")
    progress.update()
    assert progress.figures.step == 13


def test_a_flood_is_skipped_to_its_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as out:
        out.truncate(3 * 2**30)
        out.seek(0, 2)
        out.write(b"\nstep 5 loss 1.0\n")
    progress = LogProgress(log)
    progress.update()
    assert progress.figures.step == 5 and progress.size == 3 * 2**30 + 17


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("step-000120.npz", 120),
        ("checkpoint-40", 40),
        ("ckpt.7", 7),
        ("step-3.npz.tmp", None),
        (".step-9", None),
        ("model.pt2", None),
        ("latest", None),
    ],
)
def test_checkpoint_names(name: str, step: int | None) -> None:
    assert checkpoint_step(name) == step


def test_the_highest_checkpoint_is_found(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path / "nowhere") is None
    for name in ("step-9.npz", "step-10.npz", "step-11.npz.tmp"):
        (tmp_path / name).write_text("x")
    found = newest_checkpoint(tmp_path)
    assert found is not None and found[0] == 10


def test_the_last_line_shows_control_characters(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"first\n\x1b[31mred\x07 \xff [/x]\n\n")
    assert last_line(log) == r"\x1b[31mred\x07 \xff [/x]"
    log.write_bytes(b"y" * 10_000)
    assert len(last_line(log)) == 200
    assert last_line(tmp_path / "nowhere") == ""
