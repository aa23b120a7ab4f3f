"""What goes wrong in a real terminal: a clear sentence, the console stays up, nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.cloud import EmbeddedCloud
from tests.e2e.console import command, console, qd, qd_json, quit_console
from tests.e2e.terminal import Terminal

StartCloud = Callable[..., EmbeddedCloud]

HOSTILE = (
    r"printf '\033]0;PWNED\007\033]52;c;UFdORUQ=\007\033[?1049h\033[2J\033[5;5HMOVED "
    r"[/x] [bold red]hi[/] \342\200\256rtl\342\200\254 \377\376 \n\033[?25l\033[?1000h\033c\n'; "
    "echo done; sleep 600"
)
LONG_LINE_BYTES = 300_000_000
"""One line as long as a build machine can hold; by hand it was tried with 2 GB."""
FREE_BYTES = 2_000_000_000
GROWTH_BYTES = 60_000_000


@pytest.fixture
def cloud(start_cloud: StartCloud) -> EmbeddedCloud:
    """A small cloud."""
    return start_cloud(nodes=2, accelerators=2)


def submit(name: str, shell: str, *more: str) -> None:
    qd("jobs", "submit", "--name", name, "--accelerators", "1", *more, "--command", shell)


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def on_jobs(terminal: Terminal) -> None:
    terminal.wait_for("✓ live", 30)
    terminal.send("2")
    terminal.wait_for(lambda lines: lines[0].startswith(" Jobs"), what="the jobs")


# Configuration.


def write_config(text: str) -> Path:
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "quarterdeck" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("opens", [("jobs", "ls"), ()], ids=["command", "console"])
def test_a_wrong_configuration_names_file_line_key_and_what_is_allowed(
    opens: tuple[str, ...],
) -> None:
    path = write_config('language = "en"\n\ntheme = 7\n[keys]\npreset = "nobody"\n')
    with console(*opens, columns=200) as terminal:
        assert terminal.wait_exit() == 2
        said = terminal.text()
    assert f"{path}:3" in said and "theme" in said, said
    assert f"{path}:5" in said and "preset" in said and "k9s" in said, said


def test_a_broken_configuration_names_the_line() -> None:
    path = write_config('language = "en"\ntheme = \n')
    said = qd("jobs", "ls", code=2).stderr
    assert f"{path}:2" in said, said


# Filters.


def test_an_unknown_field_says_where_and_what_is_close(cloud: EmbeddedCloud) -> None:
    said = qd("jobs", "ls", "stat=running", code=2).stderr
    assert "at 1: no field is called stat; did you mean state?" in said
    with console() as terminal:
        on_jobs(terminal)
        terminal.send("/")
        terminal.wait_for(lambda lines: any(line.startswith("/") for line in lines))
        terminal.type("owner=me stat=running")
        terminal.wait_for("no field is called stat; did you mean state?")
        terminal.send("escape")
        terminal.wait_gone("did you mean")
        quit_console(terminal)


# The service goes away.


def test_the_console_outlives_the_daemon(cloud: EmbeddedCloud) -> None:
    submit("lasting", "echo begun; sleep 600")
    with console() as terminal:
        on_jobs(terminal)
        terminal.wait_for(re_line("lasting .*running"))
        os.kill(cloud.status()["pid"], signal.SIGKILL)
        terminal.wait_for("stale", 30)
        assert any("lasting" in line for line in terminal.screen()), "the last state stays"
        terminal.send("enter")
        terminal.wait_for("Job lasting")
        terminal.send("escape")
        cloud.socket.unlink(missing_ok=True)
        qd("local", "up")
        terminal.wait_for("✓ live", 60)
        terminal.wait_for(re_line("lasting .*running"))
        quit_console(terminal)


def test_a_socket_that_is_gone_is_found_out_and_the_jobs_are_kept(cloud: EmbeddedCloud) -> None:
    submit("lasting", "sleep 600")
    cloud.socket.unlink()
    said = qd("local", "status", code=3).stderr
    assert said and "Traceback" not in said
    (job,) = qd_json("jobs", "ls")
    assert (job["name"], job["state"]) == ("lasting", "RUNNING"), "started again, nothing is lost"


def test_a_corrupt_database_is_said_and_left_as_it_is(cloud: EmbeddedCloud) -> None:
    cloud.command("down", "--yes", "--json")
    (database,) = cloud.home.glob("*.db")
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    broken = b"this is no database " * 500
    database.write_bytes(broken)
    done = qd("jobs", "ls", code=5)
    assert str(database) in done.stderr and "Traceback" not in done.stderr, done.stderr
    with console(columns=200) as terminal:
        terminal.wait_for(database.name, 60)
        quit_console(terminal)
    assert database.read_bytes() == broken, "what may still be saved is not overwritten"
    database.rename(database.with_suffix(".kept"))
    assert qd("jobs", "ls").returncode == 0, "moved away as the sentence says, it starts afresh"


def test_a_port_that_is_taken_is_said(cloud: EmbeddedCloud, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "localcloud", "serve", "--tcp", f"127.0.0.1:{port}"],
            env={
                **os.environ,
                "QUARTERDECK_LOCAL_HOME": str(tmp_path / "h"),
                "QUARTERDECK_LOCAL_TOKEN": "t" * 32,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert str(port) in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert "use" in done.stderr


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes; needs the right to mount one."""
    folder = Path("/tmp") / f"qd-disk-{os.getpid()}"
    folder.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    if mounted:
        options = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
        mounted = subprocess.run(["mount", *options], capture_output=True).returncode == 0
    if not mounted:
        folder.rmdir()
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_LOCAL_HOME", str(small_disk / "h"))
    qd("local", "up", "--nodes", "1", "--accelerators", "2")
    try:
        submit("before", "sleep 600")
        with console() as terminal:
            on_jobs(terminal)
            terminal.wait_for(re_line("before .*running"))
            filler = small_disk / "filler"
            with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
                while True:
                    file.write(b"x" * 4096)
            refused = [
                qd("jobs", "submit", "--name", f"j{n}", "--command", "true", code=None)
                for n in range(8)
            ]
            accepted = [n for n, done in enumerate(refused) if done.returncode == 0]
            assert len(accepted) < 8, "the disk was never full"
            failed = next(done for done in refused if done.returncode)
            assert re.search("disk|space", failed.stderr), failed.stderr
            assert "Traceback" not in failed.stderr
            terminal.send("1", "2")
            terminal.wait_for("before")
            filler.unlink()
            wait_until(
                lambda: (
                    not qd(
                        "jobs", "submit", "--name", "after", "--command", "true", code=None
                    ).returncode
                ),
                "a job after there is room again",
            )
            names = {job["name"] for job in qd_json("jobs", "ls")}
            assert {"before", "after", *(f"j{n}" for n in accepted)} <= names
            terminal.wait_for("after")
            quit_console(terminal)
    finally:
        qd("local", "down", "--yes")


