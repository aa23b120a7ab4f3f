"""`qd logs diagnose` as a person and a script use it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

from tests.console.cli.runs import inside, qd

LOG = b"""2026-05-01 10:00:00 step 1/9 loss 2.0
[rank1]: Traceback (most recent call last):
[rank1]: FileNotFoundError: [Errno 2] No such file or directory: '/data/\xe4\xbd\xa0\x1b[2J'
srun: error: n1: task 1: Exited with exit code 1
"""
FIELDS = {
    *("outcome", "after_success", "cause", "symptoms"),
    *("restart_helps", "confidence", "advice", "lines"),
}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.log", bytes), ("a.log.gz", gzip.compress), ("a.zst", zstandard.ZstdCompressor().compress)],
)
def test_a_file_packed_or_not(tmp_path: Path, capsys: object, name: str, pack: object) -> None:
    path = tmp_path / name
    path.write_bytes(pack(LOG))  # type: ignore[operator]
    said = inside(capsys, "logs", "diagnose", str(path), "--json")
    assert said.code == 0 and set(said.json) == FIELDS
    cause = said.json["cause"]
    assert said.json["outcome"] == "failed" and said.json["restart_helps"] == "no"
    assert (cause["signature"], cause["category"]) == ("py.filenotfounderror", "Script")
    assert (cause["rank"], cause["line"], cause["time"]) == (1, 3, "2026-05-01T10:00:00Z")
    assert [each["signature"] for each in said.json["symptoms"]] == ["launcher.exited"]


def test_what_a_log_says_is_shown_and_never_obeyed(tmp_path: Path, capsys: object) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(LOG)
    for language, word in (("en", "failed"), ("zh_CN", "失败")):
        said = inside(capsys, "logs", "diagnose", str(path), "--lang", language)
        assert said.code == 0 and word in said.out and "\x1b" not in said.out, said.out


def test_files_are_the_ranks_of_one_run(tmp_path: Path, capsys: object) -> None:
    paths = [tmp_path / f"worker-{rank}.log" for rank in (0, 7)]
    paths[0].write_bytes(b"step 1/9 loss 2.0\n")
    paths[1].write_bytes(LOG.replace(b"[rank1]: ", b""))
    said = inside(capsys, "logs", "diagnose", *map(str, paths), "--json")
    assert said.json["cause"]["rank"] == 7


def test_what_is_piped_in() -> None:
    said = qd("logs", "diagnose", "-", "--json", stdin="CUDA out of memory\n")
    assert said.json["cause"]["signature"] == "cuda.oom", said.err


def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path, capsys: object) -> None:
    broken = tmp_path / "b.gz"
    broken.write_bytes(gzip.compress(LOG)[:-20])
    (tmp_path / "empty.log").touch()
    for path, words in (
        (tmp_path, "is no file"),
        (broken, "unpacked"),
        (tmp_path / "no", "No such"),
    ):
        said = inside(capsys, "logs", "diagnose", str(path))
        assert said.code == 2 and words in said.err and said.err.count("\n") == 1, said.err
    said = inside(capsys, "logs", "diagnose", str(tmp_path / "empty.log"), "--json")
    assert said.json["outcome"] == "unknown" and said.json["lines"] == 0


def test_a_table_of_ones_own_that_is_broken_is_named(tmp_path: Path, capsys: object) -> None:
    own = tmp_path / "config" / "quarterdeck" / "signatures.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[[signature]]\nid = 'ours'\npattern = '('\n")
    path = tmp_path / "a.log"
    path.write_bytes(LOG)
    said = inside(capsys, "logs", "diagnose", str(path))
    assert said.code == 2 and "ours" in said.err
