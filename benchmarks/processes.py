"""Times whole processes, and programs in a terminal until a text is on it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[PX^_\]].*?(?:\x1b\\|\x07)|[^\[PX^_\]])", re.S)
_SIZE = (40, 120)


class ProcessFailed(Exception):
    """A process that was to be timed failed; the message holds its own words."""


def run_time(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Seconds from starting a process to its end.

    Raises:
        ProcessFailed: it failed; a failure is no measurement.
    """
    started = time.perf_counter()
    done = subprocess.run(
        command,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    taken = time.perf_counter() - started
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise ProcessFailed(f"{' '.join(command)} exited with {done.returncode}: {said}")
    return taken


def time_to_text(
    command: Sequence[str],
    marker: str,
    env: Mapping[str, str],
    patience: float = 30.0,
    stay: float = 0.0,
) -> float:
    """Seconds from starting a program in a terminal until it has written `marker`.

    The program is killed afterwards by its process id, or, where it is to `stay` so many seconds
    more, asked to end.

    Raises:
        TimeoutError: the text did not come; the message ends with what did.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *_SIZE, 0, 0))
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**env, "TERM": "xterm-256color"},
        start_new_session=True,
    )
    try:
        _read_until(master, marker.encode(), process, started + patience)
        taken = time.perf_counter() - started
        if stay:
            _drain(master, stay)
            process.terminate()
            _drain(master, 2.0)
        return taken
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(slave)
        os.close(master)


def _drain(master: int, seconds: float) -> None:
    """Read and throw away, so that the program never waits for its terminal."""
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        if select.select([master], [], [], 0.05)[0]:
            os.read(master, 65_536)


def _read_until(
    master: int, marker: bytes, process: subprocess.Popen[bytes], deadline: float
) -> None:
    """Read the terminal until the marker came, however the colours cut it."""
    seen = b""
    while time.perf_counter() < deadline:
        if select.select([master], [], [], 0.05)[0]:
            seen += os.read(master, 65_536)
            if marker in _ESCAPES.sub(b"", seen):
                return
        elif process.poll() is not None:
            break
    words = _ESCAPES.sub(b" ", seen).decode(errors="replace").split()
    raise TimeoutError(f"{marker.decode()!r} was never shown; the last words: {words[-60:]}")
