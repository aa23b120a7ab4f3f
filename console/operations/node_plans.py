"""Plans about nodes: cordon, uncordon, drain, reboot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api_client.models.base import Ref
from api_client.models.compute import NodeSummary, Scheduling
from api_client.models.job import JobSummary
from console.message import Message, say
from console.operations.loss import evictions
from console.operations.plan import Confirm, Fact, Plan, Refused, Steps

if TYPE_CHECKING:
    from api_client.models.prices import PriceList


def _facts(node: NodeSummary, jobs: Sequence[JobSummary]) -> tuple[Fact, ...]:
    owners = sorted({job.owner for job in jobs})
    lines = {
        "name": node.name,
        "pool": node.pool,
        "health": node.health.value,
        "scheduling": node.scheduling.value,
        "accelerators": f"{node.allocated}/{node.accelerators}",
        "jobs": ", ".join(node.jobs) or "—",
        "owner": ", ".join(owners) or "—",
    }
    return tuple(Fact(f"operation.fact.{name}", value) for name, value in lines.items())


def _plan(
    verb: str,
    node: NodeSummary,
    jobs: Sequence[JobSummary],
    effects: Sequence[Message],
    undo: Message,
    confirm: Confirm,
    write: Any,
    happened: Any,
) -> Plan:
    name = node.name
    return Plan(
        action_id=f"x_node.{verb}",
        target=Ref(kind="node", id=name),
        title=say(f"operation.title.{verb}", name=name),
        facts=_facts(node, jobs),
        effects=tuple(effects),
        undo=undo,
        confirm=confirm,
        reason_required=verb != "uncordon",
        steps=Steps(
            capability="nodes.write",
            read=lambda provider: provider.node(name),
            write=write,
            happened=happened,
            pinned=name,
            identity=lambda found: str(found.name),
            refresh=("nodes", "pools", f"node/{name}"),
        ),
    )


def cordon_plan(node: NodeSummary, jobs: Sequence[JobSummary], confirm: Confirm) -> Plan:
    """Let no new work start on a node; what runs goes on.

    Raises:
        Refused: it is out of scheduling already.
    """
    if node.scheduling is not Scheduling.OPEN:
        raise Refused(
            say("operation.refused.not_open", name=node.name, state=node.scheduling.value)
        )
    return _plan(
        "cordon",
        node,
        jobs,
        [say("operation.effect.cordoned", n=len(node.jobs))],
        say("operation.undo.uncordon"),
        confirm,
        lambda provider, reason: provider.cordon_node(node.name, reason=reason),
        lambda found: found is not None and found.scheduling is not Scheduling.OPEN,
    )


def uncordon_plan(node: NodeSummary, jobs: Sequence[JobSummary], confirm: Confirm) -> Plan:
    """Let work start on a node again.

    Raises:
        Refused: it is open already.
    """
    if node.scheduling is Scheduling.OPEN:
        raise Refused(say("operation.refused.open", name=node.name))
    return _plan(
        "uncordon",
        node,
        jobs,
        [say("operation.effect.uncordoned", why=node.reason or "—")],
        say("operation.undo.cordon"),
        confirm,
        lambda provider, reason: provider.uncordon_node(node.name),
        lambda found: found is not None and found.scheduling is Scheduling.OPEN,
    )


def drain_plan(
    node: NodeSummary,
    jobs: Sequence[JobSummary],
    prices: PriceList | None,
    now: datetime,
    confirm: Confirm,
) -> Plan:
    """Move what runs on a node elsewhere and let nothing new start.

    Raises:
        Refused: it is being drained, or is drained.
    """
    if node.scheduling in (Scheduling.DRAINING, Scheduling.DRAINED):
        raise Refused(
            say("operation.refused.not_open", name=node.name, state=node.scheduling.value)
        )
    return _plan(
        "drain",
        node,
        jobs,
        evictions(jobs, prices, now),
        say("operation.undo.uncordon"),
        confirm,
        lambda provider, reason: provider.drain_node(node.name, reason=reason),
        lambda found: (
            found is not None and found.scheduling in (Scheduling.DRAINING, Scheduling.DRAINED)
        ),
    )


def reboot_plan(
    node: NodeSummary, jobs: Sequence[JobSummary], prices: PriceList | None, now: datetime
) -> Plan:
    """Start a node's system again; everything on it ends."""
    return _plan(
        "reboot",
        node,
        jobs,
        [say("operation.effect.rebooted"), *evictions(jobs, prices, now)],
        say("operation.undo.never"),
        Confirm.TYPE_NAME,
        lambda provider, reason: provider.reboot_node(node.name, reason=reason),
        lambda found: None,
    )
