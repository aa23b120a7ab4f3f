"""Puts the Tenant API together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from api_client.models.watch import Change
from localcloud.engine.cloud import Cloud
from localcloud.server.backend import TenantBackend
from localcloud.server.boundary import Boundary
from localcloud.server.context import ServerState
from localcloud.server.faults import install_fault_handlers
from localcloud.server.routes import (
    billing,
    events,
    internal,
    jobs,
    logs,
    metrics,
    nodes,
    telemetry,
    tenant,
)
from localcloud.server.schemas import shown

API_VERSION = "1.0.0"


def create_app(
    cloud: TenantBackend,
    *,
    token: str | None,
    unix: bool,
    state: ServerState | None = None,
    inner: Sequence[APIRouter] = (),
) -> FastAPI:
    """The app for one listener.

    Args:
        token: callers must send it; needed unless `unix`.
        unix: the listener is a socket only its owner can open, so internal routes are there.
        state: shared by listeners of one daemon.
        inner: routes only the Unix socket has, beside those of the embedded cloud itself.

    Raises:
        ValueError: neither a token nor a Unix socket protects the app.
    """
    if not unix and not token:
        raise ValueError("a TCP listener needs a token")
    app = _bare_app()
    app.state.server = state or ServerState(cloud)
    app.add_middleware(Boundary, token=token)
    if unix:
        if isinstance(cloud, Cloud):
            app.include_router(internal.router)
        for router in inner:
            app.include_router(router, include_in_schema=False)
    return app


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the Tenant API."""
    return _document(_bare_app())


def _bare_app() -> FastAPI:
    app = FastAPI(
        title="Quarterdeck Tenant API",
        version=API_VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    for module in (tenant, nodes, jobs, logs, events, telemetry, billing, metrics):
        app.include_router(module.router)
    install_fault_handlers(app)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary="What the embedded cloud of Quarterdeck answers.",
        description=(
            "JSON over HTTP/1.1, on a Unix socket or over TCP with a bearer token. Amounts are "
            "decimal strings, times RFC 3339 in UTC. Lists are read page by page with `cursor`."
        ),
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    if "Change" not in schemas:
        schemas.update(_change_schemas())
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}, {}]
    return document


def _change_schemas() -> dict[str, Any]:
    schema = shown(Change).model_json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    nested: dict[str, Any] = schema.pop("$defs", {})
    return {**nested, "Change": schema}
