"""Logs made by hand for the diagnosis, each with the truth a careful engineer would give.

A sample is a pure function that writes a log; the line that says the first cause is the one that
starts with `MARK`, which is not part of the log.
"""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.analysis.verdict import RunFacts

MARK = "@@"

LABELS: dict[str, str] = {
    "none": "",
    "srun": "{rank}: ",
    "torch": "[rank{rank}]: ",
    "tee": "[default{rank}]:",
    "mpi": "[1,{rank}]<stderr>:",
    "worker": "llama-worker-{rank} | ",
}


@dataclass(frozen=True)
class Truth:
    """What happened.

    Attributes:
        category: of the first cause; several where engineers would differ; empty for no cause.
        family: how the signature's name may start, for reading misses.
        rank: whose fault it was; `...` where the labels of the marked line say it.
        after: the outcome of what came after a success.
    """

    outcome: str
    category: tuple[str, ...] = ()
    family: str = ""
    rank: object = ...
    after: str | None = None


def failed(category: str, family: str = "", rank: object = ...) -> Truth:
    """A run that failed for a reason of one of the categories, separated by `|`."""
    return Truth("failed", tuple(category.split("|")), family, rank)


def ended(outcome: str, family: str = "", category: str = "Operations") -> Truth:
    """A run that something from outside ended."""
    return Truth(outcome, tuple(category.split("|")), family)


COMPLETED = Truth("completed")
UNKNOWN = Truth("unknown")


@dataclass
class Log:
    """A log that is being written.

    Attributes:
        label: how a line says its rank, one of `LABELS`.
        split: one file a rank.
    """

    seed: int
    label: str = "none"
    split: bool = False
    clock: datetime = datetime(2025, 3, 14, 9, 12, 5)
    files: dict[int | None, list[str]] = field(default_factory=dict)
    marked: list[tuple[int | None, int, int | None]] = field(default_factory=list)
    facts: RunFacts | None = None

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def say(self, text: str, rank: int | None = None) -> None:
        """Lines of one rank, or of nobody; each may carry the mark."""
        lines = self.files.setdefault(rank or 0 if self.split else None, [])
        for line in text.split("\n"):
            if line.startswith(MARK):
                line = line[len(MARK) :]
                shown = self.split or (self.label != "none" and rank is not None)
                key = rank or 0 if self.split else None
                self.marked.append((key, len(lines) + 1, (rank or 0) if shown else None))
            if rank is not None:
                line = LABELS[self.label].format(rank=rank) + line
            lines.append(line)

    def mixed(self, parts: dict[int, str]) -> None:
        """What several ranks say at once, line by line in an order of chance."""
        waiting = {rank: text.split("\n") for rank, text in parts.items()}
        while waiting:
            rank = self.rng.choice(sorted(waiting))
            self.say(waiting[rank].pop(0), rank)
            if not waiting[rank]:
                del waiting[rank]

    def everyone(self, ranks: Iterable[int], text: str) -> None:
        """The same of all ranks; `{r}` is the rank."""
        self.mixed({rank: text.replace("{r}", str(rank)) for rank in ranks})

    def now(self, seconds: float = 1.0, form: str = "%Y-%m-%d %H:%M:%S") -> str:
        """The time, after some more of it went by."""
        self.clock += timedelta(seconds=seconds)
        return self.clock.strftime(form)

    def data(self) -> dict[int | None, bytes]:
        """The files."""
        return {key: ("\n".join(lines) + "\n").encode() for key, lines in self.files.items()}


Writer = Callable[[Log], None]


@dataclass(frozen=True)
class Sample:
    """One log and its truth."""

    name: str
    theme: str
    truth: Truth
    write: Writer
    label: str = "none"
    split: bool = False

    def log(self) -> Log:
        """The log, the same each time."""
        log = Log(sum(map(ord, self.name)), self.label, self.split)
        self.write(log)
        return log


SAMPLES: list[Sample] = []


def sample(
    theme: str, truth: Truth, label: str = "none", split: bool = False
) -> Callable[[Writer], Writer]:
    """Keep a writer as a sample."""

    def keep(write: Writer) -> Writer:
        SAMPLES.append(Sample(write.__name__, theme, truth, write, label, split))
        return write

    return keep


def text_sample(theme: str, name: str, truth: Truth, text: str) -> None:
    """Keep a text as a sample."""
    SAMPLES.append(Sample(name, theme, truth, lambda log: log.say(text.strip("\n"))))


def traceback(said: str, *frames: str, mark: bool = False) -> str:
    """A Python traceback through functions of a program, given as `file:line:function:code`."""
    lines = ["Traceback (most recent call last):"]
    for frame in frames or ("train.py:312:main:trainer.train()",):
        file, line, function, code = frame.split(":", 3)
        lines += [f'  File "/workspace/{file}", line {line}, in {function}', f"    {code}"]
    return "\n".join([*lines, (MARK if mark else "") + said])


def megatron(log: Log, first: int, last: int, of: int = 5000, step: int = 1, rank: int = 7) -> None:
    """Iterations as Megatron-LM tells them."""
    for at in range(first, last + 1, step):
        loss = 9.5 - 6 * at / (at + 400) + log.rng.uniform(-0.05, 0.05)
        log.say(
            f" [{log.now(11)}] iteration {at:8d}/{of:8d} | consumed samples: {at * 512:12d} | "
            f"elapsed time per iteration (ms): {log.rng.uniform(10800, 11200):.1f} | "
            f"throughput per GPU (TFLOP/s/GPU): 412.3 | learning rate: 1.2E-04 | "
            f"global batch size:   512 | lm loss: {loss:.6E} | loss scale: 1.0 | grad norm: 0.812 "
            "| number of skipped iterations:   0 | number of nan iterations:   0 |",
            rank if log.label != "none" or log.split else None,
        )


