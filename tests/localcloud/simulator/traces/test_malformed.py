"""Traces that are none, or half of one: a sentence with file and place, never a traceback."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from pathlib import Path

import pytest

from localcloud.server.simulated import replayed
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
        (b'[{"attempts": [{"start_time": "soon"}]}]', "record 1: 'soon' is neither"),
        (b"[]", "holds no jobs"),
        (b'{"jobs": null}', "jobs is not a list"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number of too many digits"),
        (b'{"id": 1, "submit": 0}\n\n{"id": 2, "subm\n', "trace:3: is not JSON: Unterminated"),
        (b'[{"submit": 0, "duration": 1, "gpus": true}]', "trace: record 1: column gpus: 'True'"),
        (b'[{"submit": 0, "duration": 1, "gpus": [{"a": 1}]}]', "record 1: column gpus"),
        (f"{HEADER}{GOOD}b,0,0,9,1000000000,FAILED\n".encode(), "trace:3: more than 1,000,000"),
        (f"{HEADER}b,0001-01-01,,,1,PENDING\n".encode(), "column submit: .* the years 2 and 9000"),
        (f"{HEADER}b,-7e10,,,1,PENDING\n".encode(), "column submit: .* before the year 2"),
        (
            b"id,submit,duration,gpus\na,90000000000,210000000000,1\n",
            "trace:2: goes on beyond the year 9000",
        ),
        (b"id,submit,duration,gpus\na,0," + b"9" * 5000 + b"-00:00:00,1\n", "column duration"),
        (b"id,submit,duration,gpus\na,0," + b"9" * 5000 + b":00:00,1\n", "column duration"),
        (b"id,submit,duration,gpus\na," + b"9" * 5000 + b",1,1\n", "column submit"),
        (b"id,submit,duration,gpus\na,0,6214e9,1\n", "trace:2: column duration: .* year 9000"),
        (b"id,submit,duration,gpus\na,0,200e9,1\n", "trace:2: is longer than 100 years"),
        (b"id,submit,duration,gpus\na,1e999999999,1,1\n", "column submit"),
        (b"id,submit,duration,gpus\na,0,1e999999999,1\n", "column duration"),
        (b"id,submit,duration,gpus\na,0,1,1e999999999\n", "column gpus"),
        (b"id,submit,duration,gpus\na,0,1,1e99999\n", "trace:2: more than 1,000,000"),
        (b"id,submit,duration,gpus\na,2026-02-30 00:00:00,1,1\n", "column submit"),
        (b"id,submit,duration,gpus\na,2026-2-30,1,1\n", "column submit"),
        (b'id,submit,duration,gpus\na,"Thu, 99 Foo 2026",1,1\n', "column submit"),
        (b"id,submit,duration,gpus\na,0,1," + b"9" * 5000 + b"\n", "trace:2: more than 1,000,000"),
        (b"id,submit,duration,gres\na,0,1,gpu:" + b"9" * 5000 + b"\n", "more than 1,000,000"),
        (
            b"JobID|Submit|Start|End|AllocNodes|AllocGRES\n1|2026-01-01|2026-01-01|2026-01-02|"
            + b"9" * 5000
            + b"|PER_NODE:gpu:8\n",
            "more than 1,000,000",
        ),
        (f'{HEADER}{GOOD}"b,0,0,10,1,x\n{GOOD}'.encode(), "trace:3: a quote is opened here"),
        (b"JobID  State ExitCode Start\n------ ----- -------- -----\n1 OK 0 1\n", "no column"),
        (
            b"JobID ElapsedRaw Start AllocTRES\n----- ---------- ----- ---------\n1 2 3 cpu=4\n",
            "trace:2: columns cannot be told apart: .*--parsable2",
        ),
        (b"id,submit,end,gp\x1b[31mus\n", "no column for accelerators; found: .*gp.\\[31mus"),
        (b"\x28\xb5\x2f\xfd" + b"\4" * 99, "packed with Zstandard"),
        (b"PK\x03\x04" + b"a" * 2000, "a ZIP archive"),
        (b"PAR1" + b"\4" * 99, "is Parquet"),
        (b"x" * 257 + b"ustar" + b"x" * 200, "a tar archive"),
        (gzip.compress(b"x" * 257 + b"ustar\0" + b"0" * 200), "a tar archive"),
        (b"version https://git-lfs.github.com/spec/v1\nsize 1\n", "pointer of Git LFS"),
        (lzma.compress(PACKED)[:60], "cannot be read"),
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
        bz2.compress((HEADER + GOOD).encode()),
        lzma.compress((HEADER + GOOD).encode()),
        (HEADER + GOOD).replace(",", ";").encode(),
        (HEADER + GOOD).replace(",", "\t").encode(),
        (HEADER + GOOD).replace(",", " ").encode(),
        (HEADER + GOOD).replace(",", "   ").encode(),
        ("# jobs, of one week, by us\n\n" + (HEADER + GOOD).replace(",", ";")).encode(),
        ("#" + HEADER + GOOD).encode(),
        ("# jobs, of one week, by us\n" + HEADER + GOOD).encode(),
        (HEADER + GOOD + HEADER).encode(),
        (HEADER + GOOD.replace("a", '"a; b"')).encode(),
        b'{"data": [{"submit": 0, "duration": 3600, "gpus": 8}]}',
        b'{"submit": 0, "duration": 3600, "gpus": 8}',
        b'[{"job": {"submit": 0}, "time": {"elapsed": 3600}, "gpus": 8}]',
    ],
    ids=[
        "UTF-16",
        "byte order mark",
        "GBK",
        "CRLF",
        "CR",
        "quoted line end",
        "gzip",
        "bzip2",
        "xz",
        "semicolons",
        "tabs",
        "blanks",
        "aligned",
        "remark",
        "marked header",
        "commas in a remark",
        "repeated header",
        "another separator in quotes",
        "list in an object",
        "one object",
        "objects in objects",
    ],
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
        (GOOD + "b,0,1,2,3,COMPLETED,x,y\n", 2, "1 rows with more cells than columns"),
        (GOOD + "b,0,1,2,3,COMPLETED,,\n", 2, ""),
        (GOOD + "b,0,1,2,3,\x1b[31mODD\n", 2, "1 rows with a state nobody knows"),
        ("", 0, "no row is a job"),
        (GOOD + ",,,,,\n", 1, "1 rows without any time left out"),
    ],
    ids=[
        "one id",
        "unsorted",
        "backwards",
        "short",
        "long",
        "empty beyond",
        "odd state",
        "none",
        "empty cells",
    ],
)
def test_odd_rows_are_counted_and_said(tmp_path: Path, rows: str, count: int, note: str) -> None:
    file = tmp_path / "trace"
    file.write_text(HEADER + rows)
    trace = read_trace(file)
    assert len(trace.jobs) == count
    assert not note or any(note in said for said in trace.notes), trace.notes


def test_a_job_of_thousands_of_workers(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    file.write_text("id,submit,duration,gpus,nodes\na,0,3600,32768,4096\n")
    figures = replayed(file, lambda line: None)
    assert (figures["accelerator_hours"], figures["peak_accelerators"]) == (32768, 32768)


def test_more_at_once_than_can_be_played_is_said(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    file.write_text("id,submit,duration,gpus\n" + "a,0,3600,1000000\n" * 3)
    with pytest.raises(TraceError, match="hold more than 2,000,000 accelerators at once"):
        replayed(file, lambda line: None)


def test_a_folder_a_pipe_and_a_device_are_no_traces(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, said in ((tmp_path, "a folder"), (tmp_path / "pipe", "a pipe"), ("/dev/zero", "a p")):
        with pytest.raises(TraceError, match=f"is {said}"):
            read_trace(Path(path))


def test_numbers_that_stand_for_no_time(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    begin = 1_700_000_000
    file.write_text(
        f"{HEADER}a,{begin},{begin},{begin + 3600},1,COMPLETED\n"
        f"b,{begin},{begin + 1800},0,1,RUNNING\nc,{begin},{begin + 1800},-1,1,RUNNING\n"
        f"d,{begin},0,0,4,PENDING\n"
    )
    figures = replayed(file, lambda line: None)
    assert (figures["accelerator_hours"], figures["peak_accelerators"]) == (2, 3)
    assert figures["states"] == {"QUEUED": 1, "RUNNING": 2, "SUCCEEDED": 1}


def test_seconds_and_milliseconds_in_one_column(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    file.write_text(
        f"{HEADER}a,1700000000,1700000000,1700003600,1,COMPLETED\n"
        "b,1700000000000,1700000000000,1700003600000,1,COMPLETED\n"
    )
    figures = replayed(file, lambda line: None)
    assert (figures["accelerator_hours"], figures["peak_accelerators"]) == (2, 2)


def test_states_nobody_knows_stay_their_own(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    file.write_text(f"{HEADER}a,0,0,9,1,ODD\nb,0,,,1,ODDER\nc,0,0,9,1,Unknown\n")
    figures = replayed(file, lambda line: None)
    assert figures["states"] == {"UNKNOWN": 3}
    assert figures["native_states"] == {"ODD": 1, "ODDER": 1, "Unknown": 1}
