"""One line of each framework, and what its numbers are."""

from __future__ import annotations

import math
from typing import Any

import pytest

from console.analysis.signal_columns import tokens_of
from console.analysis.signal_formats import format_of

MEGATRON = (
    b" iteration       30/    1000 | consumed samples:          120 | elapsed time per iteration"
    b" (ms): 2767.3 | learning rate: 1.500E-04 | global batch size:     4 | lm loss: 3.282511E+01"
    b" | loss scale: 16384.0 | grad norm: 9.804 | number of skipped iterations:   1 |"
)
LINES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "megatron": (
        MEGATRON,
        {"unit": "iteration", "step": 30, "total": 1000, "step_seconds": 2.7673, "loss": 32.82511,
         "learning_rate": 1.5e-4, "grad_norm": 9.804},
    ),
    "megatron labelled by torchrun": (
        b"[default7]:" + MEGATRON,
        {"unit": "iteration", "step": 30, "total": 1000, "step_seconds": 2.7673, "loss": 32.82511,
         "learning_rate": 1.5e-4, "grad_norm": 9.804, "rank": 7},
    ),
    "megatron validation": (
        b" validation loss at iteration 1000 | lm loss value: 2.5E+00 | lm loss PPL: 1.2E+01 |",
        {"unit": "iteration", "step": 1000, "metric loss": 2.5, "metric ppl": 12.0},
    ),
    "deepspeed example": (
        b"steps: 1 loss: 12.7902 iter time (s): 150.471 samples/sec: 6.805",
        {"unit": "steps", "step": 1, "loss": 12.7902, "step_seconds": 150.471,
         "samples_per_second": 6.805},
    ),
    "deepspeed": (
        b"[2025-05-25 06:30:55,344] [INFO] [logging.py:60:log_dist] [Rank 0] step=10, skipped=0,"
        b" lr=[1e-05, 1e-05], mom=[[0.9, 0.999]]",
        {"unit": "step", "step": 10, "learning_rate": 1e-5},
    ),
    "deepspeed timer": (
        b"epoch=0/micro_step=20/global_step=10, RunningAvgSamplesPerSec=3.5, CurrSamplesPerSec=3.2",
        {"unit": "step", "step": 10, "epoch": 0, "samples_per_second": 3.5},
    ),
    "hugging face": (
        b"{'loss': 2.3012, 'grad_norm': 1.25, 'learning_rate': 4.9e-05, 'epoch': 0.52}",
        {"unit": "", "loss": 2.3012, "grad_norm": 1.25, "learning_rate": 4.9e-5, "epoch": 0.52},
    ),
    "hugging face evaluation": (
        b"{'eval_loss': 1.2, 'eval_runtime': 3.2, 'eval_samples_per_second': 31.1,"
        b" 'eval_accuracy': 0.91, 'epoch': 1.0}",
        {"unit": "", "metric loss": 1.2, "metric accuracy": 0.91, "epoch": 1.0},
    ),
    "tqdm slow": (
        b" 25%|##5       | 1/4 [03:45<11:15, 225.28s/it]",
        {"unit": "bar", "step": 1, "total": 4, "step_seconds": 225.28},
    ),
    "tqdm fast": (
        b" 50%|#####     | 500/1000 [01:02:03<01:02:03, 4.00it/s, loss=0.25]",
        {"unit": "bar", "step": 500, "total": 1000, "step_seconds": 0.25, "loss": 0.25},
    ),
    "lightning": (
        b"Epoch 3:  45%|####5     | 45/100 [00:10<00:12,  2.00it/s, v_num=0, train_loss=0.312]",
        {"unit": "bar", "step": 45, "total": 100, "epoch": 3, "step_seconds": 0.5, "loss": 0.312},
    ),
    "nanogpt": (
        b"iter 10: loss 2.3456, time 12.50ms, mfu 3.1%",
        {"unit": "iteration", "step": 10, "loss": 2.3456, "step_seconds": 0.0125},
    ),
    "nanogpt evaluation": (
        b"step 250: train loss 2.1012, val loss 2.3344",
        {"unit": "step", "step": 250, "loss": 2.1012, "metric loss": 2.3344},
    ),
    "modded nanogpt": (
        b"step:13/6000 train_loss:9.8811 train_time:2500ms step_avg:682.95ms",
        {"unit": "step", "step": 13, "total": 6000, "loss": 9.8811, "elapsed_seconds": 2.5,
         "step_seconds": 0.68295},
    ),
    "modded nanogpt evaluation": (
        b"step:125/6000 val_loss:5.6402 train_time:2500ms step_avg:nanms",
        {"unit": "step", "step": 125, "total": 6000, "elapsed_seconds": 2.5, "metric loss": 5.6402,
         "step_seconds": math.nan},
    ),
    "llm.c file": (
        b"s:1 trl:10.9598 lr:0.000002 norm:15.24",
        {"unit": "s", "step": 1, "loss": 10.9598, "learning_rate": 2e-6, "grad_norm": 15.24},
    ),
    "llm.c evaluation": (b"s:250 tel:6.1710", {"unit": "s", "step": 250, "metric loss": 6.171}),
    "llm.c screen": (
        b"step 1/19560 | loss 10.9 (+nanz)| norm 15.36 (+nanz)| lr 1.00e-06 | 300.50 ms | 49.4%"
        b" bf16 MFU | 1745000 tok/s",
        {"unit": "step", "step": 1, "total": 19560, "loss": 10.9, "grad_norm": 15.36,
         "learning_rate": 1e-6, "step_seconds": 0.3005, "tokens_per_second": 1745000},
    ),
    "paddle seg": (
        b"2023-07-27 12:54:51 [INFO]\t[TRAIN] epoch: 1, iter: 15/400, loss: 2.2545, lr: 0.009684,"
        b" batch_cost: 1.1038, reader_cost: 0.21506, ips: 7.2474 samples/sec | ETA 00:07:04",
        {"unit": "iteration", "step": 15, "total": 400, "epoch": 1, "loss": 2.2545,
         "learning_rate": 0.009684, "step_seconds": 1.1038, "samples_per_second": 7.2474},
    ),
    "paddle nlp": (
        b"total step: 10, epoch: 0, batch: 9, loss: 11.092027, avg_reader_cost: 0.12698 sec,"
        b" avg_batch_cost: 0.43956 sec, avg_samples: 96.00000, ips: 169.45020 sequences/sec",
        {"unit": "total step", "step": 10, "epoch": 0, "loss": 11.092027, "step_seconds": 0.43956,
         "samples_per_second": 169.4502},
    ),
    "paddle words": (
        b"2021-02-22 16:40:10,931 - INFO - Epoch: 0, Batch: 100, LOSS: [2.952472],  avg_batch_cost:"
        b" 0.01028 sec, avg_samples: 100.00000, ips: 9730.57494 word/sec",
        {"unit": "batch", "step": 100, "epoch": 0, "loss": 2.952472, "step_seconds": 0.01028,
         "tokens_per_second": 9730.57494},
    ),
    "mindspore": (
        b"epoch: 1 step: 100, loss is 2.3021",
        {"unit": "step", "step": 100, "epoch": 1, "loss": 2.3021},
    ),
    "benchmark record": (
        b' 0: :::MLLOG {"namespace": "", "time_ms": 1760025455519, "event_type": "POINT_IN_TIME",'
        b' "key": "tracked_stats", "value": {"train_step_time": 0.5439, "reduced_train_loss": 8.1},'
        b' "metadata": {"file": "/w/calls.py", "lineno": 480, "step": 31.0, "samples_count": 9}}',
        {"unit": "step", "step": 31, "loss": 8.1, "step_seconds": 0.5439, "rank": 0},
    ),
    "benchmark evaluation": (
        b':::MLLOG {"namespace": "", "time_ms": 1696389227929, "event_type": "POINT_IN_TIME",'
        b' "key": "eval_accuracy", "value": {"BBOX": 0.13, "SEGM": 0.14}, "metadata": {"file":'
        b' "m/train.py", "lineno": 256, "epoch_num": 1}}',
        {"unit": "epoch", "step": 1, "epoch": 1, "metric bbox": 0.13, "metric segm": 0.14},
    ),
    "torchvision": (
        b"Epoch: [2][  10/5005]\tTime  0.125 (0.234)\tData 0.1 (0.2)\tLoss 6.91e+00 (6.95e+00)",
        {"unit": "bar", "step": 10, "total": 5005, "epoch": 2, "loss": 6.91, "step_seconds": 0.125},
    ),
    "detectron": (
        b"2023-10-04 03:10:49,245 trainer INFO: eta: 0:43:05  iter: 50  time: 0.0617 (0.0647)"
        b"  data: 0.0002 (0.0040)  loss: 1.6513 (2.4760)  loss_mask: 0.4083 (1.0221)",
        {"unit": "iteration", "step": 50, "loss": 1.6513, "step_seconds": 0.0617},
    ),
    "titan": (
        b"[titan] 2025-01-01 00:00:00,000 - root - INFO - step: 10  loss: 7.1234  grad_norm: 2.1"
        b"  memory: 40.2GiB(50.1%)  tps: 1,234  tflops: 20.1  mfu: 5.0%",
        {"unit": "step", "step": 10, "loss": 7.1234, "grad_norm": 2.1, "tokens_per_second": 1234},
    ),
    "plain": (
        b"step 120/600 loss 2.314 tokens/s 10432",
        {"unit": "step", "step": 120, "total": 600, "loss": 2.314, "tokens_per_second": 10432},
    ),
    "key=value": (
        b"2025-01-01 00:00:00 INFO step=5 loss=-1.5e-3 lr=1e-4",
        {"unit": "step", "step": 5, "loss": -1.5e-3, "learning_rate": 1e-4},
    ),
    "not a number": (b"step=5 loss=nan", {"unit": "step", "step": 5, "loss": math.nan}),
    "json line": (
        b'{"step": 10, "loss": 2.3, "lr": 0.0001, "tokens_per_second": 1000}',
        {"unit": "step", "step": 10, "loss": 2.3, "learning_rate": 1e-4, "tokens_per_second": 1000},
    ),
    "json of a tracker": (
        b'{"train/loss": 2.5, "train/global_step": 7, "_timestamp": 1700000000.5}',
        {"unit": "step", "step": 7, "loss": 2.5},
    ),
    "gpt-neox": (
        b" samples/sec: 12.5 | iteration      100/  320000 | elapsed time per iteration (ms):"
        b" 8300.5 | learning rate: 1.2E-05 | approx flops: 120.5TFLOPS | lm_loss: 9.5E+00 |",
        {"unit": "iteration", "step": 100, "total": 320000, "samples_per_second": 12.5,
         "step_seconds": 8.3005, "learning_rate": 1.2e-5, "loss": 9.5},
    ),
    "gpt-neox validation": (
        b" validation results at iteration 1000 | lm_loss value: 2.5 | lm_loss_ppl value: 12.0 |",
        {"unit": "iteration", "step": 1000, "metric loss": 2.5, "metric ppl": 12.0},
    ),
    "nemo bar": (
        b"Epoch 0: :   2%|#         | 200/10000 [10:33<8:37:24, v_num=0, reduced_train_loss=5.30,"
        b" global_step=199.0, consumed_samples=102400.0, train_step_timing in s=2.90]",
        {"unit": "step", "step": 199, "total": 10000, "epoch": 0, "loss": 5.3, "step_seconds": 2.9},
    ),
    "diffusers": (
        b"Steps:  10%|#  | 100/1000 [01:00<09:00, 1.60it/s, lr=1e-5, step_loss=0.123]",
        {"unit": "bar", "step": 100, "total": 1000, "step_seconds": 0.625, "learning_rate": 1e-5,
         "loss": 0.123},
    ),
    "fairseq": (
        b"2021-01-01 10:00:00 | INFO | train_inner | epoch 001:    100 / 1123 loss=9.5,"
        b" nll_loss=8.9, ppl=480.3, wps=12345, ups=2.5, num_updates=100, lr=1.2e-05, gnorm=2.3",
        {"unit": "num updates", "step": 100, "epoch": 1, "loss": 9.5,
         "tokens_per_second": 12345, "step_seconds": 0.4, "learning_rate": 1.2e-5,
         "grad_norm": 2.3},
    ),
    "json with numbers as text": (
        b'{"epoch": 1, "update": 0.1, "loss": "9.5", "wps": "125.5", "num_updates": "100"}',
        {"unit": "num updates", "step": 100, "epoch": 1, "loss": 9.5, "tokens_per_second": 125.5},
    ),
    "openmmlab": (
        b"2023/05/01 10:00:00 - mmengine - INFO - Epoch(train)   [1][  50/1875]  lr: 1.0000e-02"
        b"  eta: 1:23:45  time: 0.3500  data_time: 0.0100  memory: 5000  loss: 2.3000",
        {"unit": "bar", "step": 50, "total": 1875, "epoch": 1, "learning_rate": 0.01,
         "step_seconds": 0.35, "loss": 2.3},
    ),
    "mindformers": (
        b"2024-01-01 10:00:00,000 - mindformers[callback.py:300] - INFO - { Epoch:[  1/  2],"
        b" step:[  100/ 1000], loss: 2.345, per_step_time: 512ms, lr: 1e-05, loss_scale: 1.0,"
        b" global_norm: [0.5], train_throughput_per_npu: 100.0T",
        {"unit": "step", "step": 100, "total": 1000, "epoch": 1, "loss": 2.345,
         "step_seconds": 0.512, "learning_rate": 1e-5},
    ),
    "maxtext": (
        b"completed step: 10, seconds: 1.234, TFLOP/s/device: 200.1, Tokens/s/device: 3000.2,"
        b" total_weights: 65536, loss: 2.345",
        {"unit": "step", "step": 10, "step_seconds": 1.234, "loss": 2.345},
    ),
    "keras bar": (
        b"100/100 - 5s 50ms/step - accuracy: 0.9012 - loss: 0.3123 - val_accuracy: 0.75"
        b" - val_loss: 0.4123",
        {"unit": "bar", "step": 100, "total": 100, "step_seconds": 0.05, "loss": 0.3123,
         "metric accuracy": 0.75, "metric loss": 0.4123},
    ),
    "tutorial": (
        b"Epoch [1/10], Step [100/600], Loss: 0.3123",
        {"unit": "step", "step": 100, "total": 600, "epoch": 1, "loss": 0.3123},
    ),
    "language model example": (
        b"| epoch   1 |   200/ 2983 batches | lr 5.00 | ms/batch 12.50 | loss  7.32 | ppl  1510.12",
        {"unit": "bar", "step": 200, "total": 2983, "epoch": 1, "learning_rate": 5.0,
         "step_seconds": 0.0125, "loss": 7.32},
    ),
    "a whole epoch": (
        b"Epoch: 1 | Train Loss: 0.300 | Train Acc: 90.1% | Val. Loss: 0.400",
        {"unit": "epoch", "step": 1, "epoch": 1, "loss": 0.3, "metric loss": 0.4},
    ),
    "total beside the step": (
        b'{"msg": "train", "step": 100, "total_steps": 1000, "train_loss": 2.31}',
        {"unit": "step", "step": 100, "total": 1000, "loss": 2.31},
    ),
    "other words before the step": (
        b"(worker pid=123) run ab step 10 loss 0.3",
        {"unit": "step", "step": 10, "loss": 0.3},
    ),
    "rank behind a time that looks the same": (
        b"2026-11-24 00:09:31 [rank 0] step 1/17433 loss 10.181 tokens/s 75872",
        {"unit": "step", "step": 1, "total": 17433, "loss": 10.181, "tokens_per_second": 75872,
         "rank": 0},
    ),
    "only a count": (b"iter 5/10", {"unit": "iteration", "step": 5, "total": 10}),
    "keras": (b"Epoch 3/10", {"unit": "epoch", "step": 3, "total": 10, "epoch": 3}),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_what_the_numbers_of_a_line_are(name: str) -> None:
    line, expected = LINES[name]
    made = format_of(line)
    assert made is not False
    tokens = tokens_of(line)
    assert len(tokens) == made.width
    columns = {
        "step": made.step, "total": made.total, "epoch": made.epoch, "rank": made.rank,
        **dict(made.fields), **{f"metric {each}": column for each, column in made.metrics},
    }  # fmt: skip
    found = {
        key: column.read(tokens, made.width)[0] for key, column in columns.items() if column
    } | {"unit": made.unit}
    assert set(found) == set(expected)
    for key, value in expected.items():
        assert found[key] == (value if key == "unit" else pytest.approx(value, nan_ok=True)), key


