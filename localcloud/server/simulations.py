"""Starts, asks and ends the daemon of a simulated tenant from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from localcloud.server.home import Home
from localcloud.server.launch import (
    await_end,
    daemon_process,
    end_unreachable,
    start_daemon,
    whereabouts,
)
from localcloud.server.local_call import NotRunning, call

_BASE = "/simulation/v1"
_START_SECONDS = 300.0
_ASK_SECONDS = 120.0


def status(home: Home) -> dict[str, Any]:
    """Where the simulation is, what it plays and how its time passes.

    Raises:
        NotRunning: there is none.
    """
    return {**whereabouts(home), **_call(home, "GET", "")}


def up(home: Home, arguments: Sequence[str], progress: Callable[[str], None]) -> dict[str, Any]:
    """Start a simulation where none runs; `started` says whether this did.

    Raises:
        DaemonError: it did not start; the text has its last words.
    """
    home.prepare()
    try:
        return {**status(home), "started": False}
    except NotRunning:
        end_unreachable(home)
    words = ["simulate", "serve", "--home", str(home.root), *arguments]
    start_daemon(home, words, name="the simulation", seconds=_START_SECONDS, progress=progress)
    return {**status(home), "started": True}


def down(home: Home) -> dict[str, Any]:
    """End the simulation, if one runs.

    Raises:
        DaemonError: it does not end.
    """
    process = daemon_process(home)
    try:
        _call(home, "POST", "/shutdown", {})
    except NotRunning:
        end_unreachable(home)
        return {"running": False, "stopped": False}
    if process is not None:
        await_end(process)
    return {"running": False, "stopped": True}


def ask(home: Home, action: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change the clock, inject a fault, or read the totals.

    Raises:
        NotRunning: there is no simulation.
        DaemonError: it refused; the text is its sentence.
    """
    if action == "summary":
        return _call(home, "GET", "/summary")
    return _call(home, "POST", {"clock": "/clock", "fault": "/faults"}[action], body)


def _call(
    home: Home, method: str, target: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    try:
        return call(home.known_socket(), method, f"{_BASE}{target}", body, timeout=_ASK_SECONDS)
    except NotRunning as error:
        raise NotRunning("no simulation runs: start one with `quarterdeck demo`") from error
