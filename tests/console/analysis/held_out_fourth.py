"""The rest of the third set."""

from __future__ import annotations

# ruff: noqa: E501 (lines of logs are as long as they are)
from tests.console.analysis.held_out import (
    COMPLETED,
    UNKNOWN,
    Log,
    Truth,
    failed,
    plain_steps,
    sample,
    text_sample,
    traceback,
    watchdog,
)

_NET = "Infrastructure"
_SF = "Script|Framework"


text_sample(
    "third",
    "cannot_pull",
    failed("Infrastructure", "k8s."),
    "docker: Error response from daemon: pull access denied for acme/train, repository does not exist or may require 'docker login'.".join(
        ["@@", "\nSee 'docker run --help'."]
    ),
)
text_sample(
    "third",
    "no_gpu_driver",
    failed("Infrastructure", "gpu."),
    '@@docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].',
)
text_sample(
    "third",
    "yaml_mistake",
    failed("Script|Framework", "py."),
    traceback(
        "@@yaml.scanner.ScannerError: while scanning for the next token\nfound character '\\t' that cannot start any token\n  in \"cfg.yaml\", line 4, column 1",
        "cfg.py:4:load:yaml.safe_load(f)",
    ),
)
text_sample(
    "third",
    "exit_message",
    failed("Script|Framework", "end."),
    "step 10 loss 1.1\nstep 20 loss 1.0\n@@ERROR: validation set is empty, refusing to continue",
)
text_sample(
    "third",
    "no_slots",
    failed("Script|Operations|Infrastructure|Framework", ""),
    "--------------------------------------------------------------------------\n@@There are not enough slots available in the system to satisfy the 16\nslots that were requested by the application:\n\n  ./train\n--------------------------------------------------------------------------",
)
text_sample(
    "third",
    "wrong_number_of_ranks",
    failed("Script|Framework", "py."),
    traceback(
        "@@RuntimeError: world size (12) is not divisible by tensor parallel size (8) x pipeline parallel size (1)",
        "megatron/core/parallel_state.py:401:initialize:raise RuntimeError(",
    ),
)
text_sample(
    "third",
    "token_missing",
    failed("Script|Framework", "py.|data."),
    traceback(
        "@@huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. (Request ID: Root=1)\n\nRepository Not Found for url: https://huggingface.co/api/models/x",
        "a.py:1:f:snapshot_download(x)",
    ),
)
text_sample(
    "third",
    "hip_memory",
    failed("Framework", "cuda.oom"),
    traceback(
        "@@torch.OutOfMemoryError: HIP out of memory. Tried to allocate 14.00 GiB. GPU 3 has a total capacity of 191.98 GiB",
        "a.py:1:f:g()",
    ),
)
text_sample(
    "third",
    "xpu_memory",
    failed("Framework", "cuda.oom"),
    traceback(
        "@@torch.OutOfMemoryError: XPU out of memory. Tried to allocate 2.00 GiB", "a.py:1:f:g()"
    ),
)
text_sample(
    "third",
    "cublas_allocation",
    failed("Infrastructure|Framework", "cuda."),
    traceback(
        "@@RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "a.py:1:f:g()",
    ),
)
text_sample(
    "third",
    "paddle_distributed_ends",
    COMPLETED,
    "LAUNCH INFO 2025-03-14 09:12:05,100 Run Pod: q, replicas 8, status ready\n[2025-03-14 09:12:05,100] [    INFO] - loss: 1.2, learning_rate: 1e-05, global_step: 1000, interval_runtime: 4.1, progress_or_epoch: 1.0\n[2025-03-14 09:13:05,100] [    INFO] - \nTraining completed. \n[2025-03-14 09:13:06,100] [    INFO] -   train_runtime = 0:12:01.21\nLAUNCH INFO 2025-03-14 09:13:10,100 Pod completed",
)
text_sample(
    "third",
    "deepspeed_ends",
    COMPLETED,
    "***** Evaluating perplexity, Epoch 2/2 *****\nppl: 2.11, loss: 0.747\nsaving the final model ...\n[2025-03-14 09:13:05,100] [INFO] [launch.py:347:main] Process 441 exits successfully.\n[2025-03-14 09:13:06,100] [INFO] [launch.py:347:main] Process 442 exits successfully.",
)
text_sample(
    "third",
    "torchtitan_ends",
    COMPLETED,
    "[rank0]:[titan] 2025-03-14 09:12:05,100 - root - INFO - step: 1000  loss:  2.8101  memory: 61.2GiB(77.1%)  tps: 5,211  mfu: 41.2%\n[rank0]:[titan] 2025-03-14 09:12:06,100 - root - INFO - Sleeping 2 seconds for other ranks to complete\n[rank0]:[titan] 2025-03-14 09:12:08,100 - root - INFO - Training completed\n[rank0]:[titan] 2025-03-14 09:12:08,200 - root - INFO - Process group destroyed.",
)
text_sample(
    "third",
    "nemo_ends",
    COMPLETED,
    "Epoch 0: :  100%|██████████| 500/500 [10:01<00:00, v_num=0, reduced_train_loss=1.2, global_step=499.0]\n`Trainer.fit` stopped: `max_steps=500` reached.\nRestoring states from the checkpoint path",
)
text_sample(
    "third",
    "tune_ends",
    COMPLETED,
    "Trial status: 4 TERMINATED\nCurrent time: 2025-03-14 09:12:05. Total running time: 10min 2s\nTraining finished iteration 10 at 2025-03-14 09:12:04. Total running time: 10min 1s\nTrial fit_0 completed after 10 iterations at 2025-03-14 09:12:05. Total running time: 10min 2s\nBest trial: fit_2",
)
text_sample(
    "third",
    "hpl_like_benchmark",
    COMPLETED,
    "T/V                N    NB     P     Q               Time                 Gflops\nWR03L2L2      264192  1024     4     2              41.12              2.981e+05\n||Ax-b||_oo/(eps*(||A||_oo*||x||_oo+||b||_oo)*N)=   0.0032 ...... PASSED\nFinished      1 tests with the following results:\n              1 tests completed and passed residual checks,\nEnd of Tests.",
)
text_sample(
    "third",
    "tokenizer_job",
    COMPLETED,
    "Tokenizing (num_proc=64): 100%|██████████| 8013769/8013769 [12:01<00:00, 11102.2 examples/s]\nwriting train.bin: 100%|██████████| 1024/1024 [02:11<00:00,  7.8it/s]\ntrain has 9,035,582,198 tokens\nval has 4,434,606 tokens\nFinished writing dataset.",
)
text_sample(
    "third",
    "slurm_epilog",
    COMPLETED,
    "final loss 0.21\nJob 441 finished with exit code 0\nState: COMPLETED (exit code 0)\nCores: 64\nCPU Efficiency: 81.2%",
)
text_sample(
    "third",
    "cut_in_import",
    UNKNOWN,
    "+ python train.py --config a.yaml\n/opt/lib/x.py:9: FutureWarning: `torch.cuda.amp.autocast(args...)` is deprecated.\n  with autocast():\n[2025-03-14 09:12:05,100] [INFO] [real_accelerator.py:219:get_accelerator] Setting ds_accelerator to cuda (auto detect)",
)
text_sample(
    "third",
    "prometheus",
    UNKNOWN,
    "\n".join(
        f'ts=2025-03-14T09:12:{n % 60:02d}.101Z caller=scrape.go:{n} level={"warn" if n % 8 else "error"} component="scrape manager" msg="Scrape failed" err="context deadline exceeded"'
        for n in range(80)
    ),
)
text_sample(
    "third",
    "etcd",
    UNKNOWN,
    "\n".join(
        f'{{"level":"{"warn" if n % 4 else "info"}","ts":"2025-03-14T09:12:{n % 60:02d}Z","caller":"etcdserver/util.go:166","msg":"apply request took too long","took":"{n}ms","error":"connection refused"}}'
        for n in range(80)
    ),
)
text_sample(
    "third",
    "gitlab_runner",
    UNKNOWN,
    "\n".join(
        f"2025-03-14T09:12:{n % 60:02d} runner[88]: Checking for jobs... received job={n}"
        if n % 2
        else f"2025-03-14T09:12:{n % 60:02d} runner[88]: WARNING: Job failed: exit code 1 job={n}"
        for n in range(80)
    ),
)