@pytest.mark.parametrize(
    "line",
    [
        b"    print0(f'step:{step}/{train_steps} val_loss:{val_loss:.4f} time:{t:.0f}ms')",
        b"val_loss = 0",
        b"        val_loss = 0.0",
        b"iters: 400",
        b"    --lr 0.00015     --train-iters 1000     --lr-decay-iters 800     --clip-grad 1.0",
        b"  lr_warmup_iters ................................. 0",
        b"time (ms) | load-checkpoint: 0.46",
        b"[Rank 51] (after 20 iterations) memory (MB) | allocated: 19494.453125 | max: 22106.01",
        b"dynamic_loss_scale_args ...... {'init_scale': 256, 'scale_window': 1000}",
        b"Map:  26%|##5       | 51692/200000 [00:04<00:12, 11733.85 examples/s]",
        b"Downloading shards: 100%|##########| 2/2 [00:00<00:00, 430.72it/s]",
        b"Evaluating: 10%|#         | 1/10 [00:00<00:09, 1.00it/s]",
        b'{"key": "MLLOG", "loss_fn": "ce"}',
        b':::MLLOG {"key": "opt_base_learning_rate", "value": 0.0001, "metadata": {"step": 3}}',
        b"node-17 NCCL INFO Channel 00/32 : 0 1 2 3 4 5 6 7",
        b"commit 3fa9c2d1 step by step",
        b"",
    ],
)
def test_lines_that_say_nothing_of_the_training(line: bytes) -> None:
    assert format_of(line) is False
