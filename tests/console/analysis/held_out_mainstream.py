"""What most jobs say, with the harmless words that stand around it."""

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
    watchdog,
)

_NET = "Infrastructure"
_START = """/opt/conda/lib/python3.10/site-packages/torch/distributed/launch.py:181: FutureWarning: The module torch.distributed.launch is deprecated and will be removed in future. Use torchrun.
fatal: not a git repository (or any of the parent directories): .git
[2025-03-14 09:12:05,100] [WARNING] [runner.py:202:fetch_hostfile] Unable to find hostfile, will proceed with training with local resources only.
------------------------ arguments ------------------------
  accumulate_allreduce_grads_in_fp32 .............. True
  check_for_nan_in_loss_and_grad .................. True
  distributed_timeout_minutes ..................... 30
  exit_duration_in_mins ........................... None
  exit_on_missing_checkpoint ...................... False
  exit_signal_handler ............................. False
  nccl_communicator_config_path ................... None
-------------------- end of arguments ---------------------
wandb: Tracking run with wandb version 0.17.0
wandb: 🚀 View run at https://wandb.ai/x/y/runs/z
2025-03-14 09:12:05.100: E external/local_xla/xla/stream_executor/cuda/cuda_fft.cc:485] Unable to register cuFFT factory: Attempting to register factory for plugin cuFFT when one has already been registered
[W314 09:12:05 socket.cpp:697] [c10d] The client socket cannot be initialized to connect to [gpu-1]:29500 (errno: 97 - Address family not supported by protocol).
gpu-1:99:120 [0] NCCL INFO NET/Plugin: No plugin found (libnccl-net.so), using internal implementation
gpu-1:99:120 [0] NCCL INFO dlerror=libnccl-net.so: cannot open shared object file: No such file or directory
WARNING: could not find the metadata file /ckpt/latest_checkpointed_iteration.txt
    will not load any checkpoints and will start from random"""


@sample("mainstream", UNKNOWN)
def only_the_harmless_start(log: Log) -> None:
    log.say(_START)


@sample("mainstream", UNKNOWN)
def harmless_start_and_few_steps(log: Log) -> None:
    log.say(_START)
    megatron(log, 1, 1)


@sample("mainstream", COMPLETED)
def harmless_start_and_success(log: Log) -> None:
    log.say(_START)
    megatron(log, 1, 50, of=50)
    log.say("[after training is done] datetime: 2025-03-14 20:22:10")


@sample("mainstream", failed("Framework", "cuda.oom"), label="torch")
def harmless_start_and_oom_at_step_one(log: Log) -> None:
    for rank in range(4):
        log.say(_START, rank)
    log.say(
        traceback(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 8.00 GiB.",
            "pretrain_gpt.py:1:f:g()",
            mark=True,
        ),
        2,
    )
    log.say(child_failed(2))


@sample("mainstream", failed("Script", "py.module"))
def harmless_start_and_import(log: Log) -> None:
    log.say(_START)
    log.say(
        traceback(
            "ModuleNotFoundError: No module named 'amp_C'",
            "a.py:1:<module>:import amp_C",
            mark=True,
        )
    )


@sample("mainstream", failed(_NET, "nccl."), label="none")
def unlabelled_wave(log: Log) -> None:
    log.say(_START)
    megatron(log, 1, 50)
    log.say("@@" + watchdog(5))
    log.say(watchdog(6))
    log.say(child_failed(5, code=-6))
    log.marked[:] = [(key, line, 5) for key, line, _ in log.marked]


@sample("mainstream", failed("Framework", "py.assert"), label="tee")
def assertion_and_wave(log: Log) -> None:
    log.say(_START, 0)
    megatron(log, 1, 50)
    log.say(watchdog(1) + "\n" + watchdog(2), 1)
    log.say(
        traceback("AssertionError: batch is empty", "data.py:1:f:assert len(batch)", mark=True), 7
    )


@sample("mainstream", failed("Framework", "host.oom"))
def oom_kill_in_dmesg_after(log: Log) -> None:
    hf_steps(log, 10, 300, every=20)
    log.say(child_failed(1, code=-9))
    log.say(
        "@@[Fri Mar 14 09:31:02 2025] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=job_441,mems_allowed=0-1,oom_memcg=/slurm/job_441,task=python,pid=441\n@@[Fri Mar 14 09:31:02 2025] Memory cgroup out of memory: Killed process 441 (python) total-vm:9112004kB"
    )
    log.marked[:] = [(key, line, 1) for key, line, _ in log.marked]


@sample("mainstream", ended("preempted", "ops."))
def preempted_with_sigterm_wave(log: Log) -> None:
    megatron(log, 1, 50)
    log.say(
        "W0314 09:31:22.1 61 torch/distributed/elastic/agent/server/api.py:704] Received Signals.SIGTERM death signal, shutting down workers"
    )
    log.say(
        "@@slurmstepd: error: *** STEP 441.0 ON gpu-1 CANCELLED AT 2025-03-14T10:00:00 DUE TO PREEMPTION ***"
    )
    log.say(
        traceback(
            "torch.distributed.elastic.multiprocessing.api.SignalException: Process 61 got signal: 15"
        )
    )


