"""Charges under FOCUS column names, and the price list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api_client.models.base import Page
from api_client.models.billing import Charge, PriceList
from localcloud.server.context import Cursor, Moment, PageSize, TheCloud, answer
from localcloud.server.faults import refusals
from localcloud.server.schemas import shown

router = APIRouter(tags=["billing"])


@router.get("/v1/charges", response_model=shown(Page[Charge]), responses=refusals())
async def list_charges(
    cloud: TheCloud,
    start: Annotated[Moment | None, Query()] = None,
    end: Annotated[Moment | None, Query()] = None,
    resource_name: Annotated[str, Query(max_length=253, description="Name of a job.")] = "",
    cursor: Cursor = None,
    limit: PageSize = 1000,
) -> Response:
    """Charges whose charge period starts in [start, end), oldest first."""
    page = cloud.charges(
        start=start, end=end, resource_name=resource_name, cursor=cursor, limit=limit
    )
    return answer(page)


@router.get("/v1/prices", response_model=PriceList, responses=refusals())
async def read_prices(cloud: TheCloud) -> Response:
    """What an accelerator-hour costs."""
    return answer(cloud.prices())


@router.put("/v1/prices", response_model=PriceList, responses=refusals(409))
async def set_prices(cloud: TheCloud, body: PriceList) -> Response:
    """Replace the price list; charges already made stay as they are."""
    return answer(cloud.set_prices(body))
