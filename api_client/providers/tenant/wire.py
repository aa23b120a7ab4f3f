"""What decoding alone would lose: words of states that this console does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec

from api_client.models.base import Page, unknown_words
from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
from api_client.models.job import JobState, JobSummary, Worker, WorkerState
from api_client.models.slim import Slim, from_json, replace
from api_client.models.watch import Change

T = TypeVar("T")


class WorkerItems(Slim):
    """A list that comes in one piece."""

    items: tuple[Worker, ...]


class Reason(Slim):
    """Body of a command that says why."""

    reason: str = ""


class Restart(Slim):
    """Body of a restart."""

    from_checkpoint: bool = True


def read(content: bytes | str, kind: type[T]) -> T:
    """Read a document; unknown state words go into `native` where the server left that empty.

    Raises:
        Malformed: it is no JSON, or not of that shape.
    """
    before = next(unknown_words)
    found = from_json(content, kind)
    if next(unknown_words) == before + 1:
        return found
    return cast(T, _restored(found, msgspec.json.decode(content)))


def _restored(found: Any, raw: Any) -> Any:
    if isinstance(found, tuple):
        return tuple(_restored(item, said) for item, said in zip(found, raw, strict=True))
    if isinstance(found, Page | WorkerItems):
        return replace(found, items=_restored(found.items, raw["items"]))
    if isinstance(found, Change):
        return replace(
            found,
            **{
                kind: _restored(getattr(found, kind), raw[kind])
                for kind in ("job", "node")
                if getattr(found, kind) is not None
            },
        )
    if isinstance(found, JobSummary | Worker | NodeSummary) and not found.native:
        word = _strange_word(found, raw)
        return replace(found, native=word) if word else found
    return found


def _strange_word(found: JobSummary | Worker | NodeSummary, raw: Mapping[str, Any]) -> str:
    if isinstance(found, NodeSummary):
        strange = [
            str(raw.get(name, ""))
            for name, value in (("health", found.health), ("scheduling", found.scheduling))
            if value in (NodeHealth.UNKNOWN, Scheduling.UNKNOWN)
        ]
        return "/".join(strange)
    unknown = found.state in (JobState.UNKNOWN, WorkerState.UNKNOWN)
    return str(raw.get("state", "")) if unknown else ""
