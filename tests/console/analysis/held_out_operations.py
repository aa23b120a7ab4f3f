"""Runs that something outside of them ended, and runs that never began."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api_client.models.job import JobState
from console.analysis.verdict import RunFacts
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
    watchdog,
)

_NOW = datetime(2025, 3, 14, 15, tzinfo=UTC)


@sample("operations", ended("preempted", "ops.preempted"))
def slurm_preemption(log: Log) -> None:
    megatron(log, 1, 40)
    log.say(
        "@@slurmstepd: error: *** JOB 8812 ON gpu-01 CANCELLED AT 2025-03-14T11:02:10 DUE TO PREEMPTION ***"
    )
    log.say(
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.\nsrun: error: gpu-01: tasks 0-7: Terminated"
    )


@sample("operations", ended("preempted", "ops."), label="torch")
def told_before_preemption(log: Log) -> None:
    plain_steps(log, 10, 200)
    log.everyone(
        range(2),
        "@@2025-03-14 10:44:01,000 WARNING Received SIGTERM: this node is being preempted, saving a checkpoint",
    )
    log.say("2025-03-14 10:44:31,000 INFO checkpoint saved at step 203, exiting", 0)


@sample("operations", ended("preempted", "ops.preempted"))
def kubernetes_priority(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@2025-03-14T10:44:00Z Normal Preempted pod/sft-worker-1 Preempted by pod prod/serve-0 on node gpu-3\n2025-03-14T10:44:00Z Normal Killing pod/sft-worker-1 Stopping container trainer"
    )


@sample("operations", ended("preempted", "ops.preempted"))
def spot_notice(log: Log) -> None:
    hf_steps(log, 10, 200, every=20)
    log.say(
        "@@[agent] EC2 spot interruption notice: instance i-0a1 will terminate at 2025-03-14T10:46:00Z\nTerminated"
    )


@sample("operations", ended("time_limit", "ops.time_limit"))
def slurm_time_limit(log: Log) -> None:
    megatron(log, 1, 60)
    log.say(
        "@@slurmstepd: error: *** JOB 99120 ON gpu-014 CANCELLED AT 2025-03-14T21:00:12 DUE TO TIME LIMIT ***"
    )
    log.say(
        "slurmstepd: error: *** STEP 99120.0 ON gpu-014 CANCELLED AT 2025-03-14T21:00:12 DUE TO TIME LIMIT ***"
    )
    log.say(
        "[rank3]: "
        + traceback(
            "torch.distributed.elastic.multiprocessing.api.SignalException: Process 812 got signal: 15"
        )
    )
    log.say(watchdog(2))


@sample("operations", ended("time_limit", "ops.time_limit"))
def pbs_walltime(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say("@@=>> PBS: job killed: walltime 86421 exceeded limit 86400\nTerminated")


@sample("operations", ended("time_limit", "ops.time_limit"))
def lsf_run_limit(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "User defined signal 2\n\n------------------------------------------------------------\nSender: LSF System <lsfadmin@host>\nSubject: Job 771: <sft> in cluster <c1> Exited\n\n@@TERM_RUNLIMIT: job killed after reaching LSF run time limit.\nExited with exit code 140."
    )


@sample("operations", ended("time_limit", "ops.time_limit"))
def kubernetes_deadline(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@2025-03-14T12:00:00Z Warning DeadlineExceeded job/sft Job was active longer than specified deadline\n2025-03-14T12:00:01Z Normal SuccessfulDelete job/sft Deleted pod: sft-abcde"
    )


@sample("operations", ended("cancelled", "ops.cancelled"))
def scancelled(log: Log) -> None:
    megatron(log, 1, 30)
    log.say(
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.\n@@slurmstepd: error: *** STEP 4412.0 ON gpu-1 CANCELLED AT 2025-03-14T09:31:29 ***\nsrun: error: gpu-1: task 0: Terminated"
    )


@sample("operations", ended("cancelled", "ops.cancelled"))
def interrupted_by_hand(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        traceback(
            "KeyboardInterrupt",
            "train.py:90:step:loss.backward()",
            "../torch/autograd/graph.py:825:_engine_run_backward:return Variable._execution_engine.run_backward(",
            mark=True,
        )
    )


@sample("operations", ended("cancelled", "ops."))
def ctrl_c_twice(log: Log) -> None:
    log.say(
        "\r".join(
            f"Epoch 0:  {n}%|▌         | {n}/1200 [00:{n:02d}<10:41,  1.8it/s]"
            for n in range(1, 40)
        )
    )
    log.say("@@^CDetected KeyboardInterrupt, attempting graceful shutdown ...")


@sample("operations", ended("cancelled", "ops."))
def ray_stopped_by_user(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@2025-03-14 10:00:00,000\tINFO job_manager.py:881 -- Job 'raysubmit_8a1' was stopped by user request\nJob 'raysubmit_8a1' was stopped."
    )


@sample("operations", ended("cancelled", "ops."), label="srun")
def plain_terminate_wave(log: Log) -> None:
    megatron(log, 1, 30)
    log.everyone(
        range(4),
        "@@W0314 09:40:01.0 612 torch/distributed/elastic/agent/server/api.py:741] Received Signals.SIGTERM death signal, shutting down workers",
    )


@sample("operations", COMPLETED)
def preempted_requeued_completed(log: Log) -> None:
    megatron(log, 1, 30, of=80)
    log.say(
        "slurmstepd: error: *** JOB 8812 ON gpu-01 CANCELLED AT 2025-03-14T11:02:10 DUE TO PREEMPTION ***"
    )
    log.say("job requeued, attempt 2\n loading checkpoint from /ckpt at iteration 30")
    megatron(log, 31, 80, of=80)
    log.say("[after training is done] datetime: 2025-03-14 20:22:10")


@sample("operations", failed("Framework", "cuda.oom"), label="torch")
def recovered_twice_then_failed(log: Log) -> None:
    for attempt in range(2):
        plain_steps(log, 10 + 200 * attempt, 200 + 200 * attempt)
        log.say(watchdog(1 + attempt), 1 + attempt)
        log.say(
            f"[launcher] worker group failed, {2 - attempt} restarts left; restarting from step {200 + 200 * attempt}"
        )
    plain_steps(log, 410, 700)
    log.say(
        traceback(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 5.00 GiB.",
            "train.py:9:step:model(x)",
            mark=True,
        ),
        6,
    )
    log.say(child_failed(6))


@sample("operations", failed("Script", "py.key"), label="torch")
def elastic_restarts_used_up(log: Log) -> None:
    for attempt in range(3):
        log.say(
            f"INFO:torch.distributed.elastic.agent.server.api:[default] Rendezvous complete for workers. restart_count={attempt}"
        )
        log.say(traceback("KeyError: 'dataset'", "train.py:9:main:cfg['dataset']", mark=True), 0)
        log.say(
            f"INFO:torch.distributed.elastic.agent.server.api:[default] Worker group FAILED. {2 - attempt}/3 attempts left; will restart worker group"
        )
    log.say(child_failed(0))


@sample("operations", failed("Infrastructure", "k8s.image"))
def image_cannot_be_pulled(log: Log) -> None:
    log.say(
        '2025-03-14T09:12:00Z Normal Pulling pod/sft-0 Pulling image "registry.local/train:v9"\n@@2025-03-14T09:12:04Z Warning Failed pod/sft-0 Failed to pull image "registry.local/train:v9": rpc error: code = NotFound desc = manifest unknown\n2025-03-14T09:12:04Z Warning Failed pod/sft-0 Error: ErrImagePull\n2025-03-14T09:12:19Z Warning Failed pod/sft-0 Error: ImagePullBackOff'
    )


@sample("operations", failed("Infrastructure", "k8s.image"))
def enroot_import(log: Log) -> None:
    log.say(
        "pyxis: importing docker image: nvcr.io/acme/train:25.02\n@@slurmstepd: error: pyxis: child 4412 failed with error code: 1\n@@slurmstepd: error: pyxis: failed to import docker image\nslurmstepd: error: pyxis: [ERROR] URL https://nvcr.io/proxy_auth returned error code: 401 Unauthorized\nsrun: error: gpu-3: task 0: Exited with exit code 1"
    )


@sample("operations", failed("Operations", "ops.dependency"))
def dependency_cannot_be_met(log: Log) -> None:
    log.say(
        "Submitted batch job 8813\n@@slurmctld: Job 8813 dependency never satisfied (DependencyNeverSatisfied), job will be removed"
    )


@sample("operations", failed("Infrastructure", "k8s."))
def volume_not_mounted(log: Log) -> None:
    log.say(
        '2025-03-14T09:12:00Z Normal Scheduled pod/sft-0 Successfully assigned ml/sft-0 to gpu-3\n@@2025-03-14T09:14:03Z Warning FailedMount pod/sft-0 MountVolume.SetUp failed for volume "data" : mount failed: exit status 32\n2025-03-14T09:30:03Z Warning FailedMount pod/sft-0 Unable to attach or mount volumes: timed out waiting for the condition'
    )


@sample("operations", Truth("hung", ("Infrastructure",), "ops.hang"))
def watcher_saw_no_progress(log: Log) -> None:
    megatron(log, 1, 30)
    log.say(
        "@@2025-03-14 11:22:10,004 [hang-watch] ERROR no progress for 1800 s (last iteration 30), dumping stacks"
    )
    log.say(
        'Thread 812 (idle): "MainThread"\n    wait (threading.py:320)\n    _all_gather (torch/distributed/distributed_c10d.py:2710)'
    )


@sample("operations", Truth("hung"))
def quiet_while_it_runs(log: Log) -> None:
    megatron(log, 1, 30)
    log.facts = RunFacts(JobState.RUNNING, last_line=_NOW - timedelta(hours=3), now=_NOW)


@sample("operations", Truth("running"))
def running_well(log: Log) -> None:
    megatron(log, 1, 30)
    log.facts = RunFacts(JobState.RUNNING, last_line=_NOW - timedelta(seconds=12), now=_NOW)


text_sample(
    "operations",
    "kernel_says_hung_task",
    Truth("hung", ("Infrastructure",), "ops.hang|fs."),
    'step 100 loss 2.1 tokens/s 99\nstep 110 loss 2.1 tokens/s 98\n@@[88211.1] INFO: task python3:8812 blocked for more than 120 seconds.\n[88211.1]       Tainted: P           OE     5.15.0-91-generic\n[88211.1] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
)
text_sample(
    "operations",
    "account_is_not_valid",
    failed("Operations|Script", ""),
    "@@sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified",
)
