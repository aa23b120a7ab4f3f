"""Tenants to measure the console on: real ones behind the Tenant API, small and large."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ours, plain_env, run_process
from tests.cloud import EmbeddedCloud

JOB = "qdframe"
"""A job every console shows; short, so that no column cuts it."""


@dataclass(frozen=True)
class Tenant:
    """A command that opens the console on a tenant, and where it does so."""

    name: str
    command: list[str]
    env: dict[str, str]
    shown: str
    """A text that says the tenant's data are on the screen."""
    state: Path
    """The console's own state: what it keeps for the next start."""


@contextlib.contextmanager
def embedded(folder: Path) -> Iterator[Tenant]:
    """The embedded cloud with one running job: few rows, everything real."""
    cloud = EmbeddedCloud()
    try:
        cloud.up(nodes=4, accelerators=8)
        env = plain_env(folder, QUARTERDECK_LOCAL_HOME=str(cloud.home))
        command = [ours("qd"), "jobs", "submit", "--name", JOB, "--workers", "1"]
        run_process([*command, "--accelerators", "1", "--command", "sleep 3600", "--json"], env)
        state = Path(env["XDG_STATE_HOME"]) / "quarterdeck"
        yield Tenant("embedded cloud", [ours("quarterdeck")], env, JOB, state)
    finally:
        cloud.close()
