"""The daemon is killed at random moments, many times; afterwards nothing is lost or doubled."""

from __future__ import annotations

import random
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from localcloud.server.home import DaemonError
from localcloud.server.local_call import call
from tests.localcloud.box import Box, until

KILLS = 10
NODES, SLOTS = 3, 2
PRICE_PER_HOUR = Decimal(36)
PER_SECOND = Decimal("0.01")
SETTINGS = """\
heartbeat_seconds = 0.3
node_timeout_seconds = 30
grace_seconds = 2
backoff_first_seconds = 0.1
meter_seconds = 0.5
"""
RUNS = 'echo "$QUARTERDECK_ATTEMPT.$RANK" >> "$CHECKPOINT_DIR/runs"; '
ENDS: dict[str, tuple[dict[str, Any], str]] = {
    "works": ({"command": RUNS + "sleep 0.3"}, "SUCCEEDED"),
    "pair": ({"command": RUNS + "sleep 0.5", "workers": 2}, "SUCCEEDED"),
    "fails": ({"command": RUNS + "exit 3", "backoff_limit": 0}, "FAILED"),
    "heals": (
        {
            "command": RUNS
            + 'test -e "$CHECKPOINT_DIR/seen" && exit 0; touch "$CHECKPOINT_DIR/seen"; exit 7',
            "backoff_limit": 5,
        },
        "SUCCEEDED",
    ),
}


