"""What is read out of a log of a training as it goes on."""

from __future__ import annotations

import math
import tracemalloc
from datetime import UTC, datetime

import pytest

from console.analysis.signal_model import Saved, Signals
from console.analysis.signals import SignalReader


def read(text: str | bytes, block: int = 1 << 20) -> Signals:
    data = text.encode() if isinstance(text, str) else text
    reader = SignalReader()
    for start in range(0, len(data), block):
        reader.feed(data[start : start + block])
    return reader.result()


def steps(first: int, last: int, every: int = 1) -> str:
    return "".join(
        f"step {at}/1000 loss {10 - at / 200:.3f} tokens/s {10_000 + at}\n"
        for at in range(first, last + 1, every)
    )


def test_nothing_of_an_empty_log() -> None:
    assert read("") == Signals()


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
def test_the_same_whatever_the_blocks(block: int) -> None:
    log = "start\n" + steps(10, 200, 10) + "step 200: train loss 9.0, val loss 9.5\n"
    assert read(log, block) == read(log)


def test_points_have_their_lines_and_figures() -> None:
    signals = read("hello\n" + steps(1, 50))
    assert [each.step for each in signals.points] == list(range(1, 51))
    assert [each.line for each in signals.points] == list(range(2, 52))
    last = signals.last
    assert last is not None
    assert (last.loss, last.tokens_per_second, last.total) == (9.75, 10_050, 1000)
    assert (signals.total, signals.unit, signals.losses) == (1000, "step", 50)


def test_the_last_line_counts_before_it_has_an_end() -> None:
    reader = SignalReader()
    reader.feed(b"step 1 loss 2.5\nstep 2 loss 2.25")
    assert reader.last is not None and reader.last.step == 1
    last = reader.result().last
    assert last is not None and (last.step, last.loss, last.line) == (2, 2.25, 2)


def test_the_newest_point_is_the_last_of_all() -> None:
    for log in (steps(1, 50), steps(1, 5) + "step 5: val loss 2.5\n", steps(1, 30) + steps(2, 9)):
        reader = SignalReader()
        assert reader.last is None
        reader.feed(log.encode())
        assert reader.last == reader.points[-1]


def test_a_restart_opens_a_segment() -> None:
    signals = read(steps(1, 30) + "restored from step 20\n" + steps(21, 60))
    assert signals.restarts == 1
    assert [(each.first, each.last, each.points) for each in signals.segments] == [
        (1, 30, 30),
        (21, 60, 40),
    ]
    assert [each.segment for each in signals.points] == [0] * 30 + [1] * 40


def test_a_restart_without_a_line_between() -> None:
    assert read(steps(1, 30) + steps(11, 40)).restarts == 1


def test_steps_within_an_epoch_are_counted_on() -> None:
    log = "".join(
        f"epoch: {epoch} step: {at}, loss is {2.5 - epoch / 10}\n"
        for epoch in (1, 2, 3)
        for at in range(10, 101, 10)
    )
    signals = read(log)
    assert signals.restarts == 0
    assert [each.step for each in signals.points] == list(range(10, 301, 10))


def test_bars_of_epochs_are_counted_on() -> None:
    log = "\r".join(
        f"Epoch {epoch}:  45%|###  | {at}/100 [00:10<00:12,  2.00it/s, loss=0.5]"
        for epoch in (0, 1)
        for at in range(0, 101, 50)
    )
    assert [each.step for each in read(log + "\n").points] == [0, 50, 100, 100, 150, 200]


def test_steps_of_each_epoch_of_so_many_are_steps_of_the_run() -> None:
    log = "".join(
        f"Epoch [{epoch}/3], Step [{at}/100], Loss: 2.5\n" for epoch in (1, 2) for at in (50, 100)
    )
    signals = read(log)
    assert [(each.step, each.total) for each in signals.points] == [
        (50, 300),
        (100, 300),
        (150, 300),
        (200, 300),
    ]
    resumed = read(log + "Epoch [1/3], Step [50/100], Loss: 2.5\n")
    assert resumed.restarts == 1 and resumed.segments[-1].first == 50


def test_a_bar_of_an_epoch_does_not_say_when_the_run_ends() -> None:
    bar = "Epoch 0:  45%|###  | 45/100 [00:10<00:12,  2.00it/s, loss=0.5]\n"
    assert read(bar).total is None


def test_states_of_a_bar_are_points_of_one_line() -> None:
    bar = "\r".join(f" {at}%|#| {at}/100 [00:10<00:12, 2.00s/it]" for at in (10, 20, 30))
    signals = read(f"first\n{bar}\nlast\n")
    assert [(each.step, each.line) for each in signals.points] == [(10, 2), (20, 2), (30, 2)]


