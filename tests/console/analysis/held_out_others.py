"""More runs of other kinds, written after the table of signatures was."""

from __future__ import annotations

# ruff: noqa: E501 (lines of logs are as long as they are)
from tests.console.analysis.held_out import (
    COMPLETED,
    UNKNOWN,
    Log,
    Truth,
    child_failed,
    ended,
    failed,
    hf_steps,
    megatron,
    plain_steps,
    sample,
    traceback,
)

_NET = "Infrastructure"
_SF = "Script|Framework"


@sample("second", failed("Framework", "cuda.oom"), label="worker")
def pods_interleaved_with_oom(log: Log) -> None:
    for at in range(1, 80):
        log.everyone(
            range(4), f"INFO:trainer:epoch 1 batch {at}/900 loss 2.{99 - at:02d} 412 samples/s"
        )
    log.say(
        traceback(
            "@@torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 512.00 MiB (GPU 0; 39.39 GiB total capacity; 36.11 GiB already allocated)",
            "train.py:9:main:loss.backward()",
        ),
        2,
    )
    log.everyone(
        (0, 1, 3),
        "RuntimeError: [3] is setting up NCCL communicator and retrieving ncclUniqueId from [0] via c10d key-value store by store->get('0'), but store->get('0') got error: Connection reset by peer",
    )


@sample("second", failed(_SF, "py."), label="torch")
def attribute_error_behind_a_wave_of_sigterm(log: Log) -> None:
    log.everyone(range(4), "loading checkpoint shards")
    log.say(
        traceback(
            "AttributeError: 'LlamaConfig' object has no attribute 'rope_scaling_factor'",
            "model.py:9:build:cfg.rope_scaling_factor",
            mark=True,
        ),
        3,
    )
    log.say(
        "W0314 09:31:20.1 6001 torch/distributed/elastic/multiprocessing/api.py:897] Sending process 7000 closing signal SIGTERM"
    )
    log.everyone((0, 1, 2), "Received signal SIGTERM, exiting")
    log.say(child_failed(3))


@sample("second", failed("Infrastructure", "fs.no_space"), label="srun")
def hdf5_no_space(log: Log) -> None:
    plain_steps(log, 10, 60)
    log.say(
        traceback(
            "OSError: [Errno 28] Can't write data (file write failed: time = Fri Mar 14, filename = 'out.h5', errno = 28, error message = 'No space left on device', buf = 0x55)",
            "h5.py:3:write:ds[...] = x",
            mark=True,
        ),
        0,
    )


@sample("second", failed(_SF, "py."))
def raised_in_thread(log: Log) -> None:
    plain_steps(log, 10, 60)
    log.say(
        "Exception in thread Prefetcher:\n"
        + traceback("@@queue.Full", "pre.py:9:run:self.q.put_nowait(x)")
    )
    log.say(
        "2025-03-14 10:20:00,000 - train - ERROR - prefetcher is gone, stopping\nsrun: error: n3: task 0: Exited with exit code 1"
    )


@sample("second", failed("Framework|Infrastructure", "data.|py."))
def timeouts_in_a_loader(log: Log) -> None:
    plain_steps(log, 10, 60)
    log.say(
        traceback(
            "RuntimeError: DataLoader timed out after 120 seconds",
            "train.py:9:main:next(it)",
            mark=True,
        )
    )


@sample("second", COMPLETED)
def nanogpt_runs_out(log: Log) -> None:
    log.say(
        "number of parameters: 123.59M\nnum decayed parameter tensors: 50, with 124,354,560 parameters\ncompiling the model... (takes a ~minute)"
    )
    for at in range(0, 601):
        if at % 100 == 0:
            log.say(f"step {at}: train loss {4 - at / 300:.4f}, val loss {4.1 - at / 300:.4f}")
        log.say(f"iter {at}: loss {4 - at / 300:.4f}, time 142.11ms, mfu 41.20%")
    log.say("max_iters 600 reached, done")


@sample("second", COMPLETED)
def accelerate_example(log: Log) -> None:
    log.say(
        "03/14/2025 09:12:05 - INFO - __main__ - ***** Running training *****\n03/14/2025 09:12:05 - INFO - __main__ -   Total optimization steps = 690"
    )
    log.say(
        "\r".join(
            f"{n * 100 // 690}%|███       | {n}/690 [00:{n % 60:02d}<05:11,  2.1it/s]"
            for n in range(1, 691)
        )
    )
    log.say(
        "03/14/2025 09:20:05 - INFO - __main__ - epoch 2: {'accuracy': 0.861, 'f1': 0.902}\nConfiguration saved in /out/config.json\nModel weights saved in /out/model.safetensors"
    )


