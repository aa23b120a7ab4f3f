"""A third set of runs, of habits that the first two do not have."""

from __future__ import annotations

# ruff: noqa: E501 (lines of logs are as long as they are)
from tests.console.analysis.held_out import (
    COMPLETED,
    Log,
    Truth,
    child_failed,
    ended,
    failed,
    hf_steps,
    megatron,
    plain_steps,
    sample,
    text_sample,
    traceback,
)

_NET = "Infrastructure"
_SF = "Script|Framework"


@sample("third", failed("Framework", "cuda.oom"), label="srun")
def colours_and_time_before_rank(log: Log) -> None:
    for at in range(1, 40):
        log.say(
            f"\x1b[32m{log.now()}\x1b[0m | \x1b[1mINFO\x1b[0m | train:step:90 | step={at} loss=2.{at:02d} grad=0.4",
            0,
        )
    log.say(
        f"\x1b[31m{log.now()}\x1b[0m | \x1b[1mERROR\x1b[0m | train:main:120 | step failed\n"
        + traceback(
            "@@\x1b[31mtorch.OutOfMemoryError\x1b[0m: CUDA out of memory. Tried to allocate 1.12 GiB.",
            "t.py:1:f:g()",
        ),
        1,
    )
    log.say("srun: error: n1: task 1: Exited with exit code 1")


@sample("third", failed("Script", "py.key"))
def unlabelled_eight_ranks_same_key_error(log: Log) -> None:
    for _ in range(8):
        log.say(
            traceback("KeyError: 'input_ids'", "collate.py:9:__call__:f['input_ids']", mark=True)
        )
    log.say(child_failed(5, ranks=(0, 1, 2)))
    log.marked[:] = [(key, line, 5) for key, line, _ in log.marked]


@sample("third", failed(_NET, "ascend.|hccl.|gpu."), label="srun")
def ascend_link_broken(log: Log) -> None:
    plain_steps(log, 1, 60)
    log.say(
        "@@[ERROR] HCCL(441,python3):2025-03-14-10:11:41.233.101 [task_exception_handler.cc:231][441][TaskExceptionHandler]Task run failed, base information is streamID:[12], taskID[9], taskType[Notify Wait], tag[AllReduce_10.0.0.3], AlgType(level 0-1-2):[fullmesh-ring-NHR].",
        4,
    )
    log.say(
        "@@EI0002: 2025-03-14-10:11:41.240.004 The wait execution of the Notify register times out. Reason: The Notify register has not received the Notify record from remote rank [9].",
        4,
    )
    log.say(traceback("RuntimeError: ACL stream synchronize failed, error code:507011"), 4)


@sample("third", failed(_SF, "py."), label="srun")
def mindspore_wrong_operator(log: Log) -> None:
    log.say(
        "[WARNING] ME(441:140,MainProcess):2025-03-14-10:11:40.112 [mindspore/context.py:910] deprecated"
    )
    log.say(
        traceback(
            "TypeError: For primitive[MatMul], the input argument[x] must be a type of {Tensor[Float16]}, but got Tensor[Int64].\n\n----------------------------------------------------\n- C++ Call Stack: (For framework developers)\n----------------------------------------------------\nmindspore/core/utils/check_convert_utils.cc:880 _CheckTypeSame",
            "net.py:9:construct:self.mm(x, w)",
            mark=True,
        ),
        3,
    )


@sample("third", failed("Framework", "proc.|host."))
def slurm_says_signal(log: Log) -> None:
    plain_steps(log, 1, 60)
    log.say(
        "@@srun: error: gpu-3: task 5: Segmentation fault (core dumped)\nsrun: Terminating StepId=441.0\nslurmstepd: error: *** STEP 441.0 ON gpu-1 CANCELLED AT 2025-03-14T10:00:00 ***\nsrun: error: gpu-1: tasks 0-4: Terminated"
    )


@sample("third", failed(_NET, "fs."))
def gpfs_stale(log: Log) -> None:
    megatron(log, 1, 12)
    log.say(
        "@@[8812.1] mmfs: [E] Disconnected from cluster; file system gpfs0 has been unmounted: Stale file handle"
    )
    log.say(
        traceback(
            "OSError: [Errno 116] Stale file handle: '/gpfs/ckpt/iter_12'",
            "save.py:1:f:os.makedirs(p)",
            mark=True,
        )
    )