@sample("mainstream", ended("cancelled", "ops."))
def cancelled_with_wave(log: Log) -> None:
    megatron(log, 1, 50)
    log.say(
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.\n@@slurmstepd: error: *** STEP 441.0 ON gpu-1 CANCELLED AT 2025-03-14T10:00:00 ***"
    )
    log.say(
        traceback(
            "torch.distributed.elastic.multiprocessing.api.SignalException: Process 61 got signal: 15"
        )
    )
    log.say(
        "Exception ignored in: <function Stream.__del__>\nConnectionResetError: [Errno 104] Connection reset by peer\nsrun: error: gpu-1: task 0: Terminated"
    )


@sample("mainstream", ended("time_limit", "ops."))
def time_limit_with_wave(log: Log) -> None:
    megatron(log, 1, 50)
    log.say(
        "slurmstepd: error: *** STEP 441.0 ON gpu-1 CANCELLED AT 2025-03-14T10:00:00 DUE TO TIME LIMIT ***".replace(
            "slurmstepd", "@@slurmstepd"
        )
    )
    log.say(
        "srun: error: gpu-1: tasks 0-7: Killed\nRuntimeError: DataLoader worker (pid 9) is killed by signal: Terminated."
    )


@sample("mainstream", Truth("completed", after="failed"))
def segfault_at_exit(log: Log) -> None:
    plain_steps(log, 10, 400, of=400)
    log.say("Training complete.\nSegmentation fault (core dumped)")


@sample("mainstream", failed("Framework", "train."), label="torch")
def nan_told_by_a_custom_error(log: Log) -> None:
    plain_steps(log, 10, 200)
    log.say(
        traceback(
            "trainer.errors.NonFiniteLoss: loss became nan at step 207",
            "t.py:1:f:raise NonFiniteLoss",
            mark=True,
        ),
        3,
    )


@sample("mainstream", failed("Framework", "cuda.oom"))
def recovered_from_watchdog_then_oom(log: Log) -> None:
    plain_steps(log, 10, 200)
    log.say(watchdog(1))
    log.say("[launcher] restarting all workers, attempt 2 of 3")
    log.say(_START)
    plain_steps(log, 150, 400)
    log.say(
        traceback(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 8.00 GiB.",
            "a.py:1:f:g()",
            mark=True,
        )
    )


@sample("mainstream", failed("Script", "py.perm"))
def permission(log: Log) -> None:
    log.say(_START)
    log.say(
        traceback(
            "PermissionError: [Errno 13] Permission denied: '/ckpt/run-4'",
            "a.py:1:f:os.makedirs(p)",
            mark=True,
        )
    )


@sample("mainstream", failed(_NET, "gpu."), label="none")
def xid_first_then_everyone(log: Log) -> None:
    megatron(log, 1, 50)
    log.say(
        "@@Mar 14 09:31:11 gpu-7 kernel: NVRM: Xid (PCI:0000:9b:00): 94, pid=4412, name=python, Contained: SM (0x1). RST: No, D-RST: No"
    )
    log.say(
        traceback("RuntimeError: CUDA error: uncorrectable ECC error encountered", "a.py:1:f:g()")
    )
    log.say(watchdog(3))
    log.say(
        "srun: error: gpu-7: task 7: Exited with exit code 1\nslurmstepd: error: *** STEP 441.0 ON gpu-1 CANCELLED AT 2025-03-14T10:00:00 ***"
    )


@sample("mainstream", UNKNOWN)
def logged_error_then_steps_then_cut(log: Log) -> None:
    plain_steps(log, 10, 200)
    log.say(
        "2025-03-14 09:31:11,000 - data - ERROR - shard 41 unreadable: [Errno 5] Input/output error; using the next one"
    )
    plain_steps(log, 210, 300)


@sample("mainstream", COMPLETED)
def validation_of_data_set(log: Log) -> None:
    log.say(
        "scanning 412 shards\n"
        + "\n".join(f"shard {n:05d}: ok, {n * 31} documents" for n in range(412))
    )
    log.say("0 errors, 412 shards checked\nDone.")


@sample("mainstream", COMPLETED)
def inference_job(log: Log) -> None:
    log.say(
        "Processed prompts: 100%|██████████| 1000/1000 [03:11<00:00,  5.2it/s, est. speed input: 1021.11 toks/s, output: 812.44 toks/s]\n[rank0]:[W314 12:00:00 ProcessGroupNCCL.cpp:1250] Warning: WARNING: process group has NOT been destroyed before we destruct ProcessGroupNCCL."
    )