@sample("second", Truth("completed", after="failed"))
def finished_then_store_breaks(log: Log) -> None:
    megatron(log, 1, 40, of=40)
    log.say(
        "  successfully saved checkpoint from iteration      40 to /ckpt [ t 1/8, p 1/4 ]\n[after training is done] datetime: 2025-03-14 20:22:10"
    )
    log.say(
        "[rank3]:[E314 20:22:40.1 ProcessGroupNCCL.cpp:616] [Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=9, OpType=BARRIER, Timeout(ms)=600000) ran for 600041 milliseconds before timing out."
    )
    log.say(child_failed(3, code=-6))


@sample("second", UNKNOWN)
def checkpoint_is_written_and_then_nothing(log: Log) -> None:
    plain_steps(log, 10, 500)
    log.say("2025-03-14 09:52:05,001 - train - INFO - saving checkpoint to /ckpt/step-500 ...")


@sample("second", UNKNOWN)
def shards_loaded_and_then_nothing(log: Log) -> None:
    log.say(
        "\r".join(
            f"Loading checkpoint shards: {n * 25}%|██        | {n}/4 [00:0{n}<00:0{4 - n},  1.01s/it]"
            for n in range(5)
        )
    )
    log.say("trainable params: 41,943,040 || all params: 6,780,358,656 || trainable%: 0.6186")


@sample("second", UNKNOWN)
def first_epoch_of_many(log: Log) -> None:
    log.say(
        "Epoch 0: 100%|██████████| 1200/1200 [10:41<00:00,  1.87it/s, v_num=3, train_loss=1.412]\nEpoch 0, global step 1200: 'val_loss' reached 1.21 (best 1.21), saving model to 'a.ckpt' as top 1"
    )
    log.say(
        "\r".join(
            f"Epoch 1:  {n}%|▌         | {n}/1200 [00:{n:02d}<10:41,  1.8it/s]"
            for n in range(1, 30)
        )
    )


@sample("second", failed(_NET, "nccl.|net."), label="torch")
def nccl_remote_with_no_first(log: Log) -> None:
    plain_steps(log, 10, 100)
    log.everyone(
        range(3),
        "gpu-1:99:120 [0] misc/socket.cc:49 NCCL WARN socketProgress: Connection closed by remote peer gpu-7.cluster<43210>".replace(
            "gpu-1", "@@gpu-1"
        ),
    )
    log.everyone(
        range(3),
        traceback(
            "torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1333, remote process exited or there was a network error, NCCL version 2.18.1"
        ),
    )


@sample("second", failed("Script", "py.type"), label="srun")
def type_error_on_every_rank(log: Log) -> None:
    log.everyone(
        range(6),
        traceback(
            "@@TypeError: TrainingArguments.__init__() got an unexpected keyword argument 'evaluation_strategy'",
            "sft.py:9:main:TrainingArguments(**kw)",
        ),
    )
    log.say("srun: error: n1: tasks 0-5: Exited with exit code 1")


@sample("second", failed("Framework", "host.oom"))
def cgroup_kill_seen_by_torchrun(log: Log) -> None:
    hf_steps(log, 10, 200, every=20)
    log.say(
        "E0314 09:31:24.9 61 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: -9) local_rank: 4 (pid: 88) of binary: /opt/conda/bin/python"
    )
    log.say(
        "@@slurmstepd: error: Detected 1 oom-kill event(s) in StepId=88.0 cgroup. Some of your processes may have been killed by the cgroup out-of-memory handler."
    )


@sample("second", ended("cancelled", "ops."))
def user_deletes_the_pytorchjob(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@2025-03-14T10:00:00Z Normal Killing pod/sft-master-0 Stopping container pytorch: job deleted by user lw"
    )


@sample("second", ended("time_limit", "ops.time"))
def sacct_timeout(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@slurmstepd: error: *** STEP 4411.0 ON n1 CANCELLED AT 2025-03-14T10:00:00 DUE TO TIME LIMIT ***\nsrun: error: n1: task 0: Terminated\nsacct: 4411|TIMEOUT|0:0"
    )


@sample("second", ended("preempted", "ops.preempt"))
def gcp_preemption(log: Log) -> None:
    for at in range(0, 300, 20):
        log.say(
            f"I0314 09:14:07.551122 140737 train.py:140] step: {at}, loss: {4 - at / 200:.3f}, lr: 1e-3"
        )
    log.say(
        "@@I0314 09:20:01.0 140737 preemption.py:33] Preemption notice received for tpu-v4-worker-3, saving checkpoint at step 290\nI0314 09:20:31.0 140737 train.py:190] Saved. Exiting with code 0 so that the job is queued again."
    )


@sample("second", failed("Script", "py.filenotfound|sys."))
def config_is_missing(log: Log) -> None:
    log.say(
        "2025-03-14 09:12:05.100 [INFO] launcher: reading /etc/train/cfg.yaml\n@@FileNotFoundError: [Errno 2] No such file or directory: '/etc/train/cfg.yaml'"
    )


@sample("second", failed("Framework", "ckpt."))
def safetensors_header(log: Log) -> None:
    log.say(
        traceback(
            "safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer",
            "load.py:9:main:load_file(p)",
            mark=True,
        )
    )
