"""Nodes, and the commands that take them out of scheduling and back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api_client.models.base import Page
from api_client.models.compute import Node, NodeSummary
from localcloud.server.bodies import ReasonBody
from localcloud.server.context import Caller, Cursor, Name, PageSize, TheCloud, answer
from localcloud.server.faults import refusals
from localcloud.server.schemas import shown

router = APIRouter(prefix="/v1/nodes", tags=["nodes"])


@router.get("", response_model=shown(Page[NodeSummary]), responses=refusals())
async def list_nodes(cloud: TheCloud, cursor: Cursor = None, limit: PageSize = 500) -> Response:
    """All nodes, by name."""
    return answer(cloud.nodes(cursor, limit))


@router.get("/{name}", response_model=shown(Node), responses=refusals(404))
async def read_node(cloud: TheCloud, name: Name) -> Response:
    """Everything about one node."""
    return answer(cloud.node(name))


@router.post("/{name}/cordon", response_model=shown(Node), responses=refusals(404, 409))
async def cordon_node(cloud: TheCloud, by: Caller, name: Name, body: ReasonBody) -> Response:
    """Start nothing new there; what runs goes on."""
    return answer(cloud.cordon(name, body.reason, by))


@router.post("/{name}/uncordon", response_model=shown(Node), responses=refusals(404, 409))
async def uncordon_node(cloud: TheCloud, by: Caller, name: Name, body: ReasonBody) -> Response:
    """Let work start there again."""
    return answer(cloud.uncordon(name, body.reason, by))


@router.post("/{name}/drain", response_model=shown(Node), responses=refusals(404, 409))
async def drain_node(cloud: TheCloud, by: Caller, name: Name, body: ReasonBody) -> Response:
    """Start nothing new there, stop and reschedule what runs."""
    return answer(cloud.drain(name, body.reason, by))


@router.post("/{name}/reboot", response_model=shown(Node), responses=refusals(404, 409))
async def reboot_node(cloud: TheCloud, by: Caller, name: Name, body: ReasonBody) -> Response:
    """Restart the node's agent; what runs there is lost and rescheduled."""
    return answer(cloud.reboot(name, body.reason, by))
