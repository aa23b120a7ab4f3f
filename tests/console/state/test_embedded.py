from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from api_client.errors import Unavailable
from console import embedded, paths


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTERDECK_LOCAL_HOME", str(tmp_path / "local"))
    return tmp_path


def stand_in(home: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program in the place of Python that answers for `-m localcloud up --json`."""
    program = home / "python"
    program.write_text(f"#!{sys.executable}\n{script}")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))


async def test_what_answers_is_used_and_nothing_started(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = Path("/tmp") / f"qd-{abs(hash(home)) % 10**8}.sock"
    server = await asyncio.start_unix_server(lambda r, w: w.close(), str(socket))
    try:
        paths.local_endpoint().parent.mkdir(parents=True)
        paths.local_endpoint().write_text(f"{socket}\n")
        monkeypatch.setattr(sys, "executable", "/nonexistent")
        assert await embedded.ensure_running() == socket
    finally:
        server.close()
        await server.wait_closed()
        socket.unlink(missing_ok=True)
    assert await embedded.answering() is None


async def test_a_start_that_fails_says_what_it_said(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(
        home,
        monkeypatch,
        "import sys\nassert sys.argv[1:] == ['-m', 'localcloud', 'up', '--json'], sys.argv\n"
        "print('making room', file=sys.stderr)\nprint('the disk is full', file=sys.stderr)\n"
        "sys.exit(3)\n",
    )
    lines: list[str] = []
    with pytest.raises(Unavailable, match="the disk is full") as caught:
        await embedded.ensure_running(lines.append)
    assert lines == ["making room", "the disk is full"] and "qd local logs" in caught.value.hint


async def test_a_start_that_explains_in_json_is_quoted(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(
        home,
        monkeypatch,
        'import sys\nprint(\'{"error": {"message": "port taken"}}\')\nsys.exit(1)\n',
    )
    with pytest.raises(Unavailable, match="port taken"):
        await embedded.ensure_running()


async def test_a_program_that_cannot_run_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(Unavailable, match="could not start the embedded cloud"):
        await embedded.ensure_running()