@sample("third", failed("Framework", "data.|host."), label="torch")
def loader_child_gone(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        traceback(
            "RuntimeError: DataLoader worker (pid(s) 441, 442) exited unexpectedly",
            "train.py:9:main:next(it)",
            mark=True,
        ),
        2,
    )
    log.say(
        "Exception ignored in: <function _MultiProcessingDataLoaderIter.__del__ at 0x7f>\n"
        + traceback("AssertionError: can only test a child process"),
        2,
    )


@sample("third", COMPLETED)
def retried_download_then_trained(log: Log) -> None:
    log.say(
        "\n".join(
            f"'(ReadTimeoutError(\"HTTPSConnectionPool(host='hf', port=443): Read timed out.\"), '(Request ID: {n})')' thrown while requesting GET https://hf/x\nRetrying in {n}s [Retry {n}/5]."
            for n in (1, 2)
        )
    )
    hf_steps(log, 10, 1000, every=50)
    log.say("{'train_runtime': 412.1, 'train_loss': 1.1, 'epoch': 3.0}")


@sample("third", Truth("completed", after="cancelled"))
def completed_and_then_interrupted(log: Log) -> None:
    plain_steps(log, 10, 400, of=400)
    log.say(
        "2025-03-14 12:00:00,001 - train - INFO - Training finished successfully, serving metrics until stopped"
    )
    log.say(traceback("KeyboardInterrupt", "serve.py:9:wait:event.wait()"))


@sample("third", failed(_SF, "py."))
def failed_after_evaluation_finished(log: Log) -> None:
    plain_steps(log, 10, 400)
    log.say("2025-03-14 12:00:00,001 - eval - INFO - Evaluation finished in 41 s, perplexity 12.1")
    log.say(
        traceback(
            "RuntimeError: Trying to backward through the graph a second time",
            "train.py:9:step:loss.backward()",
            mark=True,
        )
    )
    log.say(child_failed(0))
    log.marked[:] = [(key, line, 0) for key, line, _ in log.marked]


@sample("third", failed("Framework", "cuda.oom"), label="torch")
def oom_right_after_a_checkpoint(log: Log) -> None:
    plain_steps(log, 10, 400)
    log.say("2025-03-14 12:00:00,001 - ckpt - INFO - checkpoint saved to /ckpt/step-400 in 12.1 s")
    log.say(
        traceback(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.12 GiB.",
            "t.py:1:f:g()",
            mark=True,
        ),
        0,
    )


@sample("third", ended("cancelled", "ops."))
def killed_by_hand(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@scancel: Terminating job 441\nslurmstepd: error: *** JOB 441 ON n1 CANCELLED AT 2025-03-14T10:00:00 ***\nTerminated"
    )


@sample("third", ended("preempted", "ops."))
def sigusr_requeue(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@2025-03-14 10:00:00,000 - signal - WARNING - caught SIGUSR1: job will be preempted in 120 s, writing checkpoint\n2025-03-14 10:00:20,000 - signal - INFO - checkpoint written, requeueing job 441 with scontrol requeue"
    )


@sample("third", ended("time_limit", "ops."))
def cobalt_limit(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say("@@Job 441 killed: exceeded its wall time limit of 02:00:00")


@sample("third", ended("time_limit", "ops."))
def coreutils_timeout(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@timeout: sending signal TERM to command 'python'\nslurmstepd: error: *** STEP 4.0 ON n CANCELLED AT 2025-03-14T10:00:00 DUE TO TIME LIMIT ***"
    )


@sample("third", Truth("hung", ("Infrastructure", "Operations"), "ops.hang"))
def stuck_dataloader_watch(log: Log) -> None:
    hf_steps(log, 10, 60)
    log.say(
        '@@[watch] 2025-03-14T10:44:01Z hang detected: ranks 3,7 did not report for 900 s\n[watch] py-spy dump of pid 441 follows\nThread 441 (idle): "MainThread"\n    poll (selectors.py:415)'
    )


text_sample(
    "third",
    "kubernetes_evicted_for_disk",
    failed("Infrastructure|Operations", "k8s.|ops.|fs."),
    "step 10 loss 1.1\nstep 20 loss 1.0\n@@2025-03-14T10:00:00Z Warning Evicted pod/sft-0 The node was low on resource: ephemeral-storage. Container trainer was using 212Gi, request is 0.\n2025-03-14T10:00:01Z Warning Failed job/sft Job has reached the specified backoff limit",
)
text_sample(
    "third",
    "backoff_limit_only",
    failed("Framework|Infrastructure|Script|Operations", ""),
    "2025-03-14T10:00:00Z Normal Created pod/sft-0 Created container trainer\n@@2025-03-14T10:00:01Z Warning BackoffLimitExceeded job/sft Job has reached the specified backoff limit",
)
