"""Series of accelerator and node measurements."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api_client.models.telemetry import UNITS, Series, Window
from localcloud.engine.errors import InvalidFault
from localcloud.server.bodies import Items
from localcloud.server.context import Moment, TheCloud, items_answer
from localcloud.server.faults import refusals
from localcloud.server.schemas import shown

router = APIRouter(tags=["telemetry"])

_MOST_POINTS = 11_000


@router.get("/v1/telemetry", response_model=shown(Items[Series]), responses=refusals())
async def read_telemetry(
    cloud: TheCloud,
    metric: Annotated[str, Query(max_length=128, description=f"One of {', '.join(UNITS)}.")],
    start: Annotated[Moment, Query()],
    end: Annotated[Moment, Query()],
    step: Annotated[float, Query(gt=0, le=31_536_000, allow_inf_nan=False)] = 5.0,
    node: Annotated[str, Query(max_length=253)] = "",
    job: Annotated[str, Query(max_length=253)] = "",
) -> Response:
    """Series of one metric in [start, end); at most 11,000 points each."""
    if metric not in UNITS:
        raise InvalidFault({"metric": f"unknown; one of {', '.join(UNITS)}"})
    if end <= start:
        raise InvalidFault({"end": "must be after start"})
    if (end - start).total_seconds() / step > _MOST_POINTS:
        raise InvalidFault({"step": f"too fine: more than {_MOST_POINTS} points"})
    window = Window(start=start, end=end, step_seconds=step)
    return items_answer(cloud.series(metric, window, node, job))
