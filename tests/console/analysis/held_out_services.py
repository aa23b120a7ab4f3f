"""Still more runs and services, written after the table of signatures was."""

from __future__ import annotations

# ruff: noqa: E501 (lines of logs are as long as they are)
from tests.console.analysis.held_out import (
    COMPLETED,
    UNKNOWN,
    Log,
    Truth,
    child_failed,
    failed,
    megatron,
    plain_steps,
    sample,
    text_sample,
    traceback,
    watchdog,
)

_NET = "Infrastructure"
_SF = "Script|Framework"


@sample("second", failed(_SF, "py."), label="tee")
def hf_value_error(log: Log) -> None:
    log.say(
        traceback(
            "ValueError: Attempting to unscale FP16 gradients.",
            "../site-packages/torch/amp/grad_scaler.py:264:_unscale_grads_:raise ValueError",
            mark=True,
        ),
        1,
    )
    log.say(child_failed(1))


@sample("second", Truth("hung", ("Infrastructure",), "ops.hang|nccl."))
def stall_detector(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@2025-03-14 10:44:01,000 - monitor - CRITICAL - training appears to be hung: no step for 45 min (last step 90)"
    )


@sample("second", failed(_NET, "gpu."))
def xid_119_gsp(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@[Fri Mar 14 09:31:11 2025] NVRM: Xid (PCI:0000:9b:00): 119, pid=4412, name=python, Timeout after 6s of waiting for RPC response from GPU4 GSP! Expected function 76 (GSP_RM_CONTROL)"
    )
    log.say(
        traceback(
            "RuntimeError: CUDA error: unspecified launch failure",
            "train.py:9:main:torch.cuda.synchronize()",
        )
    )


@sample("second", failed(_NET, "ops.node|net."))
def ray_node_died(log: Log) -> None:
    log.say(
        "(RayTrainWorker pid=4412, ip=10.0.0.4) step 100 loss 2.1 412 tokens/s\n(RayTrainWorker pid=4412, ip=10.0.0.4) step 110 loss 2.1 410 tokens/s"
    )
    log.say(
        "@@(raylet) The node with node id: 5c2a and address: 10.0.0.7 and node name: 10.0.0.7 has been marked dead because the detector has missed too many heartbeats from it."
    )
    log.say(
        traceback(
            "ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.",
            "tune.py:9:main:ray.get(x)",
        )
    )


