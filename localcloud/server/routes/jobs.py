"""Jobs and their workers."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api_client.models.base import Page
from api_client.models.job import Job, JobState, JobSummary, Worker
from localcloud.server.bodies import Items, JobBody, ReasonBody, RestartBody
from localcloud.server.context import (
    Caller,
    Cursor,
    Name,
    PageSize,
    TheCloud,
    answer,
    items_answer,
)
from localcloud.server.faults import refusals
from localcloud.server.schemas import shown

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

StateWord = Literal[
    "QUEUED", "STARTING", "RUNNING", "RECOVERING", "STOPPING", "STOPPED", "SUCCEEDED", "FAILED"
]
Owner = Annotated[str, Query(max_length=256)]


@router.get("", response_model=shown(Page[JobSummary]), responses=refusals())
async def list_jobs(
    cloud: TheCloud,
    state: Annotated[list[StateWord], Query(max_length=8)] = [],  # noqa: B006
    owner: Annotated[list[Owner], Query(max_length=100)] = [],  # noqa: B006
    name: Annotated[str, Query(max_length=63, description="Part of the name.")] = "",
    cursor: Cursor = None,
    limit: PageSize = 500,
) -> Response:
    """Jobs, newest first; several states or owners mean any of them."""
    page = cloud.jobs(
        states=[JobState(word) for word in state],
        owners=owner,
        name_contains=name,
        cursor=cursor,
        limit=limit,
    )
    return answer(page)


@router.post("", response_model=shown(Job), status_code=201, responses=refusals(409))
async def create_job(cloud: TheCloud, by: Caller, body: JobBody) -> Response:
    """Submit a job under a name the caller chose; 409 where the name is taken."""
    return answer(cloud.create_job(body.spec(), by), 201)


@router.get("/{name}", response_model=shown(Job), responses=refusals(404))
async def read_job(cloud: TheCloud, name: Name) -> Response:
    """Everything about one job."""
    return answer(cloud.job(name))


@router.delete("/{name}", status_code=204, response_class=Response, responses=refusals(404, 409))
async def delete_job(cloud: TheCloud, by: Caller, name: Name) -> Response:
    """Remove a job that has ended, with its logs; charges stay."""
    cloud.delete_job(name, by)
    return Response(status_code=204)


@router.post("/{name}/stop", response_model=shown(Job), responses=refusals(404, 409))
async def stop_job(cloud: TheCloud, by: Caller, name: Name, body: ReasonBody) -> Response:
    """Stop every worker; logs and checkpoints stay."""
    return answer(cloud.stop_job(name, body.reason, by))


@router.post("/{name}/restart", response_model=shown(Job), responses=refusals(404, 409))
async def restart_job(cloud: TheCloud, by: Caller, name: Name, body: RestartBody) -> Response:
    """Start another attempt."""
    return answer(cloud.restart_job(name, body.from_checkpoint, by))


@router.get("/{name}/workers", response_model=shown(Items[Worker]), responses=refusals(404))
async def list_workers(cloud: TheCloud, name: Name, all_attempts: bool = False) -> Response:
    """Workers of the latest attempt, or of every attempt."""
    return items_answer(cloud.workers(name, all_attempts))
