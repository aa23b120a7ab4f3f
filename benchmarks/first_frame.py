"""The console's first useful frame against the smallest Textual application."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.measure import Once, interleave
from benchmarks.minimal_app import MARKER
from benchmarks.processes import run_time, time_to_text
from benchmarks.report import Budget, Finding
from tests.cloud import EmbeddedCloud

FLOOR = "minimal Textual app"
CONSOLE = "quarterdeck"
"""As a person opens it again: the last screen and the last good lists are on disk."""
WITHOUT_PICTURE = "quarterdeck, no last screen"
"""The same without the picture: the frame is the application's own, from the last good lists."""
NEVER_OPENED = "quarterdeck, never opened"
"""Nothing on disk: the frame waits for the first answer of the embedded cloud."""
SETTLE_SECONDS = 6.0
"""How long the run before stays open, so that it has kept its lists and its screen."""
JOB = "qdframe"
"""A frame is useful when it shows the tenant's job; short, so that no column cuts it."""


def bench(rounds: int = 9) -> Finding:
    """From starting the process to the text on the terminal, on a warm machine."""
    with tempfile.TemporaryDirectory(prefix="qd-bench-") as folder:
        cloud = EmbeddedCloud()
        try:
            cloud.up(nodes=4, accelerators=8)
            env = {**cloud.env, "HOME": folder, **_xdg(Path(folder))}
            _submit(env)
            return _compare(env, Path(folder), rounds)
        finally:
            cloud.close()


def _compare(env: Mapping[str, str], folder: Path, rounds: int) -> Finding:
    console = str(Path(sys.executable).with_name("quarterdeck"))
    minimal = [sys.executable, "-m", "benchmarks.minimal_app"]
    state = Path(env["XDG_STATE_HOME"]) / "quarterdeck"

    def opened(forget: Path | None = None) -> float:
        if forget is not None:
            shutil.rmtree(forget, ignore_errors=True)
        return time_to_text([console], JOB, env)

    def opened_before() -> float:
        if not (state / "frames").exists():
            time_to_text([console], JOB, env, stay=SETTLE_SECONDS)
        return opened()

    # In this order: the first leaves nothing on disk, the next ones need what a long run leaves.
    cases: dict[str, Once] = {
        FLOOR: partial(time_to_text, minimal, MARKER, env),
        NEVER_OPENED: partial(opened, state),
        CONSOLE: opened_before,
        WITHOUT_PICTURE: partial(opened, state / "frames"),
    }
    left_out = []
    text = folder / "text"
    text.write_text(f"{JOB}\n")
    for peer in ("less", "vim"):
        path = shutil.which(peer)
        if path is None:
            left_out.append(f"{peer} (not installed)")
        else:
            cases[peer] = partial(time_to_text, [path, str(text)], JOB, env)
    return Finding(
        title="First useful frame in a terminal of 120x40",
        floor=FLOOR,
        times=interleave(cases, rounds),
        budgets=[
            Budget(CONSOLE, FLOOR, factor=1.2, plus_seconds=0.3),
            Budget(WITHOUT_PICTURE, FLOOR, factor=1.2, plus_seconds=0.3),
        ],
        left_out=left_out,
    )


def _submit(env: Mapping[str, str]) -> None:
    qd = str(Path(sys.executable).with_name("qd"))
    command = [qd, "jobs", "submit", "--name", JOB, "--workers", "1", "--accelerators", "1"]
    # Through the same process helper as the benches: it shows standard error only on failure.
    run_time([*command, "--command", "sleep 600", "--json"], env)


def _xdg(home: Path) -> dict[str, str]:
    folders = {
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
    }
    return {name: str(path) for name, path in folders.items()}
