"""`python -m localcloud simulate`: a daemon of a simulated tenant, as programs use it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.localcloud.simulator.traces.figures import write

START = "2026-01-31T12:00:00+00:00"


class Simulation:
    """The command line on one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, action: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable, "-m", "localcloud", "simulate", action,
                "--home", str(self.home), "--json", *words,
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )  # fmt: skip

    def said(self, action: str, *words: str) -> dict[str, Any]:
        done = self.run(action, *words)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Simulation]:
    running = Simulation(tmp_path / "home")
    try:
        yield running
    finally:
        running.run("down")


def _ends(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_it_starts_once_obeys_its_clock_and_ends(simulation: Simulation) -> None:
    first = simulation.said("up", "--seed", "7", "--speed", "1", "--start", START)
    assert (first["started"], first["scenario"], first["seed"]) == (True, "lab", 7)
    assert stat.S_IMODE(Path(first["socket"]).stat().st_mode) == 0o600
    again = simulation.said("up")
    assert (again["started"], again["pid"]) == (False, first["pid"])
    assert simulation.said("clock", "--pause")["paused"] is True
    before = simulation.said("status")["target"]
    stepped = simulation.said("clock", "--step", "3600")["target"]
    assert (before[:13], stepped[:13]) == ("2026-01-31T12", "2026-01-31T13")
    assert simulation.said("clock", "--resume", "--speed", "60")["speed"] == 60
    past = simulation.run("clock", "--to", "2026-01-01T00:00:00+00:00")
    assert past.returncode == 2 and "past" in past.stderr
    assert simulation.said("summary")["jobs"] > 100
    assert simulation.said("down") == {"running": False, "stopped": True}
    assert _ends(first["pid"])
    gone = simulation.run("status")
    assert gone.returncode == 3 and "no simulation runs" in gone.stderr
    assert json.loads(gone.stdout)["running"] is False


def test_a_fault_strikes_what_it_names_and_refuses_what_is_not(simulation: Simulation) -> None:
    simulation.said("up", "--nodes", "4", "--accelerators", "4", "--jobs", "60")
    struck = simulation.said("fault", "node", "--node", "train-a-n2")
    assert (struck["kind"], struck["node"]) == ("node", "train-a-n2")
    assert simulation.run("fault", "node", "--node", "nowhere").returncode == 3
    assert simulation.run("fault", "flood").returncode == 2
    assert simulation.said("fault", "api-down", "--seconds", "60")["kind"] == "api-down"
    assert simulation.said("status")["down_seconds"] > 50
    assert simulation.said("fault", "api-slow", "--latency", "3")["seconds"] == 30
    assert simulation.said("status")["latency_seconds"] == 3


def test_it_ends_with_its_owner(simulation: Simulation) -> None:
    owner = subprocess.Popen(["sleep", "600"])
    try:
        pid = simulation.said("up", "--owner", str(owner.pid))["pid"]
        os.kill(pid, 0)
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        assert _ends(pid)
    finally:
        owner.kill()
        owner.wait()


def test_a_trace_is_played_as_if_live(simulation: Simulation, tmp_path: Path) -> None:
    trace = write(
        tmp_path, "id,submit,start,end,gpus,state\na,0,60,7260,8,DONE\nb,0,0,90000,4,RUNNING\n"
    )
    simulation.said("up", "--trace", str(trace), "--speed", "0.001")
    assert simulation.said("summary")["states"] in ({}, {"RUNNING": 1, "QUEUED": 1})
    simulation.said("clock", "--step", "3660")
    deadline = time.monotonic() + 20
    while (figures := simulation.said("summary"))["accelerator_hours"] < 12:
        assert time.monotonic() < deadline, figures
    assert figures["states"] == {"RUNNING": 2}
    assert figures["peak_accelerators"] == 12


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--preset", "huge"], "preset: is none of lab, pod, centre, giant"),
        (["--nodes", "0"], "nodes: must be"),
        (["--trace", "/nowhere.csv"], "No such file"),
        (["--speed", "-1"], "speed: must be"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    simulation: Simulation, words: list[str], sentence: str
) -> None:
    done = simulation.run("up", *words)
    assert done.returncode == 2
    assert sentence in done.stderr and "Traceback" not in done.stderr
