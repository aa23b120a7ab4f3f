"""The console in a real terminal on a tenant that breaks every promise: it stays, and says why."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.console import command, console, quit_console
from tests.e2e.terminal import Terminal
from tests.hostile_tenant import HostileTenant, answers, event, job, node, slowly, tenant

NEVER = (b"\x1b]0;PWN", b"\x1b]52;", b"\x1bc", b"\x1b[5;5HMOVED", "\u202e".encode(), b"\x9b31m")


@pytest.fixture
def hostile() -> Iterator[HostileTenant]:
    with HostileTenant() as served:
        path = Path(os.environ["XDG_CONFIG_HOME"]) / "quarterdeck" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(
            f'default_profile = "bad"\n[profiles.bad]\nprovider = "tenant"\nurl = "{served.url}"\n'
        )
        yield served


def titled(terminal: Terminal, title: str, patience: float = 15.0) -> None:
    """Wait for a view by its title."""
    terminal.wait_for(lambda lines: lines[0].startswith(f" {title}"), patience, title)


def on_jobs(terminal: Terminal) -> None:
    terminal.wait_for("live", 30)
    terminal.send("2")
    titled(terminal, "Jobs")


ODD_NAMES = (
    "long-" + "x" * 10_000,
    "训练" * 3000,
    "\u202eltr\u202c\u200b\u200d",
    "\x1b]0;PWNED\x07\x1bc\x1b[5;5HMOVED",
    "[/x] [bold red]hi[/] [@click=app.quit]",
    "\x9b31m\x00\x7f\r\n\ttab",
    "\x1egroup",
    "e\u0301" * 2000 + "👩\u200d👩\u200d👧\u200d👦",
    "..",
    "a/b?c#d%00",
    "",
    " ",
    "\ufeff\u2028\u2029",
)


def test_names_of_every_kind_on_every_view(hostile: HostileTenant) -> None:
    hostile.jobs = [
        job(name, n, owner=name, project=name, reason=name, native=name, nodes=[name])
        for n, name in enumerate(ODD_NAMES)
    ]
    hostile.nodes = [node(name, n, reason=name, jobs=[name]) for n, name in enumerate(ODD_NAMES)]
    hostile.events = [
        event(n, name, message=name, reason="FailureDetected", fields={"cause": name, "node": name})
        for n, name in enumerate(ODD_NAMES)
    ]
    hostile.tenant = tenant(name=ODD_NAMES[3], notices=[ODD_NAMES[3]])
    with console(columns=160) as terminal:
        on_jobs(terminal)
        terminal.wait_for(f"{len(ODD_NAMES)}")
        terminal.send("g")
        for _ in range(len(ODD_NAMES) - 1):
            terminal.send("j", "enter")
            titled(terminal, "Job ")
            terminal.send("escape")
            titled(terminal, "Jobs")
        for key in ("1", "3", "4", "6", "5", "7", "8", "9", "2"):
            terminal.send(key)
        titled(terminal, "Jobs")
        terminal.send("3")
        titled(terminal, "Compute")
        terminal.send("j", "enter")
        titled(terminal, "Node")
        terminal.send("?")
        terminal.wait_for("Keys that work here")
        terminal.send("escape")
        terminal.wait_gone("Keys that work here")
        terminal.send("2")
        titled(terminal, "Jobs")
        for sequence in NEVER:
            assert sequence not in terminal.raw, sequence
        quit_console(terminal)


def test_ends_of_time_and_clocks_that_jump(hostile: HostileTenant) -> None:
    first, last = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
    hostile.jobs = [
        job("early", 1, created=first, started=first, ended=last, state="FAILED"),
        job("late", 2, created=last, started=first, ended=first, utilisation=-7, workers=-3),
        job("big", 3, accelerators=10**15, accelerator_seconds=1e300, restarts=10**12),
    ]
    hostile.nodes = [node("n", since=first, last_heartbeat=last, utilisation=1e300, allocated=99)]
    hostile.events = [
        event(n, "early", time=time, reason=reason)
        for n, (time, reason) in enumerate(
            [(first, "FailureDetected"), (last, "GangIsolated"), (last, "TrainingResumed")]
        )
    ]
    hostile.tenant = tenant(server_time=last)
    with console(columns=140, TZ="Asia/Shanghai") as terminal:
        on_jobs(terminal)
        for name in ("early", "late", "big"):
            command(terminal, f"job {name}")
            titled(terminal, f"Job {name}")
            for tab in ("Life", "Workers", "Events"):
                terminal.send("tab")
                terminal.wait_for(tab)
        hostile.tenant = tenant(server_time=first)
        for key, title in (
            ("1", "Overview"),
            ("4", "Incidents"),
            ("enter", "Incident "),
            ("6", "Billing"),
            ("3", "Compute"),
            ("enter", "Node"),
            ("2", "Jobs"),
        ):
            terminal.send(key)
            titled(terminal, title)
        hostile.put(job("after", 500))
        terminal.wait_for("after")
        quit_console(terminal)


def test_a_service_that_fails_in_turn_is_said_and_made_good(hostile: HostileTenant) -> None:
    hostile.jobs = [job("kept", 1)]
    with console(columns=140) as terminal:
        on_jobs(terminal)
        terminal.wait_for("kept")
        html = answers(200, b"<html>\x1b]0;PWNED\x07[/x]</html>", "text/html")
        for path in ("/v1/jobs", "/v1/nodes", "/v1/events", "/v1/tenant", "/v1/watch"):
            hostile.replies[path] = html
        hostile.raw(None)
        terminal.wait_for("stale", 30)
        terminal.send("j", "k", "enter")
        terminal.wait_for("Job kept")
        terminal.send("escape")
        hostile.replies["/v1/jobs"] = slowly(5.0, answers(429, b"{}", retry_after="1"))
        command(terminal, "refresh")
        for key, title in (("1", "Overview"), ("2", "Jobs")):
            terminal.send(key)
            titled(terminal, title, 3)
        hostile.replies.clear()
        hostile.version = 3
        hostile.jobs = [job("fresh", 2)]
        command(terminal, "refresh")
        terminal.wait_for("fresh", 40)
        terminal.wait_gone("kept")
        for sequence in NEVER:
            assert sequence not in terminal.raw
        quit_console(terminal)


def test_one_key_a_hundred_thousand_times_and_a_gang_of_4096(hostile: HostileTenant) -> None:
    hostile.jobs = [job(f"same-{number:06}", number) for number in range(100_000)]
    hostile.jobs.append(job("wide", 100_000, workers=4096, accelerators=4096))
    hostile.version = 100_001
    hostile.workers = [
        {"job": "wide", "rank": rank, "attempt": 0, "state": "RUNNING"} for rank in range(4096)
    ]
    with console() as terminal:
        on_jobs(terminal)
        terminal.wait_for("same-")
        terminal.wait_for("100,001", 60)
        terminal.send("G")
        began = time.monotonic()
        terminal.send("g", "j", "j")
        command(terminal, "job wide")
        terminal.wait_for("Job wide")
        assert time.monotonic() - began < 5
        terminal.wait_for("Workers 4096", 20)
        quit_console(terminal)


def test_what_is_typed_behind_a_line_is_no_part_of_it(hostile: HostileTenant) -> None:
    hostile.jobs = [job("a", 1), job("b", 2)]
    hostile.version = 2
    with console() as terminal:
        on_jobs(terminal)
        terminal.send(":")
        terminal.type("compute\r2:job b\r")
        titled(terminal, "Job b")
        terminal.type("\t\t\t:job a\r")
        titled(terminal, "Job a")
        terminal.type("2/zz=1\r")
        terminal.wait_for("no field is called zz")
        terminal.send("escape")
        terminal.wait_gone("no field")
        quit_console(terminal)
