"""The clock and the faults of a simulated tenant, over the Unix socket; not in the document."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from api_client.models.base import UtcDatetime
from localcloud.server.bodies import Body
from localcloud.server.context import TheState
from localcloud.server.disturbance import Disturbance
from localcloud.simulator.contract import SimulatedBackend
from localcloud.simulator.figures import summary_figures

API_KINDS = ("api-slow", "api-down")
_SECONDS = 30.0
_LATENCY = 2.0

Seconds = Annotated[float, Field(gt=0, le=31_622_400, allow_inf_nan=False)]


class ClockBody(Body):
    """What is to change; the rest stays."""

    speed: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    paused: bool | None = None
    step_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    to: UtcDatetime | None = None


class FaultBody(Body):
    """What to break, where, and for how long."""

    kind: Annotated[str, Field(max_length=40)]
    node: Annotated[str, Field(max_length=253)] | None = None
    job: Annotated[str, Field(max_length=253)] | None = None
    seconds: Seconds | None = None
    latency_seconds: Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)] | None = None
    """Of `api-slow`: how much later every answer comes."""


async def _tenant(request: Request) -> SimulatedBackend:
    # These routes are served for a simulated tenant alone.
    backend: SimulatedBackend = request.app.state.server.cloud
    return backend


TheTenant = Annotated[SimulatedBackend, Depends(_tenant)]


def simulation_routes(disturbance: Disturbance) -> APIRouter:
    """The routes of one simulated tenant."""
    router = APIRouter(prefix="/simulation/v1", include_in_schema=False)

    @router.get("")
    async def read_simulation(tenant: TheTenant) -> Response:
        """What is simulated and how time passes there."""
        return _said(tenant, disturbance)

    @router.post("/clock")
    async def set_clock(tenant: TheTenant, body: ClockBody) -> Response:
        """Pause, go on, faster, slower, further."""
        given = {name: getattr(body, name) for name in body.model_fields_set}
        tenant.set_clock(**given)
        return _said(tenant, disturbance)

    @router.post("/faults")
    async def inject(tenant: TheTenant, body: FaultBody) -> Response:
        """Break something now."""
        seconds = body.seconds or _SECONDS
        if body.kind == "api-slow":
            disturbance.slow(seconds, body.latency_seconds or _LATENCY)
        elif body.kind == "api-down":
            disturbance.down(seconds)
        else:
            struck = tenant.inject(body.kind, body.node, body.job, body.seconds)
            return JSONResponse(_plain(struck))
        return JSONResponse({"kind": body.kind, "node": "", "job": "", "seconds": seconds})

    @router.get("/summary")
    async def summary(tenant: TheTenant) -> Response:
        """Totals over every job played so far."""
        return JSONResponse(summary_figures(tenant.summary(), tenant.prices()))

    @router.post("/shutdown")
    async def shutdown(state: TheState) -> Response:
        """End the simulation once this is answered."""
        state.stopping.set()
        return JSONResponse({"stopping": True})

    return router


def _said(tenant: SimulatedBackend, disturbance: Disturbance) -> Response:
    return JSONResponse(
        {
            **_plain(tenant.simulation()),
            "latency_seconds": disturbance.latency,
            "down_seconds": round(disturbance.down_seconds, 1),
        }
    )


def _plain(record: Any) -> dict[str, Any]:
    values = dataclasses.asdict(record)
    return {
        name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
        for name, value in values.items()
    }
