"""`qd logs signals` as a person and a script use it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.console.cli.runs import inside, qd

LOG = "".join(
    f"2026-05-01 10:{at // 6:02d}:{at % 6 * 10:02d}.5 step {at}/100 loss {5 - at / 20:.2f}"
    f" lr 1e-4 tokens/s {1000 + at}\n"
    for at in range(1, 61)
)
TAIL = (
    "saving checkpoint to /ckpt/\x1b[2Jstep-60\n"
    "step 60: train loss 2.0, val loss 2.5\n"
    "\x1b[31mstep 61/100 loss nan\x1b[0m\n"
)
FIELDS = {
    *("unit", "step", "total", "loss", "learning_rate", "grad_norm", "losses", "time", "pace"),
    *("tokens_per_second", "samples_per_second", "finish", "cost_to_finish", "restarts"),
    *("segments", "evaluation_count", "evaluations", "checkpoint_count", "checkpoints", "run"),
    *("summary", "ranks", "lines"),
}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_a_file_as_json(tmp_path: Path, capsys: object) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(LOG.encode()))
    said = inside(capsys, "logs", "signals", str(path), "--json")
    assert said.code == 0 and set(said.json) == FIELDS
    found = said.json
    assert (found["unit"], found["step"], found["total"], found["lines"]) == ("step", 60, 100, 60)
    assert (found["loss"], found["learning_rate"], found["tokens_per_second"]) == (2, 1e-4, 1060)
    assert found["time"] == "2026-05-01T10:10:00.500000Z"
    assert found["pace"] == {"seconds": 10, "source": "clock", "intervals": 59}
    assert found["finish"] == {"steps": 40, "seconds": 400, "at": "2026-05-01T10:16:40.500000Z"}
    assert found["cost_to_finish"] is None and found["ranks"] == []


def test_what_is_no_number_and_the_points(tmp_path: Path, capsys: object) -> None:
    path = tmp_path / "a.log"
    path.write_text(LOG + TAIL)
    said = inside(capsys, "logs", "signals", str(path), "--json", "--points").json
    assert set(said) == FIELDS | {"points"}
    assert said["loss"] == "nan"
    assert said["points"][0] == {
        "step": 1, "line": 1, "segment": 0, "total": 100, "loss": 4.95, "learning_rate": 1e-4,
        "tokens_per_second": 1001, "time": "2026-05-01T10:00:10.500000Z",
    }  # fmt: skip
    evaluation = said["evaluations"][0]
    assert (evaluation["step"], evaluation["metrics"], evaluation["line"]) == (
        60,
        {"loss": 2.5},
        62,
    )
    assert said["checkpoint_count"] == 1


def test_what_a_log_says_is_shown_and_never_obeyed(tmp_path: Path, capsys: object) -> None:
    path = tmp_path / "a.log"
    path.write_text(LOG + TAIL)
    for language, words in (("en", "step 61 of 100 (61%)"), ("zh_CN", "步 61，共 100（61%）")):
        said = inside(capsys, "logs", "signals", str(path), "--lang", language)
        assert said.code == 0 and words in said.out and "\x1b" not in said.out, said.out


def test_files_are_the_ranks_of_one_run(tmp_path: Path, capsys: object) -> None:
    paths = [tmp_path / f"rank-{rank}.log" for rank in range(4)]
    for rank, path in enumerate(paths):
        seconds = 0.75 if rank == 2 else 0.5
        path.write_text("".join(f"step {at} loss 2.5 time {seconds:.2f}s\n" for at in range(1, 30)))
    said = inside(capsys, "logs", "signals", *map(str, paths), "--json").json
    assert {each["rank"]: each["mark"] for each in said["ranks"]} == {
        0: None, 1: None, 2: "slow", 3: None,
    }  # fmt: skip
    assert said["ranks"][0]["rank"] == 2 and said["ranks"][0]["ratio"] == 1.5
    assert "rank 2 +50 % a step" in inside(capsys, "logs", "signals", *map(str, paths)).out


def test_what_is_piped_in() -> None:
    said = qd("logs", "signals", "-", "--json", stdin="iter 5/10\n")
    assert said.code == 0 and (said.json["step"], said.json["total"]) == (5, 10)


def test_a_log_without_training(tmp_path: Path, capsys: object) -> None:
    path = tmp_path / "a.log"
    path.write_text("hello\n")
    said = inside(capsys, "logs", "signals", str(path), "--json").json
    assert (said["step"], said["pace"], said["finish"]) == (None, None, None)
    assert inside(capsys, "logs", "signals", str(path)).code == 0


def test_what_cannot_be_read(tmp_path: Path, capsys: object) -> None:
    said = inside(capsys, "logs", "signals", str(tmp_path))
    assert said.code == 2 and str(tmp_path) in said.err and said.out == ""