class Chaos:
    """One cloud whose daemon dies while jobs are handed to it."""

    def __init__(self, box: Box, chance: random.Random) -> None:
        self.box = box
        self.chance = chance
        self.acknowledged: dict[str, str] = {}
        self.unsure: dict[str, str] = {}

    def call(self, method: str, target: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return call(self.box.socket, method, target, body, timeout=10)

    def start(self) -> None:
        self.box.home.mkdir(parents=True)
        (self.box.home / "settings.toml").write_text(SETTINGS)
        self.box.serve()
        self.call("POST", "/local/v1/fleet", {"nodes": NODES, "accelerators": SLOTS})
        price = {"sku": "slot", "amount": str(PRICE_PER_HOUR), "currency": "CNY"}
        self.call("PUT", "/v1/prices", {"items": [price], "source": "test"})
        anchor = {"name": "anchor", "command": "exec sleep 600", "workers": 2}
        self.call("POST", "/v1/jobs", anchor)
        until(lambda: self.state_of("anchor") == "RUNNING")

    def submit_until_dead(self, round_number: int) -> None:
        """Hand in jobs one after another while a timer kills the daemon."""
        daemon = self.box.daemons[-1]
        # Half of the kills fall among the writes of new jobs, half while those run.
        among_writes = round_number % 2 == 0
        delay = self.chance.uniform(0.002, 0.02) if among_writes else self.chance.uniform(0.05, 0.9)
        timer = threading.Timer(delay, daemon.kill)
        timer.start()
        for number in range(6 if among_writes else 2):
            kind = self.chance.choice(list(ENDS))
            name = f"{kind}-{round_number}-{number}"
            try:
                self.call("POST", "/v1/jobs", {"name": name, **ENDS[kind][0]})
            except DaemonError:
                # Its answer was lost; whether it exists, nobody can say.
                self.unsure[name] = ENDS[kind][1]
                break
            self.acknowledged[name] = ENDS[kind][1]
        timer.join()
        daemon.communicate(timeout=10)
        self.box.serve()

    def state_of(self, name: str) -> str:
        return str(self.call("GET", f"/v1/jobs/{name}")["state"])

    def pids(self, name: str) -> dict[int, tuple[int, int]]:
        found = self.call("GET", f"/v1/jobs/{name}/workers")["items"]
        return {worker["rank"]: (worker["pid"], worker["attempt"]) for worker in found}

    def jobs(self) -> list[dict[str, Any]]:
        found = self.call("GET", "/v1/jobs?limit=1000")["items"]
        return [self.call("GET", f"/v1/jobs/{job['name']}") for job in found]

    def charged(self) -> list[dict[str, Any]]:
        charges: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.call("GET", f"/v1/charges?limit=1000{cursor}")
            charges += page["items"]
            if page["next_cursor"] is None:
                return charges
            cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def chaos() -> Iterator[Chaos]:
    with tempfile.TemporaryDirectory(prefix="qd-", ignore_cleanup_errors=True) as folder:
        box = Box(Path(folder) / "home")
        try:
            yield Chaos(box, random.Random(20260601))
        finally:
            box.close()


def test_nothing_is_lost_or_doubled(chaos: Chaos) -> None:
    chaos.start()
    anchored = chaos.pids("anchor")
    for round_number in range(KILLS):
        chaos.submit_until_dead(round_number)
        until(lambda: chaos.state_of("anchor") == "RUNNING")
        assert chaos.pids("anchor") == anchored
    until(lambda: _all_ended(chaos, but="anchor"), 40)
    chaos.call("POST", "/v1/jobs/anchor/stop", {"reason": "the test is over"})
    until(lambda: chaos.state_of("anchor") == "STOPPED")
    jobs = chaos.jobs()
    _check_ends(chaos, jobs)
    _check_runs(jobs)
    _check_slots(jobs)
    _check_money(chaos, jobs)


def _all_ended(chaos: Chaos, but: str) -> bool:
    found = chaos.call("GET", "/v1/jobs?limit=1000")["items"]
    ended = ("SUCCEEDED", "FAILED", "STOPPED")
    return all(job["state"] in ended for job in found if job["name"] != but)


def _check_ends(chaos: Chaos, jobs: list[dict[str, Any]]) -> None:
    states = Counter(job["name"] for job in jobs)
    assert max(states.values()) == 1
    ends = {job["name"]: job["state"] for job in jobs if job["name"] != "anchor"}
    assert len(chaos.acknowledged) >= KILLS
    assert {name: ends.get(name) for name in chaos.acknowledged} == chaos.acknowledged
    possible = {**chaos.acknowledged, **chaos.unsure}
    assert all(possible[name] == state for name, state in ends.items())


def _check_runs(jobs: list[dict[str, Any]]) -> None:
    """No rank of any attempt was started twice, and restarts are those the failures earned."""
    for job in jobs:
        if job["name"] == "anchor":
            assert job["restarts"] == 0
            continue
        runs = (Path(job["checkpoint_dir"]) / "runs").read_text().split()
        assert sorted(runs) == sorted(set(runs)), job["name"]
        assert len(runs) == job["workers"] * (job["restarts"] + 1), job["name"]
        assert job["restarts"] == (1 if job["name"].startswith("heals") else 0), job["name"]


def _check_slots(jobs: list[dict[str, Any]]) -> None:
    """At no moment does a node hold more slots than it has."""
    moves: dict[str, list[tuple[datetime, int]]] = {}
    for job in jobs:
        for held in job["allocations"]:
            assert held["end"] is not None, job["name"]
            start, end = (datetime.fromisoformat(held[key]) for key in ("start", "end"))
            assert start.microsecond == end.microsecond == 0
            assert start <= end
            if start < end:
                moves.setdefault(held["node"], []).append((start, held["accelerators"]))
                moves[held["node"]].append((end, -held["accelerators"]))
    assert moves
    for node, steps in moves.items():
        in_use = 0
        for _, change in sorted(steps):
            in_use += change
            assert in_use <= SLOTS, node


def _check_money(chaos: Chaos, jobs: list[dict[str, Any]]) -> None:
    held: Counter[str] = Counter()
    for job in jobs:
        for allocation in job["allocations"]:
            start, end = (datetime.fromisoformat(allocation[key]) for key in ("start", "end"))
            seconds = int((end - start).total_seconds())
            held[job["name"]] += seconds * allocation["accelerators"]
    until(lambda: _billed(chaos).get("anchor", Decimal(0)) >= held["anchor"] * PER_SECOND, 10)
    expected = {name: seconds * PER_SECOND for name, seconds in held.items() if seconds}
    assert {name: cost for name, cost in _billed(chaos).items() if cost} == expected


def _billed(chaos: Chaos) -> dict[str, Decimal]:
    billed: dict[str, Decimal] = {}
    for charge in chaos.charged():
        name = charge["ResourceName"]
        billed[name] = billed.get(name, Decimal(0)) + Decimal(charge["BilledCost"])
    return billed
