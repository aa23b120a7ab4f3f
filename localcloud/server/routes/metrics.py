"""`/metrics` for Prometheus."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from localcloud.server.context import TheCloud
from localcloud.server.exposition import exposition
from localcloud.server.faults import refusals

router = APIRouter(tags=["metrics"])

_TYPE = "text/plain; version=0.0.4"
_TEXT: dict[str, Any] = {"text/plain": {"schema": {"type": "string"}}}


@router.get(
    "/metrics",
    response_class=Response,
    responses={**refusals(), 200: {"description": "DCGM metric names.", "content": _TEXT}},
)
async def metrics(cloud: TheCloud) -> Response:
    """The latest reading of every accelerator; what is not measured is absent."""
    return Response(exposition(cloud.samples()), media_type=_TYPE)
