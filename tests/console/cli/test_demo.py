"""`qd demo`: the simulation from the command line, as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.cli.simulation import KINDS, PRESETS
from localcloud.server.routes.simulation import API_KINDS
from localcloud.simulator.contract import FAULT_KINDS
from localcloud.simulator.presets import PRESETS as SERVED
from tests.console.cli.runs import Ran, inside, qd

MARK = "This tenant is a simulation"


class Demo:
    """The command line with a simulation of its own."""

    def __init__(self, folder: Path) -> None:
        self.env = {
            "HOME": str(folder),
            "QUARTERDECK_DEMO_HOME": str(folder / "demo"),
            "QUARTERDECK_LOCAL_HOME": str(folder / "local"),
            "LANG": "C.UTF-8",
            **{f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "STATE", "DATA")},
        }

    def __call__(self, *arguments: str) -> Ran:
        return qd(*arguments, **self.env)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo"))
    started = running("demo", "up", "--nodes", "4", "--accelerators", "4", "--jobs", "80")
    assert started.code == 0, started.err
    yield running
    assert running("demo", "down").code == 0
    gone = running("demo", "status")
    assert gone.code == 3 and "Start one with `quarterdeck demo`" in gone.err


def test_kinds_and_presets_are_those_of_the_simulator() -> None:
    assert (*FAULT_KINDS, *API_KINDS) == KINDS
    assert tuple(SERVED) == PRESETS


def test_other_commands_take_it_as_a_profile_and_say_what_it_is(demo: Demo) -> None:
    listed = demo("nodes", "ls", "--profile", "demo")
    assert listed.code == 0 and "train-a-n4" in listed.out
    assert listed.err.count(MARK) == 1 and MARK not in listed.out
    jobs = demo("jobs", "ls", "--profile", "demo", "--json")
    assert len({job["owner"] for job in jobs.json}) > 1
    assert {profile["name"] for profile in demo("profiles", "ls", "--json").json} >= {"demo"}
    plain = demo("--plain", "--profile", "demo")
    assert plain.code == 0 and plain.err.count(MARK) == 1


def test_the_clock_obeys(demo: Demo) -> None:
    assert demo("demo", "pause", "--json").json["paused"] is True
    before = demo("demo", "status", "--json").json["target"]
    assert "paused" in demo("demo", "step", "90s").out
    after = demo("demo", "jump", "+30s", "--json").json["target"]
    assert after > before
    assert "×120" in demo("demo", "speed", "120").out.replace("speed ", "")
    assert demo("demo", "resume", "--json").json["speed"] == 120
    assert demo("demo", "jump", "yesterday").code == 2
    assert demo("demo", "jump", "2001-01-01T00:00").code == 2
    assert demo("demo", "step", "soon").code == 2


def test_a_fault_becomes_an_incident(demo: Demo) -> None:
    demo("demo", "pause")
    struck = demo("demo", "fault", "xid", "--json").json
    assert struck["job"]
    demo("demo", "step", "20m")
    found: list[Any] = []
    for _ in range(20):
        found = demo("incidents", "ls", f"job={struck['job']}", "--profile", "demo", "--json").json
        if found:
            break
    assert any("XID" in str(incident) for incident in found)
    assert demo("demo", "fault", "xid", "--node", "nowhere").code == 3


def test_an_api_that_is_down_is_unreachable_for_everybody_but_its_control(demo: Demo) -> None:
    assert demo("demo", "fault", "api-down", "--seconds", "60").code == 0
    assert demo("jobs", "ls", "--profile", "demo").code == 5
    assert "API is down" in demo("demo", "status").out
    assert demo("demo", "fault", "api-down", "--seconds", "0.001").code == 0
    assert demo("jobs", "ls", "--profile", "demo").code == 0


def test_another_one_is_refused_while_one_runs(demo: Demo) -> None:
    done = demo("demo", "up", "--preset", "pod")
    assert done.code == 2 and "qd demo down" in done.err
    assert demo("demo", "up").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("up", "--nodes", "0"),
        ("up", "--nodes", "-1"),
        ("up", "--nodes", "1000000000"),
        ("up", "--accelerators", "0"),
        ("up", "--jobs", "99999999"),
        ("up", "--preset", "huge"),
        ("up", "--seed", "abc"),
        ("up", "--speed", "0"),
        ("up", "--speed", "nan"),
        ("up", "--speed", "-5"),
        ("up", "--speed", "1e12"),
        ("speed", "nan"),
        ("speed", "inf"),
        ("step", "nan"),
        ("step", "0"),
        ("step", "-5m"),
        ("step", "1e400d"),
        ("jump", "+-5m"),
        ("jump", "2026-13-45"),
        ("fault", "flood"),
        ("fault", "node", "--node", ""),
        ("fault", "hang", "--job", " "),
        ("fault", "xid", "--seconds", "nan"),
        ("fault", "api-slow", "--latency", "inf"),
        ("replay", "/nowhere/at-all.csv"),
        ("replay", "/"),
        ("replay", "/dev/zero", "--summary"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_refused_before_anything_starts(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("QUARTERDECK_DEMO_HOME", str(tmp_path / "none"))
    for name in ("CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    done = inside(capsys, "demo", *words)
    assert done.code == 2
    assert done.err and "Traceback" not in done.err and len(done.err.splitlines()) <= 2
    assert not (tmp_path / "none").exists()


def test_what_lies_too_far_or_is_not_there_is_refused_and_it_runs_on(demo: Demo) -> None:
    for words, code in (
        (("step", "99999999d"), 2),
        (("jump", "9999-12-31"), 2),
        (("jump", "0001-01-01T00:00:00+14:00"), 2),
        (("fault", "hang", "--job", "x" * 20_000), 2),
        (("fault", "hang", "--job", "\x1b[31mred"), 3),
    ):
        done = demo("demo", *words)
        assert done.code == code and "\x1b" not in done.err, done.err
        assert len(done.err.splitlines()) == 1 and len(done.err) < 300
    assert demo("demo", "status").code == 0


def test_a_start_that_fails_says_why_in_one_line(tmp_path: Path) -> None:
    tenant = Demo(tmp_path)
    (tmp_path / "demo" / "run" / "api.sock" / "in-the-way").mkdir(parents=True)
    failed = tenant("demo", "up", "--nodes", "2", "--jobs", "2")
    assert failed.code == 1 and "Is a directory" in failed.err.splitlines()[-1]
    assert "playing" not in failed.err
    (tmp_path / "file").write_text("")
    tenant.env["QUARTERDECK_DEMO_HOME"] = str(tmp_path / "file" / "demo")
    failed = tenant("demo", "up")
    assert failed.code == 1 and "Not a directory" in failed.err
    assert tenant("demo", "down").code == 0


def test_without_a_simulation_or_a_terminal_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("QUARTERDECK_DEMO_HOME", str(tmp_path / "none"))
    for name in ("CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    pause = inside(capsys, "demo", "pause", "--lang", "zh_CN")
    assert pause.code == 3 and "quarterdeck demo" in pause.err and "没有" in pause.err
    listed = inside(capsys, "jobs", "ls", "--profile", "demo")
    assert listed.code == 5 and "quarterdeck demo" in listed.err
    assert inside(capsys, "demo").code == 2
    assert inside(capsys, "demo", "fault", "flood").code == 2


def test_a_summary_of_a_trace(tmp_path: Path, capsys: Any) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("job_id,submit,duration,gpus,state\na,0,3600,8,Pass\nb,0,1800,4,Killed\n")
    done = inside(capsys, "demo", "replay", str(trace), "--summary")
    assert done.code == 0
    assert "Accelerator-hours: 10.0" in done.out and "Killed 1, Pass 1" in done.out
    trace.write_text("job_id,submit,state\na,0,Pass\n")
    wrong = inside(capsys, "demo", "replay", str(trace), "--summary", "--json")
    assert wrong.code == 2 and "no column for end or duration and accelerators" in wrong.err
