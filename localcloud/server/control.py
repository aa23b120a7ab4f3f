"""Starts, looks at and ends the daemon from outside."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import quote

import psutil

from localcloud.engine.cloud import Cloud
from localcloud.engine.errors import StoreError
from localcloud.server.home import DaemonError, Home, load_settings
from localcloud.server.local_call import NotRunning, call

_START_SECONDS = 30.0
_STOP_SECONDS = 45.0
_POLL_SECONDS = 0.05


def status(home: Home) -> dict[str, Any]:
    """Where the daemon is, its nodes and its jobs.

    Raises:
        NotRunning: there is none.
    """
    path = home.known_socket()
    said = call(path, "GET", "/local/v1/status")
    return _described(home, said)


def up(home: Home, nodes: int | None, accelerators: int | None) -> dict[str, Any]:
    """Start the daemon where none answers, then the fleet; wait until its agents report.

    Raises:
        DaemonError: it did not start; the text has its last words.
    """
    home.prepare()
    if not _answers(home):
        _end_unreachable(home)
        _start(home)
    body = {"nodes": nodes, "accelerators": accelerators}
    said = call(home.known_socket(), "POST", "/local/v1/fleet", body, timeout=60.0)
    deadline = time.monotonic() + _START_SECONDS
    while not _agents_report(said):
        if time.monotonic() > deadline:
            silent = [node["name"] for node in said["nodes"] if node["health"] != "HEALTHY"]
            raise DaemonError(f"nodes did not come up: {', '.join(silent)}; see {home.log}")
        time.sleep(_POLL_SECONDS)
        said = call(home.known_socket(), "GET", "/local/v1/status")
    return _described(home, said)


def down(home: Home, *, stop_jobs: bool | None) -> dict[str, Any]:
    """End the daemon, and with it the agents and jobs, or not.

    Args:
        stop_jobs: `None` refuses where jobs run.

    Raises:
        DaemonError: jobs run and nobody said what should become of them, or it does not end.
    """
    try:
        said = status(home)
    except NotRunning:
        return _down_without_daemon(home, stop_jobs)
    if stop_jobs is None and said["active_jobs"]:
        raise _jobs_run(said["active_jobs"])
    stop = stop_jobs is not False
    process = _daemon_process(home)
    call(home.known_socket(), "POST", "/local/v1/shutdown", {"stop_jobs": stop})
    if process is not None:
        _await_end(process)
    return {"running": False, "stopped_jobs": said["active_jobs"] if stop else 0}


def _start(home: Home) -> None:
    # Not in the home folder: where its disk is full, the daemon still has to say so.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "localcloud", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "QUARTERDECK_LOCAL_HOME": str(home.root)},
            start_new_session=True,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(home):
            if process.poll() is not None and not _daemon_alive(home):
                said = _last_words(output) or f"it ended with exit code {process.returncode}"
                raise DaemonError(f"the embedded cloud did not start: {said}")
            if time.monotonic() > deadline:
                raise DaemonError(f"the embedded cloud did not answer in time; see {home.log}")
            time.sleep(_POLL_SECONDS)


def _last_words(output: IO[bytes], lines: int = 5) -> str:
    output.seek(0)
    text = output.read(65_536).decode("utf-8", "replace")
    return "\n".join(text.strip().splitlines()[-lines:]).removeprefix("localcloud: ")


def _answers(home: Home) -> bool:
    try:
        return call(home.known_socket(), "GET", "/healthz", timeout=5.0).get("status") == "ok"
    except NotRunning:
        return False


def _agents_report(said: dict[str, Any]) -> bool:
    return all(node["health"] == "HEALTHY" and node["agent_pid"] for node in said["nodes"])


def _described(home: Home, said: dict[str, Any]) -> dict[str, Any]:
    process = _daemon_process(home)
    path = home.known_socket()
    return {
        "running": True,
        "pid": process.pid if process else None,
        "home": str(home.root),
        "socket": str(path),
        "url": f"unix://{quote(str(path))}",
        "log": str(home.log),
        **said,
    }


def _down_without_daemon(home: Home, stop_jobs: bool | None) -> dict[str, Any]:
    """Agents outlive a daemon that crashed; end them too."""
    gone = {"running": False, "stopped_jobs": 0}
    _end_unreachable(home)
    if stop_jobs is False or not any(home.root.glob("*.db*")):
        return gone
    with _as_the_daemon(home) as cloud:
        if stop_jobs is None:
            active = [job for job in cloud.jobs(limit=1000).items if not job.state.ended]
            if active:
                raise _jobs_run(len(active))
        cloud.stop_agents()
    return gone


@contextlib.contextmanager
def _as_the_daemon(home: Home) -> Iterator[Cloud]:
    home.prepare()
    lock = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        cloud = Cloud(home.root, load_settings(home, home.known_socket()))
        try:
            yield cloud
        finally:
            cloud.close()
    except BlockingIOError as error:
        raise DaemonError(f"a daemon runs on {home.root} and does not answer") from error
    except StoreError as error:
        raise DaemonError(str(error)) from error
    finally:
        os.close(lock)


def _jobs_run(count: int) -> DaemonError:
    jobs = "1 job has" if count == 1 else f"{count} jobs have"
    return DaemonError(
        f"{jobs} not ended: add --stop-jobs to stop them, or --keep-jobs to leave them running"
    )


def _daemon_process(home: Home) -> psutil.Process | None:
    try:
        written = json.loads(home.pid.read_text(encoding="utf-8"))
        process = psutil.Process(int(written["pid"]))
        # A process id is used again; only the time of birth makes it ours.
        return process if abs(process.create_time() - written["started"]) < 1 else None
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None


def _daemon_alive(home: Home) -> bool:
    return _daemon_process(home) is not None


def _end_unreachable(home: Home) -> None:
    """End a daemon whose socket was deleted: nobody can reach it, and it keeps others out.

    Its nodes and jobs go on; the next daemon takes them over.
    """
    process = _daemon_process(home)
    if process is None or home.known_socket().exists():
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
    _await_end(process)


def _await_end(process: psutil.Process) -> None:
    try:
        process.wait(_STOP_SECONDS)
    except psutil.TimeoutExpired as error:
        raise DaemonError(f"the daemon {process.pid} does not end; see its log") from error
