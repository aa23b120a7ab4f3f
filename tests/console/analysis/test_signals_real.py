"""Signals of real logs against what is known of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from console.analysis.signal_model import Signals
from console.analysis.signal_pace import pace_of
from console.analysis.signals import Shape, SignalReader
from console.analysis.slow_ranks import RankMark, late_steps, rank_speeds
from console.logs.stored import blocks_of

DATA = Path(__file__).parents[4] / "shared" / "data"
TRUTH = DATA / "ground_truth.json"

pytestmark = pytest.mark.skipif(not TRUTH.exists(), reason="needs ../shared/data")


@cache
def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TRUTH.read_text()) if TRUTH.exists() else {}
    return found


@cache
def reader_of(name: str) -> SignalReader:
    reader = SignalReader()
    for block in blocks_of(DATA / name):
        reader.feed(block)
    return reader


@cache
def read(name: str) -> Signals:
    return reader_of(name).result()


def logs(kind: str) -> Iterator[str]:
    return (name for name, known in truth().items() if kind in known)


@pytest.mark.parametrize("name", [name for name in truth() if name.startswith("logs/loghub")])
def test_system_logs_hold_no_training(name: str) -> None:
    signals = read(name)
    assert signals.losses == 0 and signals.evaluation_count == 0 and signals.checkpoints == ()


@pytest.mark.parametrize(
    "name", [name for name in truth() if name.startswith("logs/") and "lines" in truth()[name]]
)
def test_lines_are_counted_as_they_are(name: str) -> None:
    read(name)
    assert reader_of(name).lines == truth()[name]["lines"]


@pytest.mark.parametrize("name", logs("megatron"))
def test_megatron(name: str) -> None:
    known, signals = truth()[name]["megatron"], read(name)
    points = [each for each in signals.points if each.loss is not None]
    assert signals.unit == "iteration" and signals.restarts == 0
    assert (points[0].step, points[0].loss) == (known["first_iteration"], known["first_loss"])
    assert (points[-1].step, points[-1].loss) == (known["last_iteration"], known["last_loss"])
    assert (signals.total, signals.losses) == (known["of"], known["loss_lines"])
    assert signals.segments[0].least_loss == known["min_loss"]
    times = [each.step_seconds for each in points if each.step_seconds is not None]
    assert median(times) * 1000 == pytest.approx(known["median_ms_per_iteration"], rel=1e-3)
    pace = pace_of(signals.points)
    assert pace is not None
    assert pace.seconds * 1000 == pytest.approx(known["median_ms_per_iteration"], rel=0.02)


@pytest.mark.parametrize("name", logs("nanogpt"))
def test_nanogpt(name: str) -> None:
    known, llmc = truth()[name]["nanogpt"], truth()[name].get("llmc", {"eval_lines": 0})
    signals = read(name)
    assert signals.losses == known["train_lines"]
    assert signals.evaluation_count == known["val_lines"] + llmc["eval_lines"]
    last = signals.evaluations[-1]
    assert (last.step, last.metrics) == (known["last_step"], {"loss": known["final_val_loss"]})
    assert signals.last is not None
    assert (signals.last.step, signals.total) == (known["last_step"], known["last_step"])
    assert signals.last.elapsed_seconds == pytest.approx(known["final_train_time_ms"] / 1000, 2e-3)


def test_speed_runs_are_segments_with_their_own_losses() -> None:
    name = "logs/modded-nanogpt/speedruns_2024_2025.log.zst"
    signals, known = read(name), truth()[name]
    # Those of the first week have another form and a counter of their own.
    counters = {track.unit: track for _, track in reader_of(name).counters()}
    assert counters["s"].losses == known["llmc"]["train_lines"]
    first, last = counters["s"].segments[0], counters["s"].segments[-1]
    assert first.first_loss == known["llmc"]["first_train_loss"]
    assert last.last_loss == known["llmc"]["last_train_loss"]
    assert signals.restarts + 1 + len(counters["s"].segments) == known["runs"]


def test_speed_runs_one_by_one() -> None:
    name = "logs/modded-nanogpt/speedruns_2024_2025.log.zst"
    known, whole = truth()[name], b"".join(blocks_of(DATA / name))
    shapes: dict[bytes, Shape] = {}
    finals: list[tuple[float, str]] = []
    with (DATA / "logs/modded-nanogpt/speedruns_index.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            reader, start = SignalReader(100, 20, shapes), int(row["start_byte"])
            reader.feed(whole[start : start + int(row["bytes"])])
            signals = reader.result()
            assert signals.restarts == 0, row["path"]
            if signals.evaluations and signals.total:
                finals.append((signals.evaluations[-1].metrics["loss"], row["path"]))
    assert len(finals) == known["runs_with_val_loss"]
    assert list(min(finals)) == known["lowest_final_val_loss"]


def test_llmc() -> None:
    name = "logs/modded-nanogpt/2024-10-13_llmc__main.log.zst"
    known, signals = truth()[name]["llmc"], read(name)
    assert signals.losses == known["train_lines"]
    assert signals.evaluation_count == known["eval_lines"]
    assert signals.segments[0].first_loss == known["first_train_loss"]
    assert signals.segments[0].last_loss == known["last_train_loss"]
    assert signals.evaluations[-1].metrics == {"loss": known["last_eval_loss"]}


@pytest.mark.parametrize("name", logs("mlperf"))
def test_mlperf(name: str) -> None:
    known, signals = truth()[name]["mlperf"], read(name)
    assert signals.evaluation_count == known.get("eval_count", 0)
    accuracy = known.get("last_eval_accuracy")
    if isinstance(accuracy, dict):
        found = {key.upper(): value for key, value in signals.evaluations[-1].metrics.items()}
        assert found == accuracy
    elif accuracy is not None:
        assert signals.evaluations[-1].metrics == {"accuracy": accuracy}
    assert signals.run.status == known.get("run_status", "")
    assert signals.run.started is not None
    assert round(signals.run.started.timestamp() * 1000) == known["run_start_ms"]
    assert signals.run.seconds == pytest.approx(known.get("run_seconds"))


def test_a_trainer_in_sixteen_tasks() -> None:
    signals = read("logs/bigscience/hf_ds_gpt2_base_n16-1832552.out")
    assert signals.summary == {"samples_per_second": 1.147, "step_seconds": 200}
    assert (signals.last.step if signals.last else None, signals.total) == (4, 4)
    assert [each.path for each in signals.checkpoints] == ["output_dir"]


def test_a_benchmark_of_the_network_is_no_training() -> None:
    assert read("logs/bigscience/n16_32gb_all_reduce_bench.txt").points == ()


@pytest.mark.parametrize(
    ("name", "unit", "points", "last", "total", "loss"),
    [
        ("HRNetW18__logs__paddle__PaddleSeg_fcn_hrnetw18_bs8_fp32_DP_N1C8_log.log",
         "iteration", 26, 390, 400, 1.0396),
        ("Bert__logs__A100_LOG__PaddleNLP_bert_base_seqlen128_bs96_fp32_DP_N1C1_log.log",
         "step", 50, 500, None, 10.815544),
        ("Transformer__logs__A100_LOG__PaddleNLP_transformer_big_bs5120_fp32_DP_N1C1_log.log",
         "step", 30, 2900, None, 3.661237),
        ("Word2Vec__logs__W2V_DataLoader_16Thread_4Node.log.zst",
         "batch", 8534, 853400, None, 1.7669941),
    ],
)  # fmt: skip
def test_paddle(
    name: str, unit: str, points: int, last: float, total: float | None, loss: float
) -> None:
    signals = read(f"logs/paddle/{name}")
    assert signals.last is not None
    found = (signals.unit, signals.losses, signals.last.step, signals.total, signals.last.loss)
    assert found == (unit, points, last, total, loss)


@pytest.mark.parametrize("number", [1, 2])
def test_the_slowest_worker(number: int) -> None:
    name = f"utilisation/pai_minibatch_job_{number}.csv"
    known, times = truth()[name], _worker_times(name)
    speeds = rank_speeds(times)
    assert speeds[0].rank == known["slowest_worker_by_mean"]
    for speed in speeds:
        # One row of the second file stands there twice.
        assert speed.mean == pytest.approx(known["mean_by_worker"][str(speed.rank)], abs=0.05)
    late = {str(rank): count for rank, count in late_steps(times, by=100).items()}
    assert late == known["iterations_over_100_above_median_of_workers"]


def test_marks_of_slow_workers() -> None:
    first = rank_speeds(_worker_times("utilisation/pai_minibatch_job_1.csv"))
    marks = {each.rank: each.mark for each in first if each.mark}
    # Three that wait for nobody are slow throughout; worker 6 begins to straggle on the way.
    slow = dict.fromkeys((0, 1, 2), RankMark.SLOW)
    assert marks == slow | {6: RankMark.STRAGGLING}
    second = rank_speeds(_worker_times("utilisation/pai_minibatch_job_2.csv"))
    assert {each.rank: each.mark for each in second if each.mark} == {5: RankMark.SLOW}


def _worker_times(name: str) -> dict[int, dict[float, float]]:
    times: dict[int, dict[float, float]] = {}
    with (DATA / name).open(newline="") as file:
        for row in csv.DictReader(file):
            own = times.setdefault(int(row["worker"]), {})
            own[float(row["time"])] = float(row["batch_time_norm"])
    return times
