"""Events that were, and a watch of what changes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from starlette.responses import Response, StreamingResponse

from api_client.models.base import Page
from api_client.models.event import Event
from api_client.models.watch import Change
from localcloud.server.context import (
    MAX_VERSION,
    Cursor,
    Moment,
    PageSize,
    TheCloud,
    TheState,
    answer,
)
from localcloud.server.faults import refusals
from localcloud.server.schemas import shown
from localcloud.server.watch import first_changes, watch_lines

router = APIRouter(tags=["events"])

_STREAM: dict[str, Any] = {
    "text/event-stream": {
        "schema": {"type": "string"},
        "x-event-data": {
            "change": {"$ref": f"#/components/schemas/{Change.__name__}"},
            "changes": {
                "type": "array",
                "items": {"$ref": f"#/components/schemas/{Change.__name__}"},
            },
        },
    }
}


@router.get("/v1/events", response_model=shown(Page[Event]), responses=refusals())
async def list_events(
    cloud: TheCloud,
    subject_kind: Annotated[Literal["", "job", "worker", "node", "pool", "tenant"], Query()] = "",
    subject_id: Annotated[str, Query(max_length=253)] = "",
    since: Annotated[Moment | None, Query()] = None,
    order: Annotated[
        Literal["asc", "desc"], Query(description="desc: the newest event first.")
    ] = "asc",
    about: Annotated[
        Literal["", "failures"],
        Query(
            description=(
                "failures: only what incidents are read from. The ends of jobs that never failed "
                "may be left out."
            )
        ),
    ] = "",
    cursor: Cursor = None,
    limit: PageSize = 500,
) -> Response:
    """Events in the order they happened, or the other way round."""
    page = cloud.events(
        subject_kind=subject_kind,
        subject_id=subject_id,
        since=since,
        newest_first=order == "desc",
        about_failures=about == "failures",
        cursor=cursor,
        limit=limit,
    )
    return answer(page)


@router.get(
    "/v1/watch",
    response_class=StreamingResponse,
    responses={
        **refusals(410),
        200: {
            "description": (
                "Events named `change`; the data is a Change, the id its version. With `batch` "
                "they are named `changes`; the data is an array of Change, the id the version "
                "of the last. A reader who falls behind is sent the latest state of each object "
                "alone. A bookmark comes when nothing changed for a while."
            ),
            "content": _STREAM,
        },
    },
)
async def watch(
    state: TheState,
    since: Annotated[
        int | None, Query(ge=0, le=MAX_VERSION, description="Absent: from now on.")
    ] = None,
    batch: Annotated[
        int | None, Query(ge=1, le=5000, description="Most changes sent in one event.")
    ] = None,
    last_event_id: Annotated[
        str | None, Header(pattern=r"^\d{1,18}$", description="Wins over `since`.")
    ] = None,
) -> Response:
    """Every change after a version, as it happens; 410 where that version is too old."""
    if last_event_id is not None:
        since = int(last_event_id)
    version = state.cloud.resource_version if since is None else since
    first = first_changes(state.cloud, version)
    return StreamingResponse(
        watch_lines(state, version, first, batch=batch),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
