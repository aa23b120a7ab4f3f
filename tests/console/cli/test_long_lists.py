"""Lists longer than anybody reads: what is shown, what is said of the rest, and how they end."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.console.cli.runs import COMMAND, ROOT
from tests.console.cli.test_demo import Demo
from tests.e2e.terminal import Terminal


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("long"))
    running.env["QUARTERDECK_PROFILE"] = "demo"
    started = running("demo", "up", "--nodes", "6", "--accelerators", "4", "--jobs", "400")
    assert started.code == 0, started.err
    assert running("demo", "pause").code == 0
    yield running
    assert running("demo", "down").code == 0


def _lines(text: str) -> list[str]:
    return text.splitlines()[1:]


def test_a_table_shows_its_first_lines_and_says_how_many_there_are(demo: Demo) -> None:
    everything = demo("jobs", "ls", "--json").json
    assert len(everything) > 200
    table = demo("jobs", "ls")
    assert len(_lines(table.out)) == 200
    assert f"200 of {len(everything):,}" in table.err
    whole = demo("jobs", "ls", "--all")
    assert len(_lines(whole.out)) == len(everything)
    assert " of " not in whole.err
    few = demo("jobs", "ls", "--limit", "3", "--columns", "name")
    assert [line.strip() for line in _lines(few.out)] == [job["name"] for job in everything[:3]]


def test_a_filter_stops_as_soon_as_there_is_enough(demo: Demo) -> None:
    some = demo("jobs", "ls", "accelerators>0", "--limit", "2")
    assert len(_lines(some.out)) == 2 and "2 of " in some.err
    sort = demo("jobs", "ls", "--sort", "name", "--limit", "2", "--json").json
    names = sorted(job["name"] for job in demo("jobs", "ls", "--json").json)
    assert [job["name"] for job in sort] == names[:2], "an order is made of everything"


def test_events_end_with_the_newest(demo: Demo) -> None:
    everything = demo("events", "--json").json
    times = [datetime.fromisoformat(event["time"]) for event in everything]
    assert times == sorted(times)
    newest = demo("events", "--limit", "4", "--json").json
    assert [event["id"] for event in newest] == [event["id"] for event in everything[-4:]]
    table = demo("events", "--limit", "4")
    assert f"4 of {len(everything):,}" in table.err
    job = everything[-1]["subject"]
    asked = demo("events", f"subject={job['kind']}/{job['id']}", "--json").json
    assert asked == [event for event in everything if event["subject"] == job]


def test_the_newest_incidents_are_those_of_the_whole_list(demo: Demo) -> None:
    everything = demo("incidents", "ls", "--json").json
    assert len(everything) > 3
    assert demo("incidents", "ls", "--limit", "3", "--json").json == everything[:3]
    failed = [each for each in everything if each["outcome"] == "FAILED"]
    asked = demo("incidents", "ls", "outcome=failed", "--limit", "2", "--json").json
    assert asked == failed[:2]
    assert demo("incidents", "get", everything[-1]["id"], "--json").json == everything[-1]
    wrong = demo("incidents", "get", everything[0]["id"] + "9")
    assert wrong.code == 3 and everything[0]["id"] in wrong.err


def test_sums_are_whole_when_their_lines_are_cut(demo: Demo) -> None:
    sums = demo("cost", "--json", "--period", "all").json
    table = demo("cost", "--limit", "2", "--period", "all")
    assert len(_lines(table.out)) == 2
    assert f"2 of {len(sums['groups']):,}" in table.err
    total = re.search(r"Total: \D*([\d,.]+)", table.err)
    assert total and abs(float(total[1].rstrip(".").replace(",", "")) - float(sums["total"])) < 0.01


def test_a_view_may_name_its_filter_and_a_wrong_one_shows_how_one_looks(demo: Demo) -> None:
    named = demo("jobs", "ls", "--view", "jobs?filter=state=failed&columns=name", "--json").json
    plain = demo("jobs", "ls", "state=failed", "--json").json
    assert named == plain
    wrong = demo("jobs", "ls", "--view", "state=failed")
    assert wrong.code == 2 and "'jobs?state=failed&" in wrong.err


def test_a_reader_that_has_enough_is_no_failure(demo: Demo) -> None:
    line = " ".join([*COMMAND, "events", "--all", "--json"])
    done = subprocess.run(
        ["bash", "-c", f"{line} | head -1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **demo.env},
        timeout=60,
    )
    assert done.stdout.split() == ["[", "0"]
    assert "Error" not in done.stderr and "Traceback" not in done.stderr


def test_ctrl_c_ends_a_long_reading_without_a_trace(demo: Demo) -> None:
    command = [*COMMAND, "events", "--follow"]
    with Terminal(command, env={**os.environ, **demo.env}, columns=100, rows=20) as terminal:
        terminal.wait_for("simulation")
        terminal.send("ctrl+c")
        assert terminal.wait_exit() == 130
        assert "Traceback" not in terminal.text()


def test_a_noun_alone_lists_and_wrong_words_are_answered_with_what_is_near(demo: Demo) -> None:
    assert demo("jobs", "--limit", "2").out == demo("jobs", "ls", "--limit", "2").out
    assert "list, lint" in demo("keys").err
    name = demo("jobs", "ls", "--limit", "1", "--json").json[0]["name"]
    demo("jobs", "ls")
    wrong = demo("jobs", "get", f"{name}x")
    assert wrong.code == 3 and f"Did you mean {name}?" in wrong.err
    kind = demo("cost", "--by", "usr", "--lang", "zh_CN")
    assert kind.code == 2 and "user？" in kind.err and "Invalid" not in kind.err
    number = demo("jobs", "ls", "--limit", "0")
    assert number.code == 2 and "At least 1." in number.err
