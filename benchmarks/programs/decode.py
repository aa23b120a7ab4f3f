"""Decodes the pages of 10,000 jobs as the console does, or as a peer would; prints one JSON line.

Each decoder runs in a process of its own: what one leaves in memory slows the next.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from types import GenericAlias
from typing import Any, cast

PAGE = 500


def pages(jobs: int) -> list[bytes]:
    """The answers of `GET /v1/jobs`, page by page."""
    return [json.dumps(page).encode() for page in _pages(jobs)]


def _pages(jobs: int) -> Iterator[dict[str, Any]]:
    for first in range(0, jobs, PAGE):
        yield {
            "items": [_job(number) for number in range(first, min(first + PAGE, jobs))],
            "next_cursor": f"c{first}",
            "total": jobs,
            "resource_version": 7,
        }


def _job(number: int) -> dict[str, Any]:
    moment = f"2026-11-{1 + number % 28:02}T10:{number % 60:02}:00Z"
    return {
        "name": f"train-{number:06}", "uid": f"uid-{number:032}", "owner": f"user{number % 20}",
        "project": f"project-{number % 7}", "pool": "h100", "state": "RUNNING", "native": "R",
        "reason": "", "framework": "pytorch", "priority": "NORMAL", "quota_type": "RESERVED",
        "workers": 4, "accelerators": 32, "nodes": [f"n{number % 1250 + k:05}" for k in range(4)],
        "attempt": 1, "restarts": 1, "backoff_used": 1, "backoff_limit": 3, "exit_code": None,
        "progress": {
            "step": number, "total_steps": 100_000, "loss": 2.25, "tokens_per_second": 10_432.5,
            "steps_per_second": 1.5, "checkpoint_step": number // 100 * 100,
            "checkpoint_time": moment, "updated": moment,
        },
        "utilisation": 0.93, "created": moment, "started": moment, "ended": None,
        "accelerator_seconds": 3600 * number, "resource_version": number,
    }  # fmt: skip


def _ours() -> Callable[[bytes], Any]:
    from api_client.models.base import Page
    from api_client.models.job import JobSummary
    from api_client.models.slim import from_json

    return lambda data: from_json(data, Page[JobSummary]).items


def _json() -> Callable[[bytes], Any]:
    return lambda data: json.loads(data)["items"]


def _pydantic() -> Callable[[bytes], Any]:
    from datetime import datetime

    from pydantic import TypeAdapter, create_model

    kinds = {int: int | float | None, float: int | float | None, list: tuple[str, ...]}

    def model(name: str, sample: dict[str, Any]) -> Any:
        fields: dict[str, Any] = {}
        for key, value in sample.items():
            if isinstance(value, dict):
                kind: Any = model(key, value)
            elif isinstance(value, str) and value.endswith("Z"):
                kind = datetime | None
            else:
                kind = kinds.get(type(value), str | int | datetime | None)
            fields[key] = (kind, ...)
        return create_model(name, **fields)

    page: Any = create_model(
        "Page", items=(cast(Any, GenericAlias(list, model("Job", _job(1)))), ...)
    )
    adapter: TypeAdapter[Any] = TypeAdapter(page)
    return lambda data: adapter.validate_json(data).items


def _resident() -> int:
    """Bytes in memory now: the peak a process reports begins with that of its parent."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def main(name: str, jobs: int) -> None:
    """Decode every page and keep all jobs."""
    decode = {"ours": _ours, "json": _json, "pydantic": _pydantic}[name]()
    answers = pages(jobs)
    decode(answers[0])
    gc.collect()
    before = _resident()
    kept, longest = [], 0.0
    started = time.process_time()
    for answer in answers:
        page = time.perf_counter()
        kept.append(decode(answer))
        longest = max(longest, time.perf_counter() - page)
    taken = time.process_time() - started
    grown = _resident() - before
    found = {"cpu": taken * 1000, "stall": longest * 1000, "bytes": grown / jobs}
    print(json.dumps({**found, "jobs": sum(map(len, kept))}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
