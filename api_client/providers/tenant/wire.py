"""What decoding alone would lose: words of states that this console does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from api_client.models.base import Frozen, Page
from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
from api_client.models.job import JobState, JobSummary, Worker, WorkerState
from api_client.models.watch import Change

T = TypeVar("T")


class Items(Frozen):
    """A list that comes in one piece."""


class WorkerItems(Items):
    items: tuple[Worker, ...]


class Reason(Frozen):
    """Body of a command that says why."""

    reason: str = ""


class Restart(Frozen):
    """Body of a restart."""

    from_checkpoint: bool = True


def keep_native_words(found: T, content: bytes) -> T:
    """Put unknown state words of the document into `native` where the server did not."""
    if not _lost_a_word(found):
        return found
    return cast(T, _restored(found, json.loads(content)))


def _lost_a_word(found: object) -> bool:
    if isinstance(found, Page | WorkerItems):
        return any(_lost_a_word(item) for item in found.items)
    if isinstance(found, Change):
        return _lost_a_word(found.job) or _lost_a_word(found.node)
    if isinstance(found, JobSummary):
        return found.state is JobState.UNKNOWN and not found.native
    if isinstance(found, Worker):
        return found.state is WorkerState.UNKNOWN and not found.native
    if isinstance(found, NodeSummary):
        unknown = found.health is NodeHealth.UNKNOWN or found.scheduling is Scheduling.UNKNOWN
        return unknown and not found.native
    return False


def _restored(found: Any, raw: Any) -> Any:
    if isinstance(found, Page | WorkerItems):
        items = tuple(_restored(item, raw["items"][n]) for n, item in enumerate(found.items))
        return found.model_copy(update={"items": items})
    if isinstance(found, Change):
        return found.model_copy(
            update={
                kind: _restored(getattr(found, kind), raw[kind])
                for kind in ("job", "node")
                if getattr(found, kind) is not None
            }
        )
    if isinstance(found, BaseModel) and _lost_a_word(found):
        return found.model_copy(update={"native": _word(found, raw)})
    return found


def _word(found: BaseModel, raw: Mapping[str, Any]) -> str:
    if isinstance(found, NodeSummary):
        known = "UNKNOWN"
        words = [str(raw.get(name, "")) for name in ("health", "scheduling")]
        strange = [
            word
            for word, value in zip(words, (found.health, found.scheduling), strict=True)
            if value == known
        ]
        return "/".join(strange)
    return str(raw.get("state", ""))
