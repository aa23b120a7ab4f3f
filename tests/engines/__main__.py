"""Runs the tests that need real servers, and says what it ran and what it left out.

`make engines` calls it. Each engine is a server of a provider (a Slurm cluster, a Prometheus, an
Alertmanager); it is listed here by the change that brings its provider.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Engine:
    """A real server and the folder of tests that need it."""

    name: str
    tests: Path


ENGINES: Sequence[Engine] = ()


class _Counter:
    """Counts outcomes as pytest reports them."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed += 1
        elif report.skipped:
            self.skipped += 1
        elif report.when == "call":
            self.passed += 1


def main(engines: Sequence[Engine] = ENGINES) -> int:
    """Run the tests of each engine; returns 0 when none failed."""
    counter = _Counter()
    worst = 0
    for engine in engines:
        print(f"engine {engine.name}", flush=True)
        code = int(pytest.main(["-m", "engine", str(engine.tests)], plugins=[counter]))
        worst = max(worst, code)
    if not engines:
        print("no provider of this version needs a real server")
    print(
        f"{counter.passed} passed, {counter.failed} failed, {counter.skipped} skipped "
        f"against {len(engines)} engines"
    )
    return worst


if __name__ == "__main__":
    sys.exit(main())
