"""What an earlier daemon, or anything else, left in the home folder keeps no new one out."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.server.home import Home
from localcloud.server.launch import daemon_process
from localcloud.server.local_call import NotRunning, call


@pytest.mark.parametrize(
    "left", [b"\xff\xfe", b"", b"/a\0b", b"/" + b"x" * 4000, b"\x1b[2J\n"], ids=repr
)
def test_an_endpoint_that_is_none_is_not_believed(tmp_path: Path, left: bytes) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    home.endpoint.write_bytes(left)
    assert home.known_socket() == home.run / "api.sock"
    with pytest.raises(NotRunning):
        call(home.known_socket(), "GET", "/healthz")


@pytest.mark.parametrize("left", [b"garbage", b"\xff", b'{"pid": 1, "started": 0}', b"[]", b"null"])
def test_a_pid_file_that_is_none_names_nobody(tmp_path: Path, left: bytes) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    home.pid.write_bytes(left)
    assert daemon_process(home) is None


def test_a_file_in_place_of_the_folder_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(NotRunning):
        call(Home(tmp_path / "home").known_socket(), "GET", "/healthz")
