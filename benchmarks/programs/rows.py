"""The same jobs for every program: eight columns, a known seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

COLUMNS = ("name", "state", "owner", "accelerators", "nodes", "restarts", "progress", "cost")
OWNERS = tuple(f"user{number:02}" for number in range(20))
WANTED = OWNERS[7]
"""Filtering for this owner keeps a twentieth of the rows."""
STATES = ("RUNNING", "QUEUED", "SUCCEEDED", "FAILED", "STOPPED")
CHANGED_SHARE = 0.05
SEED = 3

Record = tuple[str, str, str, int, int, int, float, float]


def records(count: int, seed: int = SEED) -> list[Record]:
    """So many jobs in the order of their names' numbers."""
    return list(_records(count, random.Random(seed)))


def _records(count: int, chance: random.Random) -> Iterator[Record]:
    for number in range(count):
        accelerators = chance.choice((1, 2, 4, 8, 16, 64))
        yield (
            f"job-{chance.randrange(10**6):06}-{number:06}",
            chance.choice(STATES),
            chance.choice(OWNERS),
            accelerators,
            max(1, accelerators // 8),
            chance.randrange(4),
            round(chance.random(), 3),
            round(chance.random() * 900, 2),
        )


def changed(count: int, burst: int) -> list[int]:
    """The positions of the records that a burst changes."""
    chance = random.Random(burst)
    return sorted(chance.sample(range(count), int(count * CHANGED_SHARE)))


def as_text(record: Record) -> tuple[str, ...]:
    """The texts that tables of strings show."""
    name, state, owner, accelerators, nodes, restarts, progress, cost = record
    figures = (str(accelerators), str(nodes), str(restarts), f"{progress:.1%}", f"{cost:.2f}")
    return (name, state, owner, *figures)


def write_csv(path: Path, count: int, seed: int = SEED) -> None:
    """The records as a CSV file with a heading."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(as_text(record) for record in records(count, seed))


_SEPARATOR = "###turm###"


def write_slurm(folder: Path, count: int, seed: int = SEED) -> None:
    """Commands that answer what a Slurm console asks, with the same jobs, from a file.

    Args:
        folder: to be put first on the PATH.
    """
    with (folder / "turm.txt").open("w") as turm, (folder / "short.txt").open("w") as short:
        for number, record in enumerate(records(count, seed)):
            turm.write(_turm(number, record))
            short.write(_short(number, record))
    script = (
        "#!/bin/sh\n"
        f'case "$*" in *{_SEPARATOR}*) exec cat "{folder}/turm.txt";; '
        f'*%Z*) exec cat "{folder}/short.txt";; esac\n'
    )
    for name in ("squeue", "sacct", "scontrol", "sinfo"):
        (folder / name).write_text(script if name == "squeue" else "#!/bin/sh\n")
        (folder / name).chmod(0o755)


def _turm(number: int, record: Record) -> str:
    name, state, owner, accelerators, nodes, *_ = record
    resources = f"cpu=8,gres/gpu={accelerators}"
    moment = "2026-11-01T00:00:00"
    fields = (number, name, state, owner, "1:00:00", "2:00:00", moment, resources, "gpu")
    places = (f"n[1-{nodes}]", "/tmp/o", "/tmp/e", "/tmp/c", state[:2], "None")
    array = (number, "N/A", f"n[1-{nodes}]", "/tmp")
    return "".join(f"{value}{_SEPARATOR}" for value in (*fields, *places, *array)) + "\n"


def _short(number: int, record: Record) -> str:
    name, state, _, accelerators, nodes, *_ = record
    return f"{number}|{name}|1:00:00|gpu|{state}|2:00:00|{nodes}|8|10G|gpu:{accelerators}|/tmp\n"
