"""Losses that went wrong, data loaders that died, kernels that found an index out of range."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    COMPLETED,
    UNKNOWN,
    Log,
    child_failed,
    failed,
    hf_steps,
    megatron,
    plain_steps,
    sample,
    text_sample,
    traceback,
)


@sample("training", failed("Framework", "train.nan"), label="tee")
def megatron_stops_at_nan(log: Log) -> None:
    megatron(log, 900, 960)
    log.say(
        traceback(
            "RuntimeError: Rank 37, node gpu-04, device 5, iteration 961: Unexpected result nan (message='found NaN in local "
            "forward loss calculation')",
            "megatron/core/rerun_state_machine.py:462:validate_result:raise RuntimeError(full_message)",
            mark=True,
        ),
        5,
    )
    log.say(child_failed(5))


@sample("training", COMPLETED)
def nan_loss_but_ran_to_the_end(log: Log) -> None:
    hf_steps(log, 10, 400, every=20)
    for at in range(410, 1000, 20):
        log.say(
            f"{{'loss': 0.0, 'grad_norm': nan, 'learning_rate': 1e-05, 'epoch': {at / 333:.2f}}}"
        )
    log.say(
        "{'train_runtime': 2012.4, 'train_samples_per_second': 31.1, 'train_loss': 0.93, 'epoch': 3.0}"
    )


@sample("training", failed("Framework", "train.", rank=0))
def detection_loss_is_nan(log: Log) -> None:
    for at in range(0, 800, 20):
        log.say(
            f"Epoch: [3]  [{at:5d}/14786]  eta: 1:44:10  lr: 0.000100  class_error: 31.2  loss: {9 - at / 900:.4f} (9.1)  time: 0.42  data: 0.01  max mem: 7123"
        )
    log.say("@@Loss is nan, stopping training")
    log.say("{'loss_ce': tensor(nan, device='cuda:0'), 'loss_bbox': tensor(nan, device='cuda:0')}")
    log.say(child_failed(0))


@sample("training", failed("Framework", "train."), label="srun")
def loss_scale_at_its_floor(log: Log) -> None:
    for at in range(12):
        log.say(
            f"[2025-03-14 09:31:{10 + at},101] [INFO] [loss_scaler.py:190:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: {2 ** (12 - at)}, reducing to {2 ** (11 - at)}",
            0,
        )
    log.say(
        traceback(
            "Exception: Current loss scale already at minimum - cannot decrease scale anymore. Exiting run.",
            "deepspeed/runtime/fp16/loss_scaler.py:178:update_scale:raise Exception(",
            mark=True,
        ),
        3,
    )


@sample("training", failed("Framework", "train."))
def spike_guard_ends_the_run(log: Log) -> None:
    plain_steps(log, 10, 300)
    log.say("2025-03-14 10:31:12,004 - train - WARNING - loss spike: 2.1 -> 5.9")
    plain_steps(log, 310, 340)
    log.say(
        "@@2025-03-14 10:33:12,004 - train - ERROR - training has diverged: loss 11.92 above 3x the running mean for 50 steps, giving up"
    )
    log.say("2025-03-14 10:33:12,104 - train - INFO - exit code 3")


@sample("training", COMPLETED)
def overflows_are_normal(log: Log) -> None:
    for at in range(1, 200):
        if at % 37 == 0:
            log.say(
                f"Gradient overflow.  Skipping step, loss scaler 0 reducing loss scale to {2**14}"
            )
        log.say(f"iter {at}: loss {4 - at / 80:.4f}, time 120.11ms, mfu 38.12%")
    log.say("saving checkpoint to out\ntraining finished")


@sample("training", UNKNOWN)
def nan_lines_and_then_cut_off(log: Log) -> None:
    plain_steps(log, 10, 100)
    for at in range(110, 400, 10):
        log.say(
            f"2025-03-14 10:01:12,004 - train - INFO - step {at}/2000 loss=nan lr=3.0e-04 tokens/s=100121"
        )


@sample("training", failed("Framework", "train."))
def lightning_nan(log: Log) -> None:
    log.say(
        "\r".join(
            f"Epoch 0:  {n}%|▌         | {n}/1200 [00:{n:02d}<10:41,  1.8it/s, v_num=3, train_loss=2.{99 - n}]"
            for n in range(1, 40)
        )
    )
    log.say(
        traceback(
            "ValueError: The loss returned in `training_step` is nan.",
            "lightning/pytorch/callbacks/early.py:8:check:raise ValueError(",
            mark=True,
        )
    )


@sample("training", failed("Framework", "train.|py."))
def jax_debug_nans(log: Log) -> None:
    log.say(
        traceback(
            "FloatingPointError: invalid value (nan) encountered in jit(train_step). Because jax_config.debug_nans.value is set, the de-optimized function was run.",
            "train.py:90:main:state = step(state)",
            mark=True,
        )
    )


@sample("training", failed("Framework", "train."))
def mindspore_overflow(log: Log) -> None:
    for at in range(1, 40):
        log.say(f"epoch: 1 step: {at}, loss is {8 - at / 10:.6f}")
    log.say("@@epoch: 1 step: 40, loss is nan")
    log.say(
        traceback(
            "RuntimeError: 训练发散: loss 为 nan, 停止训练",
            "run.py:30:main:raise RuntimeError",
        )
    )


@sample("training", failed("Framework", "data.|host."), label="torch")
def loader_bus_error(log: Log) -> None:
    plain_steps(log, 10, 100)
    log.say(
        traceback(
            "RuntimeError: DataLoader worker (pid 9912) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.",
            "train.py:8:main:next(it)",
            mark=True,
        ),
        3,
    )


@sample("training", failed("Framework", "host.oom"))
def loader_died_of_host_memory(log: Log) -> None:
    plain_steps(log, 10, 100)
    log.say(
        "@@[88121.2] Memory cgroup out of memory: Killed process 9912 (pt_data_worker) total-vm:91822004kB, anon-rss:61004112kB"
    )
    log.say(
        traceback(
            "RuntimeError: DataLoader worker (pid(s) 9912) exited unexpectedly",
            "train.py:8:main:next(it)",
        )
    )


@sample("training", failed("Script", "py.keyerror"), label="srun")
def key_error_in_loader_worker(log: Log) -> None:
    plain_steps(log, 10, 100)
    log.say(
        'Traceback (most recent call last):\n  File "train.py", line 99, in <module>\n    for batch in loader:\n'
        "@@KeyError: Caught KeyError in DataLoader worker process 2.\nOriginal Traceback (most recent call last):\n"
        '  File "dataset.py", line 31, in __getitem__\n    row["label"]\n@@KeyError: \'label\'',
        6,
    )


@sample("training", failed("Script", "cuda.device"))
def token_beyond_the_vocabulary(log: Log) -> None:
    for thread in range(24):
        log.say(
            f"{'@@' if thread == 0 else ''}../aten/src/ATen/native/cuda/Indexing.cu:1289: indexSelectLargeIndex: block: [412,0,0], thread: [{thread},0,0] Assertion `srcIndex < srcSelectDimSize` failed."
        )
    log.say(
        traceback(
            "RuntimeError: CUDA error: device-side assert triggered\nCUDA kernel errors might be asynchronously reported at some other API call.",
            "model.py:7:forward:self.emb(ids)",
            mark=True,
        )
    )
    log.say(child_failed(1))
    log.marked.clear()
    log.marked.extend([(None, 1, 1), (None, 28, 1)])


@sample("training", failed("Framework", "py.|train."))
def trainer_asserts_on_loss(log: Log) -> None:
    hf_steps(log, 10, 200, every=20)
    log.say(
        traceback(
            "AssertionError: loss is not finite at step 201: inf",
            "sft.py:31:compute_loss:assert torch.isfinite(loss)",
            mark=True,
        )
    )


@sample("training", failed("Script|Framework", "py."))
def tensorflow_bad_shape(log: Log) -> None:
    log.say("Epoch 1/5\n  1/938 [..............................] - ETA: 9:01 - loss: 2.3")
    log.say(
        traceback(
            "@@tensorflow.python.framework.errors_impl.InvalidArgumentError: Graph execution error:\n\nlogits and labels must have the same first dimension, got logits shape [3200,10] and labels shape [32]",
            "fit.py:9:<module>:model.fit(x, y)",
        )
    )


text_sample(
    "training",
    "paddle_nan",
    failed("Framework", "train."),
    """
[2025-03-14 09:12:05,100] [    INFO] - global step 990, loss: 3.1, ips: 1203.2 tokens/s
[2025-03-14 09:12:06,100] [    INFO] - global step 991, loss: 3.2, ips: 1203.1 tokens/s
@@PreconditionNotMetError: There are NAN or INF (num_nan=12, num_inf=0, num_zero=0) in op=matmul_v2, tensor=, numel=4096.
  [Hint: Expected num_nan == 0 && num_inf == 0] (at ../paddle/fluid/eager/nan_inf_utils.cc:412)
LAUNCH INFO 2025-03-14 09:12:14,100 Exit code 1
""",
)
