from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.logs import spool as spools
from console.logs.spool import Spool, shared_spool


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "SLOT", 16)


def the_file(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


@pytest.mark.usefixtures("small")
@given(data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_it_gives_was_put_there(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is put, forgotten, deleted, emptied or overwritten: right bytes, or none."""
    folder = tmp_path_factory.mktemp("spool")
    spool = Spool(folder, capacity=16 * 5)
    shelves = [spool.shelf(), spool.shelf()]
    whole = [bytes(range(200)), bytes(reversed(range(200)))]
    try:
        for _ in range(data.draw(st.integers(1, 12))):
            number = data.draw(st.integers(0, 1))
            start, length = data.draw(st.integers(0, 199)), data.draw(st.integers(1, 70))
            piece = whole[number][start : start + length]
            match data.draw(st.sampled_from(["put", "put", "put", "get", "forget", "harm"])):
                case "put":
                    shelves[number].put(start, piece)
                    last = min(len(piece), 16 - start % 16)
                    if len(piece) <= last:
                        assert shelves[number].get(start, len(piece)) == piece, "just put"
                case "forget":
                    shelves[number].forget(start)
                    assert shelves[number].get(start, 1) == b""
                case "harm":
                    for path in folder.iterdir():
                        harm = data.draw(st.sampled_from(["delete", "empty", "overwrite"]))
                        if harm == "delete":
                            path.unlink()
                        elif harm == "empty":
                            os.truncate(path, 0)
                        else:
                            path.write_bytes(b"\x07" * 60)
            for other in (0, 1):
                found = shelves[other].get(start, length)
                assert found == whole[other][start : start + len(found)]
            held = [path.stat().st_size for path in folder.iterdir()]
            assert sum(held) <= 16 * 5
    finally:
        spool.close()
    assert not list(folder.iterdir())


@pytest.mark.usefixtures("small")
def test_what_was_used_last_stays(tmp_path: Path) -> None:
    spool = Spool(tmp_path, capacity=16 * 3)
    shelf = spool.shelf()
    shelf.put(0, b"a" * 48)
    assert shelf.get(0, 5) == b"aaaaa"
    shelf.put(48, b"b" * 16)
    assert shelf.get(0, 100) == b"a" * 16, "the second block went"
    assert shelf.get(16, 1) == b"" and shelf.get(32, 100) == b"a" * 16 + b"b" * 16
    spool.close()


@pytest.mark.usefixtures("small")
def test_pieces_that_touch_become_one(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    shelf = spool.shelf()
    shelf.put(5, b"fgh")
    shelf.put(8, b"ij")
    shelf.put(6, b"ghijkl")
    shelf.put(2, b"cde")
    assert shelf.get(2, 100) == b"cdefghijkl"
    assert shelf.get(0, 100) == b"" == shelf.get(12, 1)
    spool.close()


def test_a_deleted_spool_gives_its_room_back_and_begins_anew(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "made")
    shelf = spool.shelf()
    shelf.put(0, b"x" * 1000)
    first = the_file(tmp_path / "made")
    assert first.stat().st_mode & 0o777 == 0o600
    first.unlink()
    shelf.put(1000, b"y")
    assert shelf.get(0, 10) == b"", "the old file is let go of"
    assert shelf.get(1000, 10) == b"y"
    shelf.forget()
    assert not list((tmp_path / "made").iterdir()), "nothing kept, no file"
    shelf.put(0, b"z")
    assert shelf.get(0, 10) == b"z"
    spool.close()


def test_without_room_on_the_disk_nothing_is_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.touch()
    spool = Spool(blocked)
    shelf = spool.shelf()
    shelf.put(0, b"x")
    assert shelf.get(0, 1) == b"" and spool.problem
    blocked.unlink()
    shelf.put(0, b"x")
    assert shelf.get(0, 1) == b"x" and not spool.problem
    spool.close()


def test_what_a_killed_process_left_is_swept_and_a_living_ones_is_not(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom console.logs.spool import Spool\n"
        "spool = Spool(Path(sys.argv[1]))\nspool.shelf().put(0, b'x')\n"
        "print('kept', flush=True)\nsys.stdin.read()\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout and other.stdin and other.stdout.readline() == "kept\n"
    left = the_file(tmp_path)
    spool = Spool(tmp_path)
    spool.shelf().put(0, b"y")
    assert left.exists() and len(list(tmp_path.iterdir())) == 2
    spool.close()
    other.communicate()
    assert left.exists()
    spool.shelf().put(0, b"y")
    assert not left.exists()
    spool.close()


def test_the_end_of_the_process_takes_its_file_away(isolated_home: Path) -> None:
    program = (
        "from console.logs.spool import shared_spool\n"
        "shared_spool().shelf().put(0, b'x')\n"
        "from console import paths\nprint(len(list((paths.cache_dir() / 'logs').iterdir())))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "1\n", done.stderr
    assert not list((isolated_home / ".cache" / "quarterdeck" / "logs").iterdir())
    assert shared_spool() is shared_spool()
