"""What only this machine's own programs may ask, over the Unix socket; not in the document."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from localcloud.engine.cloud import Cloud
from localcloud.engine.protocol import Heartbeat
from localcloud.server.bodies import FleetBody, ShutdownBody
from localcloud.server.context import TheState, answer
from localcloud.server.fleet import fleet_status, grow_fleet

router = APIRouter(include_in_schema=False)


async def _cloud(request: Request) -> Cloud:
    # These routes are served for the embedded cloud alone.
    cloud: Cloud = request.app.state.server.cloud
    return cloud


TheCloud = Annotated[Cloud, Depends(_cloud)]


@router.post("/agent/v1/heartbeat")
async def heartbeat(cloud: TheCloud, body: Heartbeat) -> Response:
    """A node agent says what is, and hears what should be."""
    return answer(cloud.heartbeat(body))


@router.get("/local/v1/status")
async def status(cloud: TheCloud) -> Response:
    """Nodes with their agents, and how many jobs are in which state."""
    return JSONResponse(fleet_status(cloud))


@router.post("/local/v1/fleet")
async def resize(cloud: TheCloud, body: FleetBody) -> Response:
    """Make the fleet as large as asked and start the agents it lacks."""
    grow_fleet(cloud, body.nodes, body.accelerators)
    return JSONResponse(fleet_status(cloud))


@router.post("/local/v1/shutdown")
async def shutdown(state: TheState, body: ShutdownBody) -> Response:
    """End the daemon once this is answered."""
    state.stop_jobs = body.stop_jobs
    state.stopping.set()
    return JSONResponse({"stopping": True})