# Jobs that go wrong.


def example(*options: str) -> str:
    script = Path(__file__).resolve().parents[2] / "examples" / "train_charlm.py"
    return " ".join(["exec", sys.executable, str(script), "--checkpoint-every", "5", *options])


def test_checkpoints_missing_or_broken_on_a_restart(cloud: EmbeddedCloud) -> None:
    submit("short", example("--steps", "20"), "--backoff-limit", "0")
    assert qd("jobs", "wait", "short", "--timeout", "60s").stdout.strip() == "SUCCEEDED"
    folder = Path(qd_json("jobs", "get", "short")["checkpoint_dir"])
    for saved in folder.iterdir():
        if saved.is_file():
            saved.write_bytes(b"broken")
    qd("jobs", "restart", "short", "--yes")
    qd("jobs", "wait", "short", "--timeout", "60s", code=None)
    job = qd_json("jobs", "get", "short")
    log = qd("jobs", "logs", "short").stdout
    assert "Traceback" not in log, log
    assert re.search("step-0000", log), "the log names the checkpoint that could not be read"
    assert job["state"] in ("SUCCEEDED", "FAILED") and (job["exit_code"] == 0 or job["reason"])
    shutil.rmtree(folder)
    qd("jobs", "restart", "short", "--yes")
    assert qd("jobs", "wait", "short", "--timeout", "60s").stdout.strip() == "SUCCEEDED"