def test_a_full_bar_is_followed_by_another_bar() -> None:
    bar = "\r".join(f" {at}%|#| {at}/100 [00:10<00:12, 2.00s/it]" for at in (0, 50, 100))
    assert read(f"{bar}\n{bar}\n").restarts == 0


def test_losses_of_a_trainer_stand_at_the_step_of_its_bar() -> None:
    log = (
        "  5%|5  | 50/1000 [00:10<00:12, 2.00it/s]\n"
        "{'loss': 2.5, 'learning_rate': 4.9e-05, 'epoch': 0.05}\n"
        " 10%|#  | 100/1000 [00:20<00:12, 2.00it/s]\n"
        "{'loss': 2.25, 'learning_rate': 4.8e-05, 'epoch': 0.1}\n"
        "{'eval_loss': 2.75, 'eval_runtime': 3.5, 'epoch': 0.1}\n"
        "{'train_runtime': 871.5, 'train_samples_per_second': 1.25, 'epoch': 1.0}\n"
    )
    signals = read(log)
    losses = [(each.step, each.loss) for each in signals.points if each.loss is not None]
    assert losses == [(50, 2.5), (100, 2.25)]
    assert [(each.step, each.metrics) for each in signals.evaluations] == [(100, {"loss": 2.75})]
    assert signals.summary == {"samples_per_second": 1.25}
    assert signals.total == 1000


def test_losses_of_a_trainer_without_a_bar_stand_at_the_epoch() -> None:
    signals = read("{'loss': 2.5, 'epoch': 0.5}\n{'loss': 2.25, 'epoch': 1.0}\n")
    assert signals.unit == "epoch"
    assert [(each.step, each.loss) for each in signals.points] == [(0.5, 2.5), (1.0, 2.25)]


def test_a_loss_that_is_no_number_is_kept_as_such() -> None:
    signals = read("step 1 loss 2.5\nstep 2 loss nan\nstep 3 loss 2.25\n")
    losses = [each.loss for each in signals.points]
    assert losses[0] == 2.5 and math.isnan(losses[1] or 0.0)
    assert signals.segments[0].least_loss == 2.25


def test_the_time_of_a_line() -> None:
    signals = read("2025-01-01 00:00:10 step 5 loss 2.5\n")
    assert signals.points[0].time == datetime(2025, 1, 1, 0, 0, 10, tzinfo=UTC)


def test_ranks_in_one_log_are_kept_apart() -> None:
    log = "".join(
        f"[rank{rank}]: step {at} loss 2.5 time {0.5 + rank / 10:.2f}s\n"
        for at in range(1, 21)
        for rank in (3, 0, 1)
    )
    signals = read(log)
    assert signals.restarts == 0 and len(signals.points) == 20
    assert list(signals.ranks) == [0, 1, 3]
    assert {each.step_seconds for each in signals.ranks[3]} == {0.8}


def test_the_hour_is_no_rank() -> None:
    log = "".join(
        f"2026-11-24 {at // 60:02d}:{at % 60:02d}:31 [rank 0] step {at} loss 2.5\n"
        for at in range(1, 300)
    )
    assert read(log).losses == 299


def test_ranks_that_are_not_in_step() -> None:
    log = "[rank0]: step 5 loss 2.5\n[rank1]: step 4 loss 2.5\n[rank0]: step 6 loss 2.5\n"
    assert read(log).restarts == 0


@pytest.mark.parametrize(
    ("line", "saved"),
    [
        ("  successfully saved checkpoint at iteration    1000 to /ckpt/run in torch format",
         (1000, "/ckpt/run")),
        ("[Rank 0] Saving model checkpoint: /c/global_step500/mp_rank_00_model_states.pt",
         (500, "/c/global_step500/mp_rank_00_model_states.pt")),
        ("Saving model checkpoint to out/checkpoint-500", (500, "out/checkpoint-500")),
        ("INFO:tensorflow:Saving checkpoints for 45 into /results/model.ckpt.",
         (45, "/results/model.ckpt")),
        ("Epoch 0, global step 500: 'val_loss' reached 0.4 (best 0.4), saving model to"
         " '/x/epoch=0-step=500.ckpt' as top 1", (500, "/x/epoch=0-step=500.ckpt")),
        ("saving checkpoint to out", (7, "out")),
        ("saving checkpoint", (7, "")),
        ("step 120/600 loss 2.314 tokens/s 10432 saved checkpoint step-00000120",
         (120, "step-00000120")),
        ("Writing state to log124M/state_00005000_00000.bin", (5000,
         "log124M/state_00005000_00000.bin")),
    ],
)  # fmt: skip
def test_checkpoints(line: str, saved: tuple[int | None, str]) -> None:
    signals = read(f"step 7 loss 2.5\n{line}\n")
    assert signals.checkpoint_count == 1
    assert [(each.step, each.path) for each in signals.checkpoints] == [saved]


