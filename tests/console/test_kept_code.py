"""Code and patterns of an earlier start are used as if they were made now, and never trusted."""

from __future__ import annotations

import dataclasses
import marshal
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console.kept_code import KeptCode

PROGRAM = """
import sys
from pathlib import Path
from console.kept_code import KeptCode
kept = KeptCode(Path(sys.argv[1]))
kept.begin()
from dataclasses import dataclass, replace
import re
@dataclass(frozen=True, order=True)
class Point:
    x: int
    y: int = 2
found = re.compile(r"(?P<word>[a-z]+)|(\\d+)", re.I).fullmatch("Ab")
new = kept.made
kept.end()
kept.keep()
print(Point(1), replace(Point(1), y=3) > Point(1), found["word"], found.lastgroup, new > 0)
"""


def run(file: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_second_start_makes_nothing_and_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "start.bin"
    assert run(file) == "Point(x=1, y=2) True Ab word True"
    assert run(file) == "Point(x=1, y=2) True Ab word False"
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content", [b"", b"\x00", marshal.dumps(7), marshal.dumps(("another", {}, {}))]
)
def test_a_file_of_another_kind_is_not_used(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "start.bin"
    file.write_bytes(content)
    assert run(file).endswith("True")


def test_a_file_others_may_write_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "start.bin"
    run(file)
    file.chmod(0o666)
    assert run(file).endswith("True")


def test_the_interpreter_is_left_as_it_was(tmp_path: Path) -> None:
    compiler = vars(re)["_compiler"]
    before = (compiler.compile, compiler._sre, vars(dataclasses).get("exec"))
    kept = KeptCode(tmp_path / "start.bin")
    kept.begin()
    assert compiler.compile is not before[0]
    kept.end()
    assert (compiler.compile, compiler._sre, vars(dataclasses).get("exec")) == before
