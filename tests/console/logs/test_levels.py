"""The level of a line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from console.logs.levels import Level, is_error, level_of

LOGHUB = Path(__file__).parents[4] / "shared" / "data" / "logs" / "loghub"


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        (b"12:00 ERROR lost rank 3", Level.ERROR),
        (b"2024-05-01 12:00:00,123 - trainer - WARNING - slow", Level.WARNING),
        (b"Traceback (most recent call last):", Level.ERROR),
        (b"[rank0]: Traceback (most recent call last):", Level.ERROR),
        (b"torch.cuda.OutOfMemoryError: CUDA out of memory.", Level.ERROR),
        (b"[rank0]: torch.OutOfMemoryError: CUDA out of memory.", Level.ERROR),
        (b"KeyboardInterrupt", Level.ERROR),
        (b"WARNING: slow", Level.WARNING),
        (b"warning: slow", Level.WARNING),
        (b"DEBUG x", Level.DEBUG),
        (b"INFO 0 ERROR lines", Level.INFO),
        (b"E0501 12:00:00.123456 77 main.cc:12] lost", Level.ERROR),
        (b"[rank3]:[W501 12:00:00.123456 ProcessGroupNCCL.cpp:12] slow", Level.WARNING),
        (b"[W0501 12:00:00.123456 ProcessGroupNCCL.cpp:12] slow", Level.WARNING),
        (b"[W socket.cpp:401] [c10d] The server socket cannot", Level.WARNING),
        (b"srun: error: node12: task 3: Killed", Level.ERROR),
        (b'{"level": "error", "msg": "x"}', Level.ERROR),
        (b"time=1 level=warn msg=x", Level.WARNING),
        (b"[Sun Dec 04 04:47:44 2005] [error] mod_jk", Level.ERROR),
        (b"\x1b[31mERROR\x1b[0m in its own colour", Level.ERROR),
        (b"[ERROR] HCCL(77,python):2024-05-01-12:00:00.123.456", Level.ERROR),
        ("错误：磁盘已满".encode(), Level.ERROR),
        (b"an error-free day", None),
        (b"loss 0.3 error 0.1", None),
        (b"--log-level info_like", None),
        (b"NCCL_DEBUG=INFO", None),
        (b"x" * 400 + b" ERROR", None),
        (b"", None),
    ],
)
def test_the_level_is_read_where_a_line_says_it(raw: bytes, level: Level | None) -> None:
    assert level_of(raw) is level
    assert is_error(raw) == (level is not None and level >= Level.ERROR)


@pytest.mark.parametrize("name", ["Apache", "OpenStack", "Spark", "Zookeeper"])
def test_levels_of_real_logs(name: str) -> None:
    log = LOGHUB / f"{name}_2k.log"
    if not log.exists():
        pytest.skip("the real logs are not here")
    with (LOGHUB / f"{log.name}_structured.csv").open(encoding="utf-8") as table:
        wanted = [row["Level"].strip().upper() for row in csv.DictReader(table)]
    names = {"NOTICE": "INFO", "WARN": "WARNING"}
    lines = log.read_bytes().splitlines()
    found = [level_of(line) for line in lines]
    assert [level and level.name for level in found] == [names.get(each, each) for each in wanted]
