"""Traces that are none, or half of one: a sentence with file and place, never a traceback."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from localcloud.simulator.traces.reading import read_trace
from localcloud.simulator.traces.record import TraceError
from tests.localcloud.simulator.traces.figures import hours

HEADER = "job_id,submit,start,end,accelerators,state\n"
GOOD = "a,0,10,3610,8,COMPLETED\n"
PACKED = gzip.compress((HEADER + GOOD * 1000).encode())
LONG = b"x" * 50_000_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty|no table|no column"),
        (bytes(range(256)) * 200, "is not text"),
        (f"{HEADER}a\0b,0,10,20,8,COMPLETED\n".encode(), "is not text"),
        (LONG, "trace:1: field larger"),
        (HEADER.encode() + LONG + b",0,10,20,8,COMPLETED\n", "trace:2: field larger"),
        (PACKED[: len(PACKED) // 2], "cannot be read: Compressed file ended"),
        (b"job_id,submit\na,0\n", "trace:1: no column for end or duration and accelerators"),
        (f"{HEADER}{GOOD}b,0,10,1e308,8,FAILED\n".encode(), "trace:3: column end: .* year 9000"),
        (f"{HEADER}{GOOD}b,nan,nan,inf,1,FAILED\n".encode(), "trace:3: column end: 'inf'"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"jobs": 5}', "jobs is not a list"),
        (b"[1, 2]", "record 1 is not an object"),
        (b'[{"attempts": [5]}]', "record 1: attempts is not a list of objects"),
        (b'[{"attempts": [{"detail": 5}]}]', "record 1: detail is not a list"),
        (b'[{"attempts": [{"detail": [{"gpus": 5}]}]}]', "record 1: gpus is not a list"),
        (b'[{"attempts": []}, 7]', "record 2 is not an object"),
    ],
    ids=lambda value: value[:20].hex() if isinstance(value, bytes) else "",
)
def test_what_is_no_trace_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "trace"
    file.write_bytes(content)
    with pytest.raises(TraceError, match=said) as raised:
        read_trace(file)
    assert "trace" in str(raised.value) and "\x1b" not in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + GOOD).encode("utf-16"),
        (HEADER + GOOD).encode("utf-8-sig"),
        (HEADER + GOOD.replace("a,", "作业,")).encode("gbk"),
        (HEADER + GOOD).replace("\n", "\r\n").encode(),
        (HEADER + GOOD).replace("\n", "\r").encode(),
        (HEADER + '"a\nb ""q""",0,10,3610,8,COMPLETED\n').encode(),
        gzip.compress((HEADER + GOOD).encode()),
    ],
    ids=["UTF-16", "byte order mark", "GBK", "CRLF", "CR", "quoted line end", "packed"],
)
def test_other_spellings_of_the_same_trace(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "trace"
    file.write_bytes(content)
    trace = read_trace(file)
    assert len(trace.jobs) == 1 and hours(trace) == 8


@pytest.mark.parametrize(
    ("rows", "count", "note"),
    [
        (GOOD * 3, 3, ""),
        ("b,100,110,120,1,FAILED\n" + GOOD, 2, ""),
        (GOOD + "b,0,100,50,8,COMPLETED\n", 2, "1 rows end before they start"),
        (GOOD + "b,0\n", 2, "1 rows with too few cells"),
        (GOOD + "b,0,1,2,3,COMPLETED,x,y\n", 2, ""),
        (GOOD + "b,0,1,2,3,\x1b[31mODD\n", 2, "1 rows with a state nobody knows"),
        ("", 0, ""),
    ],
    ids=["one id", "unsorted", "backwards", "short", "long", "odd state", "none"],
)
def test_odd_rows_are_counted_and_said(tmp_path: Path, rows: str, count: int, note: str) -> None:
    file = tmp_path / "trace"
    file.write_text(HEADER + rows)
    trace = read_trace(file)
    assert len(trace.jobs) == count
    assert not note or any(note in said for said in trace.notes), trace.notes
