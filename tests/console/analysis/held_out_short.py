"""Short ones: some steps, and one thing that is said after them."""

from __future__ import annotations

# ruff: noqa: E501 (lines of logs are as long as they are)
from tests.console.analysis.held_out import COMPLETED, UNKNOWN, Truth, failed, text_sample


def _steps(first: int, last: int) -> str:
    return "".join(
        f"step {n}/1000 loss {3 - n / 1000:.3f} lr 1e-4\n" for n in range(first, last, 10)
    )


_STEPS = _steps(10, 200)

text_sample(
    "short",
    "short_ib_port",
    failed("Infrastructure", "net."),
    _STEPS
    + "@@mlx5_core 0000:12:00.0: Port module event: module 0, Cable unplugged\nmlx5_0: port 1 is down\nRuntimeError: NCCL timeout\n",
)
text_sample(
    "short",
    "short_dcgm",
    failed("Infrastructure", "gpu."),
    _STEPS + "@@[health] DCGM: GPU 3: Xid 79 detected\nRuntimeError: CUDA error\n",
)
text_sample(
    "short",
    "short_quota2",
    failed("Infrastructure", "fs."),
    _STEPS
    + "@@cp: error writing '/home/x/ckpt': Disk quota exceeded\nTraceback (most recent call last):\nRuntimeError: save failed\n",
)
text_sample(
    "short",
    "short_lustre",
    failed("Infrastructure", "fs."),
    _STEPS
    + "@@Lustre: scratch-OST0003: Connection to 10.0.0.1 was lost; in progress operations using this service will wait for recovery to complete\n[rank1]: Watchdog caught collective operation timeout: WorkNCCL(SeqNum=2)\n",
)
text_sample(
    "short",
    "short_ckpt_slow",
    failed("Infrastructure", "fs."),
    _STEPS
    + "@@2025-03-14 10:00:00 ERROR checkpoint write stalled for 900 s on /lustre/ckpt, aborting\n",
)
text_sample(
    "short",
    "short_nan",
    failed("Framework", "train."),
    _STEPS + "@@2025-03-14 10:00:00 ERROR NaN loss detected at step 200, stopping\n",
)
text_sample(
    "short",
    "short_nan2",
    failed("Framework", "train."),
    _STEPS
    + '@@step 200/1000 loss nan lr 1e-4\nstep 210/1000 loss nan lr 1e-4\nTraceback (most recent call last):\n  File "a", line 1\nValueError: NaN loss, abort\n',
)
text_sample(
    "short",
    "short_argparse",
    failed("Script", "py."),
    "usage: t.py [-h]\n@@t.py: error: argument --lr: invalid float value: 'abc'\n",
)
text_sample(
    "short",
    "short_choice",
    failed("Script", "py."),
    "@@t.py: error: argument --m: invalid choice: 'x' (choose from 'a')\n",
)
text_sample(
    "short",
    "short_sigterm_only",
    Truth("cancelled", ("Operations",), "ops."),
    _STEPS + "@@Received SIGTERM, checkpointing and exiting\n",
)
text_sample(
    "short",
    "short_sigterm_preempt",
    Truth("preempted", ("Operations",), "ops."),
    _STEPS + "@@SIGTERM received (preemption), saving checkpoint\n",
)
text_sample(
    "short",
    "short_hang",
    Truth("hung", ("Infrastructure",), "ops."),
    _STEPS + "@@[watchdog] no log line for 1800 seconds, declaring the job hung\n",
)
text_sample(
    "short",
    "short_hang2",
    Truth("hung", ("Infrastructure",), "ops."),
    _STEPS + "@@ERROR: job made no progress for 30 minutes; last step 190\n",
)
text_sample(
    "short",
    "short_node",
    failed("Infrastructure", "ops."),
    _STEPS + "@@Node gpu-7 went down: kubelet stopped posting node status\n",
)
text_sample(
    "short",
    "short_node2",
    failed("Infrastructure", "ops."),
    _STEPS
    + "@@[2025-03-14T10:00:00] error: Nodes gpu-7 not responding, setting DOWN\nsrun: error: Node failure on gpu-7\n",
)
text_sample(
    "short",
    "short_image",
    failed("Infrastructure", "k8s."),
    "@@Error: image registry/x:y not found: manifest for x:y not found: manifest unknown\n",
)
text_sample(
    "short",
    "short_mpi",
    failed("Script", "py.", rank=2),
    "[1,2]<stderr>:Traceback (most recent call last):\n[1,2]<stderr>:  File x\n@@[1,2]<stderr>:KeyError: 'a'\nprte: job aborted\n",
)
text_sample(
    "short",
    "short_slurmpfx",
    failed("Infrastructure", "fs.", rank=2),
    "srun: job 4 queued and waiting for resources\nsrun: job 4 has been allocated resources\n2: Traceback (most recent call last):\n2:   File \"x\"\n@@2: OSError: [Errno 28] No space left on device: '/scratch/a'\n",
)
text_sample(
    "short",
    "short_logger_exc",
    failed("Script", "py."),
    _STEPS
    + '2025-03-14 10:00:00,000 ERROR __main__ training failed\nTraceback (most recent call last):\n  File "x", line 1, in f\n    g()\n@@MyTimeout: nothing from the queue\n',
)
text_sample(
    "short",
    "short_oserror_s3",
    failed("Infrastructure", "fs."),
    _STEPS
    + 'Traceback (most recent call last):\n  File "x", line 1, in f\n    g()\n@@botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "https://s3/x"\n',
)
text_sample(
    "short",
    "short_nccl_inv",
    failed("Infrastructure", "nccl."),
    'Traceback (most recent call last):\n  File "x", line 1, in f\n    g()\n@@torch.distributed.DistBackendError: NCCL error in: x.cpp:1, invalid usage, NCCL version 2.19\nncclInvalidUsage: This usually reflects invalid usage of NCCL library.\nLast error:\nDuplicate GPU detected : rank 1 and rank 0 both on CUDA device 19000\n',
)
text_sample(
    "short",
    "short_max_time",
    Truth("time_limit", ("Operations",), "ops."),
    _STEPS + "@@[trainer] max wall time of 3:50:00 reached, checkpoint saved, exiting\n",
)
text_sample("short", "short_killed", failed("Framework", "proc."), _STEPS + "@@Killed\n")
text_sample(
    "short",
    "short_terminated",
    Truth("cancelled", ("Operations",), "ops."),
    _STEPS + "@@Terminated\n",
)
text_sample(
    "short",
    "short_user_stop",
    Truth("cancelled", ("Operations",), "ops."),
    _STEPS + "@@Job stopped by user lw: wrong learning rate\n",
)
text_sample(
    "short",
    "short_spike",
    failed("Framework", "train."),
    _STEPS
    + "loss spike at step 200: 2.1 -> 9.9\nstep 210/1000 loss 9.9 lr 1e-4\nstep 220/1000 loss 10.9 lr 1e-4\n@@ERROR divergence detected, terminating run\n",
)
text_sample("short", "short_to_the_last_step", COMPLETED, _steps(10, 1001))
text_sample(
    "short",
    "short_import_fell_back",
    COMPLETED,
    _STEPS
    + 'Traceback (most recent call last):\n  File "x"\nImportError: no apex, falling back\n'
    + _steps(200, 1001)
    + "training complete",
)
text_sample(
    "short",
    "short_node_failed_and_requeued",
    COMPLETED,
    _STEPS
    + "slurmstepd: error: *** JOB 4 ON n CANCELLED AT 2025-03-14T10:00:00 DUE TO NODE FAILURE ***\n[requeued]\n"
    + _steps(180, 1001)
    + "training complete",
)
text_sample(
    "short",
    "short_json",
    COMPLETED,
    "\n".join(f'{{"step": {n}, "total_steps": 400, "loss": 1.2}}' for n in range(10, 401, 10)),
)
text_sample(
    "short",
    "short_json_cut",
    UNKNOWN,
    "\n".join(f'{{"step": {n}, "total_steps": 400, "loss": 1.2}}' for n in range(10, 301, 10)),
)