@pytest.mark.parametrize(
    "line",
    [
        "Failed to save checkpoint to /ckpt/step-10",
        "save_checkpoints_steps: 200",
        "Saving checkpoints to /results/run",
        "will save checkpoint to /ckpt",
        "loading checkpoint from /ckpt/step-10",
    ],
)
def test_lines_that_speak_of_checkpoints_only(line: str) -> None:
    assert read(f"{line}\n").checkpoints == ()


def test_ranks_without_a_label_are_not_restarts() -> None:
    log = "".join(
        f"step {max(1, at - lag)} loss 2.5\n" for at in range(1, 200) for lag in (0, 1, 0, 2, 1)
    )
    signals = read(log)
    assert signals.restarts == 0
    assert signals.segments[0].last == 199


def test_a_checkpoint_that_is_announced_and_done_is_one() -> None:
    log = (
        "saving checkpoint at iteration    1000 to /ckpt\n"
        "  successfully saved checkpoint at iteration    1000 to /ckpt\n"
    )
    assert read(log).checkpoints == (Saved(1000, "/ckpt", 1),)


def test_colours_and_line_ends_of_other_systems() -> None:
    log = (
        b"\x1b[32m[2025-01-01 00:00:01,500] [INFO]\x1b[0m - step_idx: 100, avg loss: 8.5\x1b[0m\r\n"
    )
    signals = read(log * 2)
    assert [(each.step, each.loss, each.line) for each in signals.points] == [
        (100, 8.5, 1),
        (100, 8.5, 2),
    ]


def test_digits_that_stand_in_other_places() -> None:
    log = "run a1bc step 10 loss 2.5\nrun ab12c step 20 loss 2.25\nrun 7abc step 30 loss 2.0\n"
    found = [(each.step, each.loss) for each in read(log).points]
    assert found == [(10, 2.5), (20, 2.25), (30, 2.0)]


def test_bytes_that_are_no_text() -> None:
    log = b"\xff\xfe\x00step 1 loss 2.5\n" + bytes(range(256)) * 40 + b"\nstep 2 loss 2.25\n"
    last = read(log).last
    assert last is not None and (last.step, last.loss) == (2, 2.25)


def test_a_line_without_an_end_is_not_held() -> None:
    reader = SignalReader()
    tracemalloc.start()
    for _ in range(40):
        reader.feed(b"x1 " * 350_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24_000_000
    reader.feed(b"\nstep 2 loss 2.25\n")
    last = reader.last
    assert last is not None and (last.step, last.line) == (2, 2)


def test_long_logs_are_thinned_and_keep_the_extremes_and_the_end() -> None:
    reader = SignalReader()
    for start in range(0, 200_000, 10_000):
        reader.feed(
            b"".join(
                b"step %d/200000 loss %d.5\n" % (at, 900 if at == 123_456 else at % 7 + 1)
                if at != 77_777
                else b"step 77777/200000 loss 0.25\n"
                for at in range(start, start + 10_000)
            )
        )
    signals = reader.result()
    assert len(signals.points) < 12_000
    losses = {each.step: each.loss for each in signals.points}
    assert losses[123_456] == 900.5 and losses[77_777] == 0.25
    assert [each.step for each in signals.points[-400:]] == list(range(199_600, 200_000))
    assert signals.losses == 200_000
    found = [each.step for each in signals.points]
    assert found == sorted(set(found))


def test_memory_does_not_grow_with_the_log() -> None:
    reader = SignalReader()

    def feed(first: int) -> None:
        for at in range(first, first + 12_000, 4):
            reader.feed(b"step %d loss 2.5 lr 0.001\nepoch done\nstep %d loss 2\n" % (at, at + 1))

    feed(0)
    tracemalloc.start()
    feed(12_000)
    now, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert now < 2_500_000


@pytest.mark.parametrize(
    "log",
    [
        "step 1 loss 2.5 lr 1.2\nstep 1 loss 2.5 lr 12.\nstep 1 loss 25. lr .12\n",
        "step 1 val loss 2.5.\nstep 1 val loss 25..\nstep 2 val loss ..25\n",
        "[rank0]: step 1 loss 2.5\n[rank.0]: step 1 loss 25\n",
        "step 1 loss 2.5, 0.0 it/s\n",
        "{'train_runtime': 1.5, 'train_loss': 2.5}\n{'train_runtime': 15., 'train_loss': .25}\n",
    ],
)
def test_digits_and_points_that_are_no_number(log: str) -> None:
    signals = read(log)
    assert all(each.line <= 3 for each in signals.points)
    assert all(each.step_seconds is None for each in signals.points)
