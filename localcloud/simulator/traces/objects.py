"""Traces in JSON: a list of jobs, an object that holds one, or one job a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from localcloud.simulator.traces.philly import is_philly, read_philly
from localcloud.simulator.traces.record import Trace, TraceError
from localcloud.simulator.traces.source import Line, open_text
from localcloud.simulator.traces.table import read_table


def read_json(path: Path) -> Trace:
    """Read the whole file.

    Raises:
        TraceError: it is no JSON, or no list of jobs.
    """
    with open_text(path) as text:
        whole = text.read()
    records = _records(path, whole)
    if not records:
        raise TraceError(path, "holds no jobs")
    if is_philly(records):
        return read_philly(path, records)
    return read_table(path, "JSON", *_tabled(path, records), records=True)


def _records(path: Path, whole: str) -> list[Any]:
    try:
        found = json.loads(whole)
    except RecursionError as error:
        raise TraceError(path, "is nested too deeply") from error
    except json.JSONDecodeError as error:
        return _json_lines(path, whole, error)
    except ValueError as error:
        raise TraceError(path, "holds a number of too many digits") from error
    if isinstance(found, dict):
        return _list_in(path, found)
    return list(found)


def _list_in(path: Path, found: dict[str, Any]) -> list[Any]:
    """The list of jobs an object holds, or the object as the only job."""
    if "jobs" not in found:
        lists = [value for value in found.values() if isinstance(value, list)]
        only = lists[0] if len(found) == 1 and lists else None
        return [found] if only is None else only
    if not isinstance(found["jobs"], list):
        raise TraceError(path, "jobs is not a list")
    return found["jobs"]


def _json_lines(path: Path, whole: str, first: json.JSONDecodeError) -> list[Any]:
    records = []
    for number, line in enumerate(whole.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            if not records:  # Not one job a line: what was wrong with it as a whole counts.
                raise TraceError(path, f"is not JSON: {first}", line=first.lineno) from first
            raise TraceError(path, f"is not JSON: {_why(error)}", line=number) from error
    return records


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "too many digits"


def _tabled(path: Path, records: list[Any]) -> tuple[Line, Iterator[Line]]:
    titles: dict[str, None] = {}
    flat: list[dict[str, Any]] = []
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise TraceError(path, f"record {number} is not an object")
        flat.append(dict(_flat(record)))
        titles.update(dict.fromkeys(flat[-1]))
    header = list(titles)

    def body() -> Iterator[Line]:
        for number, record in enumerate(flat, start=1):
            yield Line(number, [_cell(record.get(title)) for title in header])

    return Line(0, header), body()


def _flat(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """`{"time": {"start": 1}}` has a column `time_start`."""
    for title, value in record.items():
        if isinstance(value, dict) and value:
            yield from ((f"{title}_{inner}", part) for inner, part in value.items())
        else:
            yield title, value


def _cell(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return value[0]
    if isinstance(value, list) and value and all(_is_resource(one) for one in value):
        return ",".join(map(_resource, value))
    return "" if value is None else str(value)


def _is_resource(one: Any) -> bool:
    return isinstance(one, dict) and {"type", "count"} <= one.keys()


def _resource(one: dict[str, Any]) -> str:
    """What `sacct --json` has for each `gres/gpu=2` that `sacct -P` prints."""
    name = one.get("name")
    return f"{one['type']}/{name}={one['count']}" if name else f"{one['type']}={one['count']}"
