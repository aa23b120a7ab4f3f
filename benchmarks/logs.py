"""The engine of logs beside wc and grep, on the same warm file."""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Many, interleave_many
from benchmarks.plan import Plan
from benchmarks.processes import ROOT, ProcessFailed, plain_env, run_process, workplace
from benchmarks.report import Budget, Finding, Row

NEEDLE = "needle-in-the-haystack"
IGNORED = "NEEDLE-in-the-HAYSTACK"
EXPRESSION = r"n[a-z]+dle-in-the-hay(stack|rick)"

_PIECE = 4 << 20
_PIECES = 64
"""Together 256 MiB: large beside what a start takes, small beside a disk's cache."""

_NEEDLES_AT = 0.91

PEERS: Mapping[str, tuple[str, ...]] = {
    "index": ("wc", "-l"),
    "literal": ("grep", "-c", "-F", NEEDLE),
    "ignore-case": ("grep", "-c", "-i", "-F", IGNORED),
    "regex": ("grep", "-c", "-E", EXPRESSION),
}

_WORDS = {"literal": NEEDLE, "ignore-case": IGNORED, "regex": EXPRESSION}

_TALK = (
    "model weights are loaded from shard of the tokenizer cache with bf16 parameters on rank and "
    "optimizer states partitioned across data parallel groups while activation recompute is on "
    "prefetch queue depth bucket size allreduce stream grad norm clip hidden layers attention heads"
).split()

_ROWS = (
    ("index", "lines of a log counted", Budget(factor=3.34)),
    ("literal", "a rare word searched", Budget(factor=3)),
    ("ignore-case", "the same in capitals or not", Budget(factor=10)),
    ("regex", "an expression searched", Budget(factor=6.7)),
)


def bench(plan: Plan) -> Finding:
    """Count, search and diagnose one large log."""
    pieces = max(1, round(_PIECES * plan.scale))
    with workplace() as folder:
        path = folder / "train.log"
        lines, needles = write_log(path, pieces, plan.seed)
        env = plain_env(folder)
        left_out = [] if shutil.which("rg") else ["rg (not installed): grep stands in its place"]
        several: dict[str, Many] = {"diagnose": lambda: _ours("diagnose", path, env, lines)}
        for task, command in PEERS.items():
            several[task] = _case(task, path, env, lines if task == "index" else needles)
            several[command[0] + " " + task] = _peer(command, path, env)
        measured = interleave_many(several, plan.rounds)
    wall, cpu, grown = measured["wall"], measured["cpu"], measured["grown"]
    rows = [
        Row(f"logs.{task}", name, "ms", wall[task], wall[f"{PEERS[task][0]} {task}"], budget)
        for task, name, budget in _ROWS
    ]
    megabytes = pieces * _PIECE / 1e6
    limit = Budget(at_most=megabytes / 100 * 1000)
    rows.append(
        Row("logs.diagnose", "diagnosed at 100 MB/s", "ms CPU", cpu["diagnose"], None, limit)
    )
    rows.append(
        Row("logs.memory", "memory of counting", "MB", grown["index"], None, Budget(at_most=20))
    )
    return Finding(f"Logs: one of {megabytes:.0f} MB", rows, left_out)


def write_log(path: Path, pieces: int, seed: int) -> tuple[int, int]:
    """Write a log of a training run; returns its lines and the lines that hold the needle."""
    chance = random.Random(seed)
    block = bytearray()
    while len(block) < _PIECE:
        block += _line(chance)
    piece = bytes(block[: _PIECE - 1]).rpartition(b"\n")[0].ljust(_PIECE - 1, b".") + b"\n"
    special = round(pieces * _NEEDLES_AT)
    with path.open("wb") as stream:
        for at in range(pieces):
            if at == special:
                stream.write(f"worker says {NEEDLE} here\n".encode())
            stream.write(piece)
    return pieces * piece.count(b"\n") + (special < pieces), int(special < pieces)


def _line(chance: random.Random) -> bytes:
    kind, step = chance.random(), chance.randrange(10**6)
    if kind < 0.6:
        return (
            f"2026-05-01 10:{step % 60:02}:{step % 59:02},{step % 999:03} INFO step {step}/1000000 "
            f"loss {chance.random() * 9:.4f} lr 3.0e-05 tokens/s {chance.randrange(9**6)}\n"
        ).encode()
    if kind < 0.8:
        return (
            f"\x1b[32mr7i4n{step % 64}:{step}:46358 [1] NCCL INFO Channel {step}\x1b[0m\n".encode()
        )
    if kind < 0.9:
        return f"数据加载器 {step}: 读取分片 {chance.randrange(4096)} 完成\n".encode()
    words = chance.choices(_TALK, k=chance.randrange(4, 60))
    return " ".join([f"worker {step % 512}:", *words, hex(step)]).encode() + b"\n"


def _case(task: str, path: Path, env: Mapping[str, str], found: int) -> Many:
    return lambda: _ours(task, path, env, found)


def _ours(task: str, path: Path, env: Mapping[str, str], wanted: int) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.programs.read_log",
        task,
        str(path),
        _WORDS.get(task, ""),
    ]
    _, said = run_process(command, env, ROOT)
    taken: dict[str, float] = json.loads(said)
    if taken.pop("found") != wanted:
        raise ProcessFailed(f"{task} found something else than the {wanted:,} that are there")
    return taken


def _peer(command: tuple[str, ...], path: Path, env: Mapping[str, str]) -> Many:
    def once() -> dict[str, float]:
        taken, _ = run_process([*command, str(path)], env)
        return {"wall": taken.wall * 1000, "cpu": taken.cpu * 1000, "grown": 0.0}

    return once