@sample("third", Truth("failed", ("Infrastructure",), "ops.node|net."), label="mpi")
def openmpi_lost_daemon(log: Log) -> None:
    log.everyone(range(3), "solver iteration 10")
    log.say(
        "-" * 60
        + "\n@@ORTE has lost communication with a remote daemon.\n\n  HNP daemon   : [[441,0],0] on node n1\n  Remote daemon: [[441,0],2] on node n3\n\nThis is usually due to either a failure of the TCP network connection to the node, or an internal failure of the daemon itself.\n"
        + "-" * 60
    )


@sample("third", failed("Framework", "train."), label="none")
def nan_then_exception_later(log: Log) -> None:
    plain_steps(log, 10, 100)
    for at in range(110, 160, 10):
        log.say(
            f"{'@@' if at == 110 else ''}2025-03-14 10:01:12,004 - train - INFO - step {at}/2000 loss=nan lr=3.0e-04 tokens/s=100121"
        )
    log.say(
        traceback(
            "RuntimeError: loss is NaN for 5 consecutive logging steps, aborting",
            "train.py:9:step:raise RuntimeError",
        )
    )


@sample("third", failed("Infrastructure", "gpu.|ops.node"), split=True)
def one_rank_of_four_loses_its_device(log: Log) -> None:
    for rank in range(4):
        for at in range(1, 40):
            log.say(f"[2025-03-14 09:{at:02d}:00] iter {at}/500 loss 2.{at} lr 1e-4", rank)
    for rank in (0, 1, 3):
        log.say("[2025-03-14 09:52:00] waiting\n" + watchdog(rank), rank)
    log.say(
        "[2025-03-14 09:41:07] step failed\n"
        + traceback("@@RuntimeError: CUDA error: GPU is lost", "a.py:1:f:g()"),
        2,
    )
