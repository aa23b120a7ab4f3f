"""Between table rows and dataclasses, driven by the dataclass fields."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from api_client.models.compute import NodeHealth, Scheduling
from api_client.models.job import JobSpec, JobState, Progress, WorkerState
from api_client.models.slim import Slim, from_json, to_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from localcloud.store.database import Value

R = TypeVar("R", bound="DataclassInstance")

_MODELS: dict[str, type[BaseModel] | type[Slim]] = {"spec": JobSpec, "progress": Progress}
_FLAGS = {"isolating", "incident", "current", "stop_wanted", "charged"}
_JSON = {"restart_ranks", "slots", "tags"}
_ENUMS = {"health": NodeHealth, "scheduling": Scheduling}
_STATES = {"JobRow": JobState, "RunRow": WorkerState}


def encode(row: DataclassInstance, *, leave_out: frozenset[str] = frozenset()) -> dict[str, Value]:
    """The columns of a row as SQLite values."""
    return {f.name: _value(getattr(row, f.name)) for f in fields(row) if f.name not in leave_out}


def decode(kind: type[R], row: sqlite3.Row) -> R:
    """A dataclass from a table row with the same column names."""
    present = set(row.keys())
    return kind(
        **{f.name: _field(kind, f.name, row[f.name]) for f in fields(kind) if f.name in present}
    )


def assignments(columns: dict[str, Value]) -> str:
    """`"a"=?,"b"=?` for an UPDATE."""
    return ",".join(f'"{name}"=?' for name in columns)


def insertion(table: str, columns: dict[str, Value]) -> str:
    """An INSERT statement with one placeholder per column."""
    names = ",".join(f'"{name}"' for name in columns)
    marks = ",".join("?" for _ in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"


def _value(value: Any) -> Value:
    if isinstance(value, BaseModel | Slim):
        return to_json(value).decode()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value)
    if isinstance(value, (JobState, WorkerState, NodeHealth, Scheduling)):
        return value.value
    checked: Value = value
    return checked


def _field(kind: type[Any], name: str, value: Any) -> Any:
    if name in _MODELS:
        return _model(name, value)
    if name in _FLAGS:
        return bool(value)
    if name in _JSON:
        return json.loads(value)
    if name in _ENUMS:
        return _ENUMS[name](value)
    if name == "state":
        return _STATES[kind.__name__](value)
    return value


@lru_cache(maxsize=8192)
def _model(name: str, text: str) -> BaseModel | Slim:
    """Models are frozen, so rows with the same text can share one; reading them is the cost."""
    return from_json(text, _MODELS[name])
