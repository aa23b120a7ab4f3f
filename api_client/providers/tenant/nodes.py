"""Pools and nodes over the Tenant API."""

from __future__ import annotations

from collections.abc import Sequence

from api_client.address import path_part
from api_client.models.base import Page
from api_client.models.compute import Node, NodeSummary, Pool
from api_client.paging import Pages
from api_client.providers.tenant.calls import TenantCalls
from api_client.providers.tenant.wire import Reason

_PAGE = 500


class TenantNodes:
    """Lists, reads and controls nodes."""

    _calls: TenantCalls

    async def pools(self) -> Sequence[Pool]:
        """All pools."""
        found = await self._calls.read(Page[Pool], "/v1/pools", action="list pools")
        return found.items

    def nodes(self) -> Pages[NodeSummary]:
        """All nodes."""
        return self._calls.pages(NodeSummary, "/v1/nodes", {"limit": _PAGE}, action="list nodes")

    async def node(self, name: str) -> Node:
        """Everything about one node."""
        return await self._calls.read(Node, _path(name), action=f"read node {name}")

    async def cordon_node(self, name: str, *, reason: str) -> Node:
        """Start nothing new there."""
        return await self._command(name, "cordon", reason)

    async def uncordon_node(self, name: str) -> Node:
        """Let work start there again."""
        return await self._command(name, "uncordon", "")

    async def drain_node(self, name: str, *, reason: str) -> Node:
        """Start nothing new there, stop and reschedule what runs."""
        return await self._command(name, "drain", reason)

    async def reboot_node(self, name: str, *, reason: str) -> Node:
        """Restart the node; what runs there is lost and rescheduled."""
        return await self._command(name, "reboot", reason)

    async def _command(self, name: str, verb: str, reason: str) -> Node:
        return await self._calls.write(
            Node,
            "POST",
            f"{_path(name)}/{verb}",
            Reason(reason=reason),
            action=f"{verb} node {name}",
        )


def _path(name: str) -> str:
    return f"/v1/nodes/{path_part(name, 'node name')}"
