"""Logs of workers: by byte range, and as a stream that follows the file."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response, StreamingResponse

from localcloud.server.context import MAX_VERSION, Name, Rank, TheCloud, TheState
from localcloud.server.faults import error_response, refusals, request_id_of
from localcloud.server.log_files import (
    RangeError,
    follow,
    parse_range,
)

router = APIRouter(prefix="/v1/jobs/{name}/workers/{rank}/log", tags=["logs"])

Attempt = Annotated[
    int | None, Query(ge=0, le=2**31 - 1, description="Absent: the latest attempt of the rank.")
]
_END = {"description": "`true` once the worker has ended.", "schema": {"type": "string"}}
_ATTEMPT = {"description": "The attempt this log is of.", "schema": {"type": "string"}}
_RANGE = {"description": "Which bytes these are, and of how many.", "schema": {"type": "string"}}
_BYTES: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string"}}}
_HEADERS = {"X-Log-End": _END, "X-Log-Attempt": _ATTEMPT}


@router.get(
    "",
    response_class=Response,
    status_code=206,
    responses={
        **refusals(404, 416),
        200: {"description": "The log is empty.", "content": _BYTES, "headers": _HEADERS},
        206: {
            "description": "Bytes of the log, at most 1 MiB of them.",
            "content": _BYTES,
            "headers": {**_HEADERS, "Content-Range": _RANGE},
        },
    },
)
async def read_log(
    request: Request,
    cloud: TheCloud,
    name: Name,
    rank: Rank,
    attempt: Attempt = None,
    range_: Annotated[
        str | None, Header(alias="Range", description="bytes=a-b, bytes=a- or bytes=-n")
    ] = None,
) -> Response:
    """Bytes of a log by range; without one, from its start."""
    log = cloud.log_file(name, rank, attempt)
    total = log.size()
    headers = {
        "X-Log-End": "true" if log.ended else "false",
        "X-Log-Attempt": str(log.attempt),
        "Accept-Ranges": "bytes",
    }
    if range_ is None and total == 0:
        return Response(b"", media_type="application/octet-stream", headers=headers)
    try:
        start, end = parse_range(range_ or "bytes=0-", total)
    except RangeError as error:
        return error_response(
            416,
            request_id_of(request),
            str(error),
            headers={**headers, "Content-Range": f"bytes */{total}"},
        )
    data = log.read(start, end)
    headers["Content-Range"] = f"bytes {start}-{start + len(data) - 1}/{total}"
    return Response(data, 206, headers, "application/octet-stream")


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        **refusals(404),
        200: {"description": "The log as it grows.", "content": _BYTES, "headers": _HEADERS},
    },
)
async def stream_log(
    state: TheState,
    name: Name,
    rank: Rank,
    attempt: Attempt = None,
    start: Annotated[int, Query(ge=0, le=MAX_VERSION)] = 0,
) -> Response:
    """Every byte from `start` on; ends after the last byte of a worker that has ended."""
    log = state.cloud.log_file(name, rank, attempt)
    return StreamingResponse(
        follow(state, name, rank, log, start),
        media_type="application/octet-stream",
        headers={"X-Log-Attempt": str(log.attempt), "X-Log-End": "true" if log.ended else "false"},
    )
