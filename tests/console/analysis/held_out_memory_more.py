"""Memory that ran out late, or was only spoken of."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    COMPLETED,
    Log,
    failed,
    hf_steps,
    plain_steps,
    sample,
    text_sample,
    traceback,
)

_OOM = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU {g} has a total "
    "capacity of 79.11 GiB of which 1.21 GiB is free. Including non-PyTorch memory, this process "
    "has 77.88 GiB memory in use. Of the allocated memory 74.30 GiB is allocated by PyTorch, and "
    "1.90 GiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large "
    "try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation."
)
_FRAMES = (
    "train.py:402:<module>:main()",
    "train.py:377:main:loss = model(batch).loss",
    "model/llama.py:218:forward:x = self.mlp(self.norm(x))",
)


@sample("memory", failed("Framework", "host.|py."))
def numpy_cannot_allocate(log: Log) -> None:
    log.say("Loading shards: 100%|██████████| 30/30 [01:10<00:00,  2.34s/it]")
    log.say(
        traceback(
            "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 402. GiB for an array with "
            "shape (54000000000,) and data type int64",
            "prep.py:19:build_index:order = np.arange(total, dtype=np.int64)",
            mark=True,
        )
    )


@sample("memory", failed("Framework", "host.|py."))
def cpu_allocator(log: Log) -> None:
    log.say(
        traceback(
            "RuntimeError: [enforce fail at alloc_cpu.cpp:114] data. DefaultCPUAllocator: can't "
            "allocate memory: you tried to allocate 137438953472 bytes. Error code 12 (Cannot "
            "allocate memory)",
            "merge.py:61:main:state = torch.load(path, map_location='cpu')",
            mark=True,
        )
    )


@sample("memory", failed("Framework", "cuda.oom"))
def second_oom_is_the_one(log: Log) -> None:
    plain_steps(log, 10, 50)
    log.say("[trainer] skipped a batch of 9120 tokens: " + _OOM.format(g=0)[24:])
    plain_steps(log, 60, 900, every=20)
    log.say(traceback(_OOM.format(g=0), *_FRAMES, mark=True))


@sample("memory", failed("Framework", "proc.killed"))
def killed_and_nothing_more(log: Log) -> None:
    plain_steps(log, 10, 140)
    log.say(
        "@@/var/spool/slurmd/job4411/slurm_script: line 22: 90112 Killed                  python train.py"
    )


@sample("memory", failed("Framework", "cuda.oom"))
def oom_in_evaluation(log: Log) -> None:
    hf_steps(log, 10, 500, every=50)
    log.say("***** Running Evaluation *****\n  Num examples = 2000\n  Batch size = 64")
    log.say("\r".join(f" {n}%|          | {n}/32 [00:0{n}<00:40,  1.1s/it]" for n in range(5)))
    log.say(traceback(_OOM.format(g=0), "run_sft.py:90:main:trainer.train()", mark=True))
    log.say(" 50%|█████     | 500/1000 [10:21<10:21,  1.24s/it]")


text_sample(
    "memory",
    "advice_about_memory_is_no_failure",
    COMPLETED,
    "\n".join(
        [
            "INFO: tip: set PYTORCH_CUDA_ALLOC_CONF to avoid CUDA out of memory errors",
            "[INFO] activation checkpointing is off; enable it if you run out of memory",
            *(f"epoch {e}/10 train_loss {2 / e:.3f} val_loss {2.1 / e:.3f}" for e in range(1, 11)),
            "best checkpoint: epoch 10, saved to out/best.pt",
            "Training completed in 812.2s",
        ]
    ),
)
