"""Times whole processes, and finds the programs that can be measured beside ours."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv-peers" / "bin"
"""Where `make bench-peers` puts what comes by pip."""
PATIENCE = 300.0
"""Seconds after which a process that should have ended is ended."""


class ProcessFailed(Exception):
    """A process that was to be timed failed; the message holds its own words."""


@dataclass(frozen=True)
class Taken:
    """Wall and CPU seconds of one process from its start to its end."""

    wall: float
    cpu: float


def run_process(
    command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None
) -> tuple[Taken, bytes]:
    """Run a process to its end; returns what it took and its standard output.

    Raises:
        ProcessFailed: it failed; a failure is no measurement.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=cwd,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise ProcessFailed(f"{' '.join(command)} ran for over {PATIENCE:.0f} s") from error
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise ProcessFailed(f"{' '.join(command)} exited with {done.returncode}: {said}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(wall, cpu), done.stdout


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one bench; what still runs with its home in it at the end is ended."""
    with tempfile.TemporaryDirectory(prefix="qd-bench-") as folder:
        try:
            yield Path(folder)
        finally:
            _end_all_of(folder)


def _end_all_of(folder: str) -> None:
    left = [process for process in psutil.process_iter() if _home(process).startswith(folder)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            print(f"left running and ended: {process}", file=sys.stderr, flush=True)
            process.kill()
    psutil.wait_procs(left, timeout=10)


def _home(process: psutil.Process) -> str:
    try:
        return process.environ().get("HOME", "")
    except psutil.Error:
        # Gone meanwhile, or another person's.
        return ""


def peer(name: str) -> str | None:
    """The path of an installed program: of the benchmark's own environment, else of the system."""
    own = PEERS / name
    return str(own) if own.exists() else shutil.which(name)


def ours(name: str) -> str:
    """A command of this project, in the environment that runs the benches."""
    return str(Path(sys.executable).with_name(name))


def plain_env(home: Path, **more: str) -> dict[str, str]:
    """An environment of its own home, as a person's shell has it and without this one's settings.

    A variable such as `PYTHONUNBUFFERED` changes what is measured.
    """
    folders = {
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "HOME": str(home),
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
        **{name: str(folder) for name, folder in folders.items()},
        **more,
    }
