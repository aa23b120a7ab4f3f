from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud.agent.runner import Runner


def order(folder: Path, run_id: str, command: str) -> dict[str, Any]:
    return {
        "id": run_id,
        "command": command,
        "working_dir": str(folder),
        "env": {"HELLO": "there"},
        "log_path": str(folder / "logs" / f"{run_id}.log"),
        "checkpoint_dir": str(folder / "checkpoints"),
    }


def reply(*orders: dict[str, Any], stop: tuple[str, ...] = (), forget: tuple[str, ...] = ()) -> Any:
    return {"start": list(orders), "stop": stop, "forget": forget, "grace_seconds": 0.2}


def until(runner: Runner, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        runner.poll()
        report = runner.reports()[0]
        if condition(report):
            return report
        time.sleep(0.01)
    raise AssertionError(report)


def ended(report: dict[str, Any]) -> bool:
    return bool(report["state"] == "EXITED")


def test_a_run_starts_once_and_its_end_is_kept_until_it_is_heard(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    wanted = order(tmp_path, "a", 'echo "$HELLO $QUARTERDECK_RUN_ID" >> twice; exit 3')
    assert runner.apply(reply(wanted))
    assert not runner.apply(reply(wanted))
    assert until(runner, ended)["exit_code"] == 3
    runner.apply(reply(wanted))
    assert (tmp_path / "twice").read_text() == "there a\n"
    again = Runner(tmp_path).reports()[0]
    assert (again["state"], again["exit_code"]) == ("EXITED", 3)
    runner.apply(reply(forget=("a",)))
    assert runner.reports() == [] and json.loads((tmp_path / "runs.json").read_text()) == []


def test_a_stopped_run_is_killed_after_the_grace(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    runner.apply(
        reply(order(tmp_path, "a", "trap '' TERM; touch up; while :; do sleep 0.05; done"))
    )
    until(runner, lambda _: (tmp_path / "up").exists())
    runner.apply(reply(stop=("a",)))
    report = until(runner, ended)
    assert (report["exit_code"], report["signal"], report["stopped"]) == (137, 9, True)


def test_what_an_earlier_agent_left_running_is_lost_and_killed(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    runner.apply(reply(order(tmp_path, "a", "exec sleep 60")))
    later = Runner(tmp_path)
    assert later.reports()[0]["state"] == "LOST"
    assert until(runner, ended)["signal"] == 9


def test_a_damaged_table_is_kept_aside(tmp_path: Path) -> None:
    (tmp_path / "runs.json").write_text("{")
    assert Runner(tmp_path).reports() == []
    assert (tmp_path / "runs.damaged").read_text() == "{"


def test_leftovers_of_a_run_end_with_it(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    command = "setsid sh -c 'echo $$ > stray; exec sleep 62' & while [ ! -s stray ]; do :; done"
    runner.apply(reply(order(tmp_path, "a", command)))
    assert until(runner, ended)["exit_code"] == 0
    stray = int((tmp_path / "stray").read_text())
    deadline = time.monotonic() + 5
    while Path(f"/proc/{stray}").exists() and time.monotonic() < deadline:
        state = Path(f"/proc/{stray}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state == "Z":
            break
        time.sleep(0.01)
    else:
        assert not Path(f"/proc/{stray}").exists()
