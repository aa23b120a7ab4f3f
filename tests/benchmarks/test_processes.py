"""Nothing is left running after a bench; a process that fails is no measurement."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.processes import ProcessFailed, plain_env, run_process, workplace


def test_what_still_runs_at_home_in_the_workplace_is_ended(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with workplace() as folder:
        env = plain_env(folder / "home")
        sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
        left = subprocess.Popen(sleeper, env=env, start_new_session=True)
        other = subprocess.Popen(sleeper)
    try:
        assert left.poll() is not None
        assert other.poll() is None
        assert not folder.exists()
        assert "left running" in capsys.readouterr().err
    finally:
        other.kill()
        other.wait()


def test_a_failure_says_its_own_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such tenant')"]
    with pytest.raises(ProcessFailed, match="no such tenant"):
        run_process(command, plain_env(tmp_path))


def test_a_process_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.processes.PATIENCE", 0.1)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(ProcessFailed, match="ran for over"):
        run_process(command, plain_env(tmp_path))