def test_a_command_that_is_not_found_and_a_name_that_is_taken(cloud: EmbeddedCloud) -> None:
    submit("nothing", "no-such-program --fast", "--backoff-limit", "0")
    qd("jobs", "wait", "nothing", "--timeout", "30s", code=1)
    assert "command not found" in qd_json("jobs", "get", "nothing")["reason"]
    again = qd("jobs", "submit", "--name", "nothing", "--command", "true", code=7)
    assert "name is taken" in again.stderr
    with console() as terminal:
        on_jobs(terminal)
        terminal.send("enter")
        terminal.wait_for(re_line("^ Job nothing"))
        terminal.wait_for("command not found")
        terminal.send("escape")
        terminal.wait_for(lambda lines: lines[0].startswith(" Jobs"))
        terminal.send("+")
        terminal.wait_for("New job")
        terminal.type("nothing")
        terminal.wait_for("There is a job of that name; nothing-2 is free.")
        terminal.send("ctrl+s")
        terminal.wait_for("fields need attention")
        terminal.send("escape")
        terminal.wait_for(lambda lines: lines[0].startswith(" Jobs"))
        quit_console(terminal)


def test_one_line_of_hundreds_of_megabytes(cloud: EmbeddedCloud) -> None:
    if shutil.disk_usage(cloud.home).free < FREE_BYTES:
        pytest.skip("needs 2 GB of free disk")
    shell = f"head -c {LONG_LINE_BYTES} /dev/zero | tr '\\0' x; echo; echo the end; sleep 600"
    submit("long", shell)
    wait_until(lambda: "the end" in qd("jobs", "logs", "long", "--bytes", "20").stdout, "the line")
    tail = qd("jobs", "logs", "long", "--tail", "1").stdout
    assert tail == "the end\n"
    with console() as terminal:
        on_jobs(terminal)
        terminal.wait_for("long")
        before = psutil.Process(terminal.pid).memory_info().rss
        command(terminal, "logs long")
        terminal.wait_for("the end")
        terminal.send("g")
        terminal.wait_for("x" * 100)
        terminal.send("G")
        terminal.wait_for("the end")
        terminal.send("pageup")
        terminal.wait_for("x" * 100)
        terminal.send("w", "pageup", "pageup", "pagedown", "G")
        terminal.wait_for("the end")
        grown = psutil.Process(terminal.pid).memory_info().rss - before
        assert grown < GROWTH_BYTES, f"{grown / 1e6:.0f} MB more"
        quit_console(terminal)


def test_nothing_a_job_says_reaches_the_terminal(cloud: EmbeddedCloud) -> None:
    submit(
        "evil",
        HOSTILE,
        *("--project", "[bold red]\x1b]0;PWNED\x07\u202eproj", "--tag", "x=[/x]\x1b[31m"),
    )
    dying = r"printf '\033]0;PWNED\007[/x] [bold red]\342\200\256 \377 dying'; exit 9"
    submit("dying", dying, "--backoff-limit", "0")
    qd("jobs", "wait", "dying", "--timeout", "30s", code=1)
    with console(columns=160) as terminal:
        on_jobs(terminal)
        entered = terminal.raw.count(b"\x1b[?1049h")
        terminal.wait_for("dying")
        command(terminal, "logs evil")
        terminal.wait_for("done")
        terminal.wait_for("␛]0;PWNED")
        shown = terminal.text()
        for text in ("␛]0;PWNED␇", "␛[?1049h␛[2J␛[5;5HMOVED", "[/x] [bold red]hi[/]", "␛c"):
            assert text in shown, shown
        assert "⟪RLO⟫rtl⟪PDF⟫" in shown and r"\xff\xfe" in shown
        for name in ("evil", "dying"):
            command(terminal, f"job {name}")
            terminal.wait_for(re_line(f"^ Job {name}"))
            terminal.wait_for("Cost so far")
        terminal.wait_for("[/x] [bold red]")
        for key in ("4", "1", "6", "3", "2"):
            terminal.send(key)
        terminal.wait_for(lambda lines: lines[0].startswith(" Jobs"))
        raw = terminal.raw
        for sequence in (b"\x1b]0;PWNED", b"\x1b]52;", b"\x1bc", "\u202e".encode()):
            assert sequence not in raw
        assert raw.count(b"\x1b[?1049h") == entered, "the console's own alternate screen only"
        quit_console(terminal)
        assert terminal.raw.rstrip().count(b"\x1b[?1049l") == 1


def re_line(pattern: str) -> Callable[[list[str]], bool]:
    """Whether a line of the screen matches."""
    wanted = re.compile(pattern)
    return lambda lines: any(wanted.search(line) for line in lines)
