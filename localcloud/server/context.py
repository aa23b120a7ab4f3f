"""What routes share: the cloud, who calls, how a model becomes an answer, common parameters."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, BeforeValidator
from starlette.responses import Response

from api_client.models.base import UtcDatetime
from api_client.models.slim import Slim, to_json
from localcloud.server.backend import TenantBackend

MAX_VERSION = 2**63 - 1


@dataclass
class ServerState:
    """What lives as long as the app."""

    cloud: TenantBackend
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when streams must end because the daemon stops."""
    stop_jobs: bool = False
    """Whether agents and their workers end with the daemon."""


def _written_as_a_date(value: object) -> object:
    # Without this a bare number would pass as seconds since 1970.
    if isinstance(value, str) and "-" not in value[1:]:
        raise ValueError("must be a date and time with its zone, such as 2026-01-31T12:00:00Z")
    return value


Moment = Annotated[UtcDatetime, BeforeValidator(_written_as_a_date)]


async def _state(request: Request) -> ServerState:
    state: ServerState = request.app.state.server
    return state


async def _cloud(request: Request) -> TenantBackend:
    state: ServerState = request.app.state.server
    return state.cloud


async def _caller(request: Request) -> str:
    # One credential opens this cloud, so whoever calls is its principal.
    state: ServerState = request.app.state.server
    return state.cloud.tenant().principal.name


TheState = Annotated[ServerState, Depends(_state)]
TheCloud = Annotated[TenantBackend, Depends(_cloud)]
Caller = Annotated[str, Depends(_caller)]

Name = Annotated[str, Path(min_length=1, max_length=253)]
Rank = Annotated[int, Path(ge=0, le=4095)]
Cursor = Annotated[
    str | None, Query(max_length=512, description="Where the last page ended; opaque.")
]
PageSize = Annotated[int, Query(ge=1, le=1000)]


def answer(model: BaseModel | Slim, status: int = 200) -> Response:
    """A model as JSON. Encoding it here saves the framework's second validation."""
    return Response(to_json(model), status_code=status, media_type="application/json")


def items_answer(models: list[Any]) -> Response:
    """A list that comes in one piece."""
    body = b'{"items":[' + b",".join(map(to_json, models)) + b"]}"
    return Response(body, media_type="application/json")
