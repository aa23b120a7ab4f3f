"""The size and the state of the fleet, as the command line sets and shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api_client.models.compute import NodeSummary
from api_client.models.job import JobState
from localcloud.engine.cloud import Cloud

DEFAULT_NODES = 2
DEFAULT_ACCELERATORS = 4
_PAGE = 1000


def grow_fleet(cloud: Cloud, nodes: int | None, accelerators: int | None) -> None:
    """Resize where asked or where there is no fleet yet, then start agents that are missing."""
    known = list(_nodes(cloud))
    if nodes is not None or accelerators is not None or not known:
        per_node = accelerators or (known[0].accelerators if known else DEFAULT_ACCELERATORS)
        cloud.resize(nodes or len(known) or DEFAULT_NODES, per_node)
    cloud.start_missing_agents(include_failed=True)


def fleet_status(cloud: Cloud) -> dict[str, Any]:
    """Nodes with their agents, and how many jobs are in which state."""
    tenant = cloud.tenant()
    nodes = [
        {
            "name": node.name,
            "health": node.health.value,
            "scheduling": node.scheduling.value,
            "agent_pid": node.agent_pid,
            "accelerators": node.accelerators,
            "allocated": node.allocated,
        }
        for node in _nodes(cloud)
    ]
    jobs = _jobs_by_state(cloud)
    return {
        "tenant": tenant.name,
        "version": tenant.version,
        "nodes": nodes,
        "jobs": jobs,
        "active_jobs": sum(count for word, count in jobs.items() if not JobState(word).ended),
    }


def _nodes(cloud: Cloud) -> Iterator[NodeSummary]:
    cursor: str | None = None
    while True:
        page = cloud.nodes(cursor, _PAGE)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _jobs_by_state(cloud: Cloud) -> dict[str, int]:
    """How many jobs are in each state that has any; counted by the database."""
    counts = {
        state.value: cloud.jobs(states=[state], limit=1).total or 0
        for state in JobState
        if state is not JobState.UNKNOWN
    }
    return {word: count for word, count in counts.items() if count}
