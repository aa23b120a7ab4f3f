"""Times of log lines, in the formats of those who write them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.analysis.log_times import find_time, has_zone

LOGHUB = Path(__file__).parents[4] / "shared" / "data" / "logs" / "loghub"
NEAR = datetime(2024, 5, 2, tzinfo=UTC)
NOON = datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)
MILLIS = NOON.replace(microsecond=123_000)
MICROS = NOON.replace(microsecond=123_456)
EPOCH = 1_714_564_800


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("2024-05-01 12:00:00,123 - trainer - INFO - step", MILLIS),  # Python
        ("2024-05-01T12:00:00.123456789Z stdout F hello", MICROS),  # containers
        ("2024-05-01T14:00:00+02:00 hello", NOON),
        ("2024-05-01 20:00:00 +0800 hello", NOON),
        ("2024-05-01 12:00:00.123456: I tensorflow/core", MICROS),
        ("\x1b[32m[2024-05-01 12:00:00,123] [    INFO]\x1b[0m - paddle", MILLIS),
        (" 0: [NeMo I 2024-05-01 12:00:00 nemo_logging:349] hello", NOON),
        ("[default3]:2024-05-01 12:00:00 hello", NOON),
        ("STARTING TIMING RUN AT 2024-05-01 12:00:00 PM", NOON),
        ("STARTING TIMING RUN AT 2024-05-01 11:00:00 PM", NOON + timedelta(hours=11)),
        ("[2024-05-01T12:00:00.123] launch task StepId=7.0", MILLIS),  # Slurm
        ("slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2024-05-01T12:00:00 ***", NOON),
        ("2024/05/01 12:00:00 [error] 7#7: *1 open() failed", NOON),  # nginx
        ('10.0.0.1 - - [01/May/2024:14:00:00 +0200] "GET / HTTP/1.1" 200', NOON),
        ("01-May-2024 12:00:00.123 INFO [main] catalina", MILLIS),
        ("Wed, 01 May 2024 12:00:00 GMT", NOON),
        ("[ERROR] HCCL(77,python):2024-05-01-12:00:00.123.456 [op.cc:1]", MICROS),  # Ascend
        ("[WARNING] ME(7:140,MainProcess):2024-05-01-12:00:00.123.456 [x.py]", MICROS),
        ("20240501 12:00:00 hello", NOON),
        ("20240501T120000Z hello", NOON),
        ("run_20240501-120000: no, the time is 2024-05-01 12:00:00", NOON),
        ("I20240501 12:00:00.123456 77 main.cc:12] hello", MICROS),
        (':::MLLOG {"namespace": "", "time_ms": 1714564800123, "event": 1}', MILLIS),
        ('{"level": "info", "ts": 1714564800.123456, "msg": "x"}', MICROS),
        ("ts=1714564800 level=info", NOON),
        (f"{EPOCH} hello", NOON),
        (f"[{EPOCH}.123456] hello", MICROS),
        (f"{EPOCH}123 hello", MILLIS),
        (f"{EPOCH}123456 hello", MICROS),
        (f"{EPOCH}123456789 hello", MICROS),
        ("24/05/01 12:00:00 INFO executor.Backend: hello", NOON),  # log4j, Spark
        ("05/01/2024 12:00:00 - INFO - __main__ - hello", NOON),
        ("[05/01/24 12:00:00] INFO     hello", NOON),  # Rich
        ("31/12/2024 12:00:00 hello", datetime(2024, 12, 31, 12, tzinfo=UTC)),
        ("01.05.2024 12:00:00 hello", NOON),
        ("Wed May  1 12:00:00 2024", NOON),
        ("[Wed May  1 12:00:00 2024] NVRM: Xid", NOON),
        ("Wed May  1 12:00:00 UTC 2024", NOON),
        ("May 01, 2024 12:00:00 PM org.apache.Foo", NOON),
        ("2024年5月1日 12:00:00 训练开始", NOON),
        ("2024年05月01日 12时00分00秒 训练开始", NOON),
        ("2024年 05月 01日 星期三 12:00:00 CST", NOON),
        ("2016-12-31 23:59:60 leap", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_lines_that_say_it_all(line: str, moment: datetime) -> None:
    assert find_time(line.encode()) == moment
    assert find_time(line.encode(), NEAR) == moment


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("I0501 12:00:00.123456 77 main.cc:12] hello", MICROS),  # glog, klog
        ("[rank0]:[W501 12:00:00.123456789 ProcessGroupNCCL.cpp:12] hello", MICROS),  # torch
        (" 0: [W0501 12:00:00.123456789 socket.cpp:12] hello", MICROS),
        ("\x1b[33mW0501 12:00:00.123 77 x.cc:1]\x1b[0m hello", MILLIS),
        ("W0501 12:00:00.123000 77 torch/distributed/run.py:779] hello", MILLIS),
        ("May  1 12:00:00 node1 kernel: hello", NOON),  # syslog
        ("<6>May  1 12:00:00 node1 kernel: hello", NOON),
        ("05-01 12:00:00.123 hello", MILLIS),
        ("12:00:00.123 hello", MILLIS + timedelta(days=1)),
        ("[12:00:00] hello", NOON + timedelta(days=1)),
        ("[rank3]: 23:00:00 hello", NOON + timedelta(hours=11)),
        ("R02-M1 node-246 unix.hw 1714564800 1 hello", NOON),
    ],
)
def test_lines_that_need_a_hint(line: str, moment: datetime) -> None:
    near = NEAR + timedelta(hours=6)
    assert find_time(line.encode(), near) == moment


@pytest.mark.parametrize(
    "line",
    [
        "[W socket.cpp:401] [c10d] The server socket cannot be initialized",
        "GPU 00000000:88:00.0 Off",
        "eta: 0:40:19  iter: 1500",
        "[12345.678901] usb 1-1: new device",
        "Tried to allocate 1073741824 bytes of 2147483648",
        "1234567890 parameters in the model",
        "read 1234567890 bytes",
        "I0501 12:00:00.123456 no year and no hint",
        "12:00:00 no day and no hint",
        "2024-13-45 12:00:00 no such day",
        "version 10.02.03.4 of 1.2.3",
        "fe80::1:22:33:44",
        "",
    ],
)
def test_lines_that_say_nothing(line: str) -> None:
    assert find_time(line.encode()) is None


def test_a_year_turns_between_two_lines() -> None:
    new_year = datetime(2025, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert find_time(b"Dec 31 23:59:59 node1 x", new_year) == new_year - timedelta(seconds=2)
    midnight = datetime(2024, 5, 2, 0, 0, 1, tzinfo=UTC)
    assert find_time(b"23:59:59 x", midnight) == midnight - timedelta(seconds=2)


def test_open_order_of_day_and_month_is_settled_by_the_hint() -> None:
    assert find_time(b"05/06/2024 12:00:00 x", datetime(2024, 6, 4, tzinfo=UTC)) == datetime(
        2024, 6, 5, 12, tzinfo=UTC
    )


def test_the_zone_of_the_log_holds_where_a_line_has_none() -> None:
    zone = timezone(timedelta(hours=8))
    assert find_time(b"2024-05-01 20:00:00 x", zone=zone) == NOON
    assert find_time(b"2024-05-01T12:00:00Z x", zone=zone) == NOON
    assert find_time(b"20:00:00 x", NEAR - timedelta(hours=10), zone) == NOON
    assert has_zone(b"2024-05-01T12:00:00Z x") and has_zone(b"ts=1714564800")
    assert not has_zone(b"2024-05-01 12:00:00 x") and not has_zone(b"nothing")


def rows(name: str) -> list[tuple[bytes, dict[str, str]]]:
    log = LOGHUB / f"{name}_2k.log"
    if not log.exists():
        pytest.skip("the real logs are not here")
    with (LOGHUB / f"{log.name}_structured.csv").open(encoding="utf-8") as table:
        return list(zip(log.read_bytes().splitlines(), csv.DictReader(table), strict=True))


def _spoken(row: dict[str, str], pattern: str) -> datetime:
    words = " ".join(row[name] for name in ("Month", "Date", "Time") if name in row)
    return datetime.strptime(words, pattern).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Apache", "%a %b %d %H:%M:%S %Y"),
        ("OpenStack", "%Y-%m-%d %H:%M:%S.%f"),
        ("Spark", "%y/%m/%d %H:%M:%S"),
        ("Zookeeper", "%Y-%m-%d %H:%M:%S,%f"),
    ],
)
def test_times_of_real_logs(name: str, pattern: str) -> None:
    wrong = [line for line, row in rows(name) if find_time(line) != _spoken(row, pattern)]
    assert not wrong


def test_times_of_a_real_syslog() -> None:
    hint = datetime(2005, 6, 14, tzinfo=UTC)
    for line, row in rows("Linux"):
        words = f"2005 {row['Month']} {row['Date']} {row['Time']}"
        wanted = datetime.strptime(words, "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
        hint = find_time(line, hint) or hint
        assert hint == wanted


@pytest.mark.parametrize(("name", "column"), [("BGL", "Timestamp"), ("HPC", "Time")])
def test_seconds_in_real_logs(name: str, column: str) -> None:
    for line, row in rows(name):
        assert find_time(line) == datetime.fromtimestamp(int(row[column]), UTC)


@given(st.binary(max_size=120), st.sampled_from([None, NEAR]))
def test_no_line_is_too_strange(line: bytes, hint: datetime | None) -> None:
    found = find_time(b"2024-" + line, hint)
    assert found is None or found.tzinfo is UTC