text_sample(
    "second",
    "image_entrypoint",
    failed("Script|Infrastructure", "sys.|k8s."),
    '@@Error: failed to create containerd task: OCI runtime create failed: exec: "/workspace/run.sh": permission denied: unknown\n2025-03-14T09:12:00Z Warning BackOff pod/a-0 Back-off restarting failed container',
)
text_sample(
    "second",
    "conda_env",
    failed("Script", "sys.|py."),
    "+ conda activate train\n@@EnvironmentNameNotFound: Could not find conda environment: train\nYou can list all discoverable environments with `conda info --envs`.",
)
text_sample(
    "second",
    "pip_dependency",
    failed("Script|Framework|Infrastructure", ""),
    "Collecting flash-attn==9.9.9\n@@ERROR: Could not find a version that satisfies the requirement flash-attn==9.9.9 (from versions: 2.5.6, 2.5.8)\n@@ERROR: No matching distribution found for flash-attn==9.9.9",
)
text_sample(
    "second",
    "make_fails",
    failed("Script|Framework", "build.|sys."),
    "gcc -O2 -c helpers.cpp\n@@helpers.cpp:12:10: fatal error: pybind11/pybind11.h: No such file or directory\ncompilation terminated.\n@@make: *** [Makefile:9: helpers.so] Error 1\n"
    + traceback(
        "ImportError: cannot import name 'helpers' from 'megatron.core.datasets'",
        "data.py:1:<module>:from megatron.core.datasets import helpers",
    ),
)
text_sample(
    "second",
    "julia_like_program",
    failed(_SF + "|Infrastructure", ""),
    "iteration 10 residual 0.2\niteration 20 residual 0.1\n@@forrtl: severe (24): end-of-file during read, unit 11, file /data/in.dat\nsrun: error: n1: task 0: Exited with exit code 24",
)
text_sample(
    "second",
    "mindspore_ends",
    COMPLETED,
    "\n".join(
        f"epoch: {n} step: 1875, loss is {2 / n:.4f}\nTrain epoch time: 4412.1 ms, per step time: 2.3 ms"
        for n in range(1, 11)
    )
    + "\n============== Starting Testing ==============\n============== Accuracy:{'Accuracy': 0.9832} ==============",
)
text_sample(
    "second",
    "hf_predict",
    COMPLETED,
    "***** Running Prediction *****\n  Num examples = 2000\n100%|██████████| 63/63 [00:41<00:00,  1.5it/s]\n***** predict metrics *****\n  predict_runtime = 0:00:41.22\n  predict_samples_per_second = 48.5",
)
text_sample(
    "second",
    "spark_etl",
    COMPLETED,
    "25/03/14 09:12:05 INFO SparkContext: Running Spark version 3.5.0\n25/03/14 09:14:05 INFO DAGScheduler: Job 3 finished: save at Etl.scala:41, took 81.2 s\n25/03/14 09:14:06 INFO SparkContext: Successfully stopped SparkContext\n25/03/14 09:14:06 INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0",
)
text_sample(
    "second",
    "download_tool",
    COMPLETED,
    "Fetching 17 files: 100%|██████████| 17/17 [03:11<00:00, 11.2s/it]\n/data/models/llama\nDownload complete.",
)
text_sample(
    "second",
    "fio_benchmark",
    COMPLETED,
    "fio-3.28\nStarting 16 processes\nread: (groupid=0, jobs=16): err= 0: pid=441: Fri Mar 14 09:20:11 2025\n  read: IOPS=41.2k, BW=5150MiB/s (5400MB/s)(302GiB/60003msec)\nRun status group 0 (all jobs):\n   READ: bw=5150MiB/s (5400MB/s), 5150MiB/s-5150MiB/s, io=302GiB (324GB), run=60003-60003msec",
)
text_sample(
    "second",
    "echoed_end",
    COMPLETED,
    "+ python train.py\nstep 10 loss 1\nstep 20 loss 0.9\n+ echo 'job ended with exit code 0'\njob ended with exit code 0",
)
text_sample(
    "second",
    "shell_says_code",
    failed(_SF, "end.|launcher."),
    "step 10 loss 1\nstep 20 loss 0.9\n@@main process exited with code 3",
)
text_sample(
    "second",
    "router_log",
    UNKNOWN,
    "\n".join(
        f"Mar 14 09:12:{n % 60:02d} sw1 %LINK-3-UPDOWN: Interface Ethernet{n % 32}, changed state to {'down' if n % 2 else 'up'}"
        for n in range(100)
    ),
)
text_sample(
    "second",
    "kubelet",
    UNKNOWN,
    "\n".join(
        f'I0314 09:12:{n % 60:02d}.101 812 kubelet.go:2100] "SyncLoop (PLEG)" pod="kube-system/coredns-{n}"'
        if n % 6
        else f'E0314 09:12:{n % 60:02d}.101 812 remote_runtime.go:100] "Failed to get status" err="rpc error: connection refused" containerID="{n}"'
        for n in range(120)
    ),
)
text_sample(
    "second",
    "redis",
    UNKNOWN,
    "\n".join(
        f"812:M 14 Mar 2025 09:12:{n % 60:02d}.101 * {n} changes in 300 seconds. Saving..."
        for n in range(60)
    ),
)
text_sample(
    "second",
    "help_text",
    UNKNOWN,
    "usage: train.py [-h] [--lr LR]\n\noptions:\n  -h, --help  show this help message and exit\n  --lr LR     learning rate; on CUDA out of memory lower --batch instead",
)


@sample("second", failed("Framework", "train."), label="srun")
def grad_norm_guard(log: Log) -> None:
    megatron(log, 1, 20)
    log.everyone(
        range(4),
        "@@AssertionError: found NaN in local grad norm for bucket #0 in backward pass before data-parallel communication collective. Device: {r}, node: gpu-1",
    )


@sample("second", failed("Framework", "cuda.oom"), label="none")
def oom_told_by_lightning_with_bar(log: Log) -> None:
    log.say(
        "\r".join(
            f"Epoch 2:  {n}%|▌         | {n}/1200 [00:{n:02d}<10:41,  1.8it/s, loss=1.2]"
            for n in range(1, 40)
        )
    )
    log.say(
        traceback(
            "@@RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 1; 15.78 GiB total capacity)",
            "fit.py:9:main:trainer.fit(model)",
        )
        + "Epoch 2:   3%|▌         | 40/1200 [00:22<10:41,  1.8it/s, loss=1.2]"
    )


@sample("second", failed("Framework", "cuda.oom"), split=True)
def split_files_oom_on_seven(log: Log) -> None:
    for rank in range(8):
        for at in range(1, 50):
            log.say(
                f"2025-03-14 09:{at:02d}:0{rank},101 INFO step {at}/900 loss {9 - at / 9:.3f}", rank
            )
    for rank in range(7):
        log.say("2025-03-14 10:00:00,000 ERROR collective failed\n" + watchdog(rank), rank)
    log.say(
        "2025-03-14 09:50:10,000 ERROR step failed\n"
        + traceback(
            "@@torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.00 GiB.",
            "t.py:1:f:g()",
        ),
        7,
    )


@sample("second", failed(_NET, "fs."), label="torch")
def filesystem_io_error_then_watchdogs(log: Log) -> None:
    plain_steps(log, 10, 100)
    log.mixed({rank: watchdog(rank) for rank in (0, 1, 2)})
    log.say(
        traceback(
            "@@OSError: [Errno 5] Input/output error: '/mnt/lustre/ckpt/iter_100/model_3.pt'",
            "save.py:9:save:f.write(b)",
        ),
        3,
    )
