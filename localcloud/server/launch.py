"""Starts a daemon on a home folder, finds the one that runs there, and waits for its end."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any
from urllib.parse import quote

import psutil

from localcloud.server.home import DaemonError, Home
from localcloud.server.local_call import NotRunning, call

_STOP_SECONDS = 45.0
_POLL_SECONDS = 0.05
_MOST_OUTPUT = 65_536
ERROR_MARK = "localcloud: "
"""Begins the line a daemon that cannot start or go on ends with."""


def start_daemon(
    home: Home,
    arguments: Sequence[str],
    *,
    name: str,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> None:
    """Run `python -m localcloud` with `arguments` in the background until its socket answers.

    Args:
        name: what did not start, for the error.
        progress: told each line it prints until it answers.

    Raises:
        DaemonError: it ended, or did not answer within `seconds`; the text has its last words.
    """
    # Not in the home folder: where its disk is full, the daemon still has to say so.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "localcloud", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        deadline = time.monotonic() + seconds
        told = 0
        while not answers(home):
            told = _tell(output, told, progress)
            if process.poll() is not None and daemon_process(home) is None:
                said = _last_words(output) or f"it ended with exit code {process.returncode}"
                code = 2 if process.returncode == 2 else 1
                raise DaemonError(f"{name} did not start: {said}", exit_code=code)
            if time.monotonic() > deadline:
                raise DaemonError(f"{name} did not answer in time; see {home.log}")
            time.sleep(_POLL_SECONDS)


def answers(home: Home) -> bool:
    """Whether a daemon serves this home folder."""
    try:
        return call(home.known_socket(), "GET", "/healthz", timeout=5.0).get("status") == "ok"
    except NotRunning:
        return False


def whereabouts(home: Home) -> dict[str, Any]:
    """Where a running daemon is."""
    process = daemon_process(home)
    path = home.known_socket()
    return {
        "running": True,
        "pid": process.pid if process else None,
        "home": str(home.root),
        "socket": str(path),
        "url": f"unix://{quote(str(path))}",
        "log": str(home.log),
    }


def daemon_process(home: Home) -> psutil.Process | None:
    """The daemon of this home folder, as its pid file says."""
    try:
        written = json.loads(home.pid.read_text(encoding="utf-8"))
        process = psutil.Process(int(written["pid"]))
        # A process id is used again; only the time of birth makes it ours.
        return process if abs(process.create_time() - written["started"]) < 1 else None
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None


def end_unreachable(home: Home) -> None:
    """End a daemon whose socket was deleted: nobody can reach it, and it keeps others out.

    What it supervises goes on; the next daemon takes it over.
    """
    process = daemon_process(home)
    if process is None or home.known_socket().exists():
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
    await_end(process)


def await_end(process: psutil.Process) -> None:
    """Wait until a daemon that was told to stop has.

    Raises:
        DaemonError: it does not.
    """
    try:
        process.wait(_STOP_SECONDS)
    except psutil.TimeoutExpired as error:
        raise DaemonError(f"the daemon {process.pid} does not end; see its log") from error


def _tell(output: IO[bytes], told: int, progress: Callable[[str], None]) -> int:
    """Pass whole lines on that were written since; returns how many bytes were."""
    # The daemon writes at the end of the same open file: reading must not move where that is.
    fresh = os.pread(output.fileno(), _MOST_OUTPUT, told)
    whole = fresh[: fresh.rfind(b"\n") + 1]
    for line in whole.decode("utf-8", "replace").splitlines():
        progress(line)
    return told + len(whole)


def _last_words(output: IO[bytes], lines: int = 5) -> str:
    """Its error; where it said none, the end of what it printed."""
    text = os.pread(output.fileno(), _MOST_OUTPUT, 0).decode("utf-8", "replace")
    said = text.strip().splitlines()
    errors = [at for at, line in enumerate(said) if line.startswith(ERROR_MARK)]
    return "\n".join(said[errors[-1] :] if errors else said[-lines:]).removeprefix(ERROR_MARK)
