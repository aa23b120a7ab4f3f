"""Every refusal in one shape: which status, which words."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from localcloud.engine.errors import (
    CloudFault,
    ConflictFault,
    InvalidFault,
    NotFoundFault,
    StoreError,
    VersionExpired,
)
from localcloud.server.bodies import ErrorBody, ErrorDetail

_LOG = logging.getLogger(__name__)

_FAULT_STATUS: Mapping[type[CloudFault], int] = {
    NotFoundFault: 404,
    ConflictFault: 409,
    VersionExpired: 410,
    InvalidFault: 422,
}

_CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    416: "range_not_satisfiable",
    422: "invalid",
}

_ALWAYS = (400, 401, 413, 422, 500, 503)

_MEANING = {
    400: "The request cannot be read.",
    401: "The token is missing or wrong (TCP only).",
    404: "Nothing has this name.",
    409: "The state of things does not allow it now.",
    410: "The version asked for is no longer kept.",
    413: "The body is longer than 1 MiB.",
    416: "No byte of the log lies in this range.",
    422: "A field is wrong; `fields` says which and why.",
    500: "A defect of the cloud; the daemon's log has it under the request id.",
    503: "The database cannot be read or written now.",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route may answer besides success, for the OpenAPI document."""
    return {
        status: {"model": ErrorBody, "description": _MEANING[status]}
        for status in sorted({*_ALWAYS, *statuses})
    }


def error_response(
    status: int,
    request_id: str,
    message: str,
    *,
    code: str = "",
    hint: str = "",
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A refusal in the API's own shape."""
    detail = ErrorDetail(
        code=code or _CODES.get(status, "error"),
        message=message,
        hint=hint,
        fields=dict(fields or {}),
        request_id=request_id,
    )
    return Response(
        ErrorBody(error=detail).model_dump_json(),
        status_code=status,
        media_type="application/json",
        headers=dict(headers or {}),
    )


def request_id_of(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


def install_fault_handlers(app: FastAPI) -> None:
    """Answer every known exception in the API's own shape."""
    app.add_exception_handler(CloudFault, _cloud_fault)
    app.add_exception_handler(StoreError, _store_error)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


async def _cloud_fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, CloudFault)
    status = next(
        (status for kind, status in _FAULT_STATUS.items() if isinstance(error, kind)), 400
    )
    fields = error.fields if isinstance(error, InvalidFault) else None
    return error_response(
        status,
        request_id_of(request),
        error.message,
        code=error.code,
        hint=error.hint,
        fields=fields,
    )


async def _store_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    _LOG.error("%s %s: %s", request.method, request.url.path, error)
    return error_response(
        503, request_id_of(request), error.message, code="store_unavailable", hint=error.hint
    )


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = {_field(item["loc"]): str(item["msg"]) for item in error.errors()}
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return error_response(400, request_id_of(request), "The body is not JSON.")
    name, why = next(iter(fields.items()), ("", "invalid"))
    return error_response(422, request_id_of(request), f"{name}: {why}", fields=fields)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return error_response(
        error.status_code, request_id_of(request), str(error.detail), headers=error.headers
    )


def _field(loc: Sequence[Any]) -> str:
    parts = [str(part) for part in loc]
    return ".".join(parts[1:]) or parts[0]
