"""The daemon as a process: one at a time, private, and clear about what stops it."""

from __future__ import annotations

import os
import signal
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from localcloud.server.local_call import call
from tests.localcloud.box import Box, until


@pytest.fixture
def box() -> Iterator[Box]:
    with tempfile.TemporaryDirectory(prefix="qd-", ignore_cleanup_errors=True) as folder:
        made = Box(Path(folder) / "home")
        yield made
        made.close()


def test_up_status_down(box: Box) -> None:
    assert box.json("status", code=3)["running"] is False
    up = box.json("up", "--nodes", "1", "--accelerators", "3")
    assert [node["accelerators"] for node in up["nodes"]] == [3]
    agent = psutil.Process(up["nodes"][0]["agent_pid"])
    daemon = psutil.Process(up["pid"])
    assert stat.S_IMODE(Path(up["socket"]).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(up["socket"]).parent.stat().st_mode) == 0o700
    again = box.json("up", "--nodes", "2")
    assert again["pid"] == up["pid"]
    assert [node["accelerators"] for node in again["nodes"]] == [3, 3]
    assert box.json("status")["jobs"] == {}
    assert "serving" in "\n".join(box.json("logs")["lines"])
    second = box.run("serve")
    assert (second.returncode, "already runs" in second.stderr) == (1, True)
    box.json("down")
    until(lambda: not agent.is_running() and not daemon.is_running())
    assert not Path(up["socket"]).exists()
    remembered = box.json("up")
    assert [node["accelerators"] for node in remembered["nodes"]] == [3, 3]
    box.json("down")
    assert box.json("down")["running"] is False


def test_down_asks_before_it_stops_jobs(box: Box) -> None:
    up = box.json("up", "--nodes", "1", "--accelerators", "1")
    spec = {"name": "sleeper", "command": "exec sleep 600"}
    call(box.socket, "POST", "/v1/jobs", spec)
    until(lambda: call(box.socket, "GET", "/v1/jobs/sleeper")["state"] == "RUNNING")
    (worker,) = call(box.socket, "GET", "/v1/jobs/sleeper/workers")["items"]
    refused = box.run("down")
    assert refused.returncode == 1
    assert "1 job has not ended" in refused.stderr
    box.json("down", "--keep-jobs")
    assert box.run("status").returncode == 3
    assert psutil.pid_exists(worker["pid"])
    assert psutil.pid_exists(up["nodes"][0]["agent_pid"])
    refused = box.run("down")
    assert (refused.returncode, "1 job has not ended" in refused.stderr) == (1, True)
    box.json("down", "--stop-jobs")
    until(lambda: not psutil.pid_exists(worker["pid"]))
    until(lambda: not psutil.pid_exists(up["nodes"][0]["agent_pid"]))


def test_a_stale_socket_is_replaced_and_sigterm_ends_in_good_order(box: Box) -> None:
    daemon = box.serve()
    daemon.kill()
    daemon.communicate()
    assert box.socket.exists()
    assert box.run("status").returncode == 3
    daemon = box.serve()
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(10) == 0
    assert not box.socket.exists()


def test_a_home_with_a_long_path_still_has_a_socket(box: Box) -> None:
    box.home = box.home / ("long" * 20) / ("path" * 10)
    box.serve()
    assert len(os.fsencode(box.socket)) <= 100
    assert stat.S_IMODE(box.socket.parent.stat().st_mode) == 0o700
    assert box.json("status")["socket"] == str(box.socket)


def test_tcp_needs_a_token_and_a_free_port(box: Box) -> None:
    without = box.run("serve", "--tcp", "127.0.0.1:0")
    assert (without.returncode, "token" in without.stderr) == (2, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = box.run("serve", "--tcp", f"127.0.0.1:{port}", QUARTERDECK_LOCAL_TOKEN="abc-123")
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"localcloud: cannot listen on 127.0.0.1:{port}: Address already in use"
    )


def test_a_corrupt_database_is_one_sentence(box: Box) -> None:
    box.serve().terminate()
    box.daemons[-1].communicate(timeout=20)
    (database,) = box.home.glob("*.db")
    database.write_bytes(b"this is no database" * 1000)
    for command in ("serve", "up"):
        done = box.run(command)
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1
        assert str(database) in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("node_timeout = 3", "node_timeout: Extra inputs are not permitted; known keys:"),
        ("node_timeout_seconds = 'x'", "node_timeout_seconds: "),
        ("= 3", "settings.toml: "),
    ],
)
def test_wrong_settings_name_file_and_key(box: Box, text: str, said: str) -> None:
    box.home.mkdir(parents=True)
    (box.home / "settings.toml").write_text(text)
    done = box.run("up")
    assert done.returncode == 1
    assert str(box.home / "settings.toml") in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_made_is_one_sentence(box: Box) -> None:
    box.home.parent.joinpath("file").write_text("")
    box.home = box.home.parent / "file" / "home"
    done = box.run("up")
    assert done.returncode == 1
    assert done.stderr.strip().startswith("localcloud: cannot use the folder")


@pytest.mark.parametrize("arguments", [("up", "--nodes", "0"), ("fly",), ("up", "--nodes", "x")])
def test_wrong_usage_is_exit_code_2(box: Box, arguments: tuple[str, ...]) -> None:
    assert box.run(*arguments).returncode == 2
