"""Starts, looks at and ends the daemon from outside."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from typing import Any

from localcloud.engine.cloud import Cloud
from localcloud.engine.errors import StoreError
from localcloud.server.home import DaemonError, Home, load_settings
from localcloud.server.launch import (
    answers,
    await_end,
    daemon_process,
    end_unreachable,
    start_daemon,
    whereabouts,
)
from localcloud.server.local_call import NotRunning, call

_START_SECONDS = 30.0
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
    if not answers(home):
        end_unreachable(home)
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
    process = daemon_process(home)
    call(home.known_socket(), "POST", "/local/v1/shutdown", {"stop_jobs": stop})
    if process is not None:
        await_end(process)
    return {"running": False, "stopped_jobs": said["active_jobs"] if stop else 0}


def _start(home: Home) -> None:
    start_daemon(
        home,
        ["serve"],
        name="the embedded cloud",
        seconds=_START_SECONDS,
        environment={"QUARTERDECK_LOCAL_HOME": str(home.root)},
    )


def _agents_report(said: dict[str, Any]) -> bool:
    return all(node["health"] == "HEALTHY" and node["agent_pid"] for node in said["nodes"])


def _described(home: Home, said: dict[str, Any]) -> dict[str, Any]:
    return {**whereabouts(home), **said}


def _down_without_daemon(home: Home, stop_jobs: bool | None) -> dict[str, Any]:
    """Agents outlive a daemon that crashed; end them too."""
    gone = {"running": False, "stopped_jobs": 0}
    end_unreachable(home)
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
