"""Runs the example as a platform would: one process per rank, with the rank environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ENTRY = Path(__file__).resolve().parents[2] / "examples" / "train_charlm.py"


@dataclass
class Rank:
    """One process of a gang and where its output goes."""

    process: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        return self.log.read_text()

    def wait(self, seconds: float = 60.0) -> int:
        return self.process.wait(seconds)


def start_rank(
    folder: Path, log: Path, *options: str, rank: int, world: int, port: int, prefix: str = ""
) -> Rank:
    """Start one rank; `prefix` is shell text in front of the command."""
    env = {
        **os.environ,
        "RANK": str(rank),
        "WORLD_SIZE": str(world),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "CHECKPOINT_DIR": str(folder),
    }
    command = [sys.executable, str(ENTRY), *options]
    if prefix:
        command = ["/bin/sh", "-c", f'{prefix}; exec "$@"', "sh", *command]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=env, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent
        )
    return Rank(process, log)


def start_gang(folder: Path, logs: Path, *options: str, world: int = 2) -> list[Rank]:
    """Start all ranks of a gang on a free port."""
    logs.mkdir(parents=True, exist_ok=True)
    port = free_port()
    return [
        start_rank(folder, logs / f"rank{r}.log", *options, rank=r, world=world, port=port)
        for r in range(world)
    ]


def end_gang(ranks: list[Rank]) -> None:
    """Leave no process behind, whatever the test did."""
    for rank in ranks:
        if rank.process.poll() is None:
            rank.process.kill()
        rank.process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Poll until `condition` holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.005)


def finished_line(log: str) -> str:
    """The line that tells the last loss and the weights."""
    (line,) = [line for line in log.splitlines() if line.startswith("finished ")]
    return line