def hf_steps(log: Log, first: int, last: int, of: int = 1000, every: int = 10) -> None:
    """Progress as the Hugging Face trainer tells it, bar and all."""
    for at in range(first, last + 1, every):
        bars = "\r".join(
            f"{100 * n // of:3d}%|{'█' * (10 * n // of):10s}| {n}/{of} [{n // 60:02d}:{n % 60:02d}<"
            f"{(of - n) // 60:02d}:{(of - n) % 60:02d},  1.02it/s]"
            for n in range(at - every + 1, at + 1)
        )
        log.say(bars)
        log.say(
            f"{{'loss': {2.5 - at / of:.4f}, 'grad_norm': {log.rng.uniform(0.3, 1):.4f}, "
            f"'learning_rate': {2e-5 * (1 - at / of):.3e}, 'epoch': {3 * at / of:.2f}}}"
        )


def plain_steps(log: Log, first: int, last: int, of: int = 2000, every: int = 10) -> None:
    """Progress as many own programs log it."""
    for at in range(first, last + 1, every):
        log.say(
            f"{log.now(4)},{log.rng.randrange(1000):03d} - train - INFO - step {at}/{of} "
            f"loss={3 - 1.5 * at / of:.4f} lr=3.0e-04 tokens/s={log.rng.randrange(98000, 102000)}"
        )


def child_failed(rank: int, code: int = 1, ranks: Sequence[int] = (), when: str = "") -> str:
    """The summary of torchrun."""
    bar, line = "=" * 60, "-" * 60
    others = "".join(
        f"\n[{n}]:\n  time      : 2025-03-14_09:31:22\n  host      : gpu-04.cluster\n"
        f"  rank      : {each} (local_rank: {each % 8})\n  exitcode  : 1 (pid: {7000 + each})\n"
        "  error_file: <N/A>\n  traceback : To enable traceback see: "
        "https://pytorch.org/docs/stable/elastic/errors.html"
        for n, each in enumerate(ranks, 1)
    )
    tail = f"Signal {-code} (SIG)" if code < 0 else "To enable traceback see: https://pytorch.org/"
    return (
        f"E0314 09:31:24.911000 {6000 + rank} torch/distributed/elastic/multiprocessing/api.py:869] "
        f"failed (exitcode: {code}) local_rank: {rank % 8} (pid: {7000 + rank}) of binary: "
        "/opt/conda/bin/python\n"
        + traceback(
            f"torch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n{bar}\n"
            f"train.py FAILED\n{line}\nFailures:{others or chr(10) + '  <NO_OTHER_FAILURES>'}\n"
            f"{line}\nRoot Cause (first observed failure):\n[0]:\n  time      : {when or '2025-03-14_09:31:20'}"
            f"\n  host      : gpu-04.cluster\n  rank      : {rank} (local_rank: {rank % 8})\n"
            f"  exitcode  : {code} (pid: {7000 + rank})\n  error_file: <N/A>\n  traceback : {tail}\n{bar}",
            "../opt/conda/bin/torchrun:8:<module>:sys.exit(main())",
            "../opt/conda/lib/python3.10/site-packages/torch/distributed/run.py:901:main:run(args)",
        )
    )


def watchdog(rank: int, seq: int = 48213, op: str = "ALLREDUCE", ms: int = 600000) -> str:
    """What the NCCL watchdog of a rank says and does."""
    work = (
        f"WorkNCCL(SeqNum={seq}, OpType={op}, NumelIn=52428800, NumelOut=52428800, "
        f"Timeout(ms)={ms}) ran for {ms + 41 + rank} milliseconds before timing out."
    )
    head = f"[E314 09:41:1{rank % 10}.44 ProcessGroupNCCL.cpp:"
    return (
        f"{head}616] [Rank {rank}] Watchdog caught collective operation timeout: {work}\n"
        f"{head}630] [Rank {rank}] Some NCCL operations have failed or timed out. Due to the "
        "asynchronous nature of CUDA kernels, subsequent GPU operations might run on "
        "corrupted/incomplete data.\n"
        f"{head}636] [Rank {rank}] To avoid data inconsistency, we are taking the entire process "
        "down.\nterminate called after throwing an instance of 'c10::DistBackendError'\n"
        f"  what():  [PG ID 0 PG GUID 0(default_pg) Rank {rank}] Process group watchdog thread "
        f"terminated with exception: [Rank {rank}] Watchdog caught collective operation timeout: "
        f"{work}\nException raised from checkTimeout at ../torch/csrc/distributed/c10d/"
        "ProcessGroupNCCL.cpp:618 (most recent call first):\nframe #0: c10::Error::Error(c10::"
        "SourceLocation, std::string) + 0x57 (0x7f2b1a1b4d87 in libc10.so)\nframe #1: c10d::"
        "ProcessGroupNCCL::ncclCommWatchdog() + 0x19b (0x7f2b1b4c3e3b in libtorch_cuda.so)"
    )
