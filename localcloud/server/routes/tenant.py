"""The tenant, its pools, and whether the cloud answers at all."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api_client.models.compute import Pool
from api_client.models.identity import Tenant
from localcloud.server.bodies import Health, Items
from localcloud.server.context import TheCloud, answer, items_answer
from localcloud.server.faults import refusals
from localcloud.server.schemas import shown

router = APIRouter(tags=["tenant"], responses=refusals())


@router.get("/v1/tenant", response_model=shown(Tenant))
async def read_tenant(cloud: TheCloud) -> Response:
    """Which tenant this is, and who calls."""
    return answer(cloud.tenant())


@router.get("/v1/pools", response_model=shown(Items[Pool]))
async def list_pools(cloud: TheCloud) -> Response:
    """All pools."""
    return items_answer(cloud.pools())


@router.get("/healthz", response_model=Health)
async def healthz() -> Response:
    """Answers as soon as requests are served; needs no token."""
    return answer(Health())
