"""The writes of a session, for the CLI and the screens alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api_client.errors import CloudError
from api_client.models.compute import NodeSummary
from api_client.models.job import Job, JobSummary
from console.analysis.rates import price_for
from console.operations import job_plans, node_plans
from console.operations.perform import perform, perform_all, writer_for
from console.operations.plan import Confirm, Outcome, Plan
from console.session import Session
from console.state.feed import utc_now

if TYPE_CHECKING:
    from api_client.models.job_spec import JobSpec
    from api_client.models.prices import PriceList


class Operations:
    """Plans writes about an object as it is now, and performs plans.

    Every `plan_` method reads the object afresh and raises `Refused` where the console will not
    try (read-only profile, missing capability, wrong state), or a `CloudError` of the reading.
    """

    def __init__(self, session: Session, clock: Callable[[], datetime] = utc_now) -> None:
        self._session = session
        self._clock = clock

    async def plan_stop(self, job: str) -> Plan:
        """Stop a job."""
        found, prices = await self._job(job)
        return job_plans.stop_plan(found, prices, self._clock(), self._confirm(found.accelerators))

    async def plan_restart(self, job: str, *, from_checkpoint: bool = True) -> Plan:
        """Start a job again."""
        found, prices = await self._job(job)
        confirm = self._confirm(0 if found.state.ended else found.accelerators)
        return job_plans.restart_plan(
            found, prices, self._clock(), confirm, from_checkpoint=from_checkpoint
        )

    async def plan_delete(self, job: str) -> Plan:
        """Remove an ended job."""
        found, prices = await self._job(job)
        return job_plans.delete_plan(found, prices, self._clock())

    async def plan_submit(self, spec: JobSpec) -> Plan:
        """Create a job."""
        await writer_for(self._session, "jobs.write")
        price = price_for(await self._prices(), quota_type=spec.quota_type)
        wanted = spec.workers * spec.accelerators_per_worker
        rate = "—"
        if price is not None:
            rate = f"≈ {price.amount * wanted:.2f} {price.currency}/h"
        pools = {pool.name: pool for pool in await self._pools()}
        free = pools[spec.pool].free if spec.pool in pools else None
        return job_plans.submit_plan(spec, rate, free, self._confirm(0))

    async def plan_cordon(self, node: str) -> Plan:
        """Let no new work start on a node."""
        found, jobs = await self._node(node)
        return node_plans.cordon_plan(found, jobs, self._confirm(0))

    async def plan_uncordon(self, node: str) -> Plan:
        """Let work start on a node again."""
        found, jobs = await self._node(node)
        return node_plans.uncordon_plan(found, jobs, self._confirm(0))

    async def plan_drain(self, node: str) -> Plan:
        """Move what runs on a node elsewhere."""
        found, jobs = await self._node(node)
        prices = await self._prices()
        confirm = self._confirm(sum(job.accelerators for job in jobs))
        return node_plans.drain_plan(found, jobs, prices, self._clock(), confirm)

    async def plan_reboot(self, node: str) -> Plan:
        """Start a node again."""
        found, jobs = await self._node(node)
        return node_plans.reboot_plan(found, jobs, await self._prices(), self._clock())

    async def plan(self, action_id: str, name: str) -> Plan:
        """The plan of an `x` menu action about one object.

        Raises:
            KeyError: the action is not one of an `x` menu.
        """
        planners: dict[str, Callable[[str], Any]] = {
            "x_job.cancel": self.plan_stop,
            "x_job.requeue": self.plan_restart,
            "x_job.delete": self.plan_delete,
            "x_node.cordon": self.plan_cordon,
            "x_node.uncordon": self.plan_uncordon,
            "x_node.drain": self.plan_drain,
            "x_node.reboot": self.plan_reboot,
        }
        plan: Plan = await planners[action_id](name)
        return plan

    async def perform(self, plan: Plan, *, reason: str = "") -> Outcome:
        """Do what a plan says, once."""
        return await perform(self._session, plan, reason=reason)

    def perform_all(self, plans: Sequence[Plan], *, reason: str = "") -> AsyncIterator[Outcome]:
        """Do several plans in turn, an outcome each."""
        return perform_all(self._session, plans, reason=reason)

    def _confirm(self, accelerators: int) -> Confirm:
        many = accelerators >= self._session.settings.confirm_accelerators
        return Confirm.TYPE_NAME if many or self._session.profile.protected else Confirm.ASK

    async def _job(self, name: str) -> tuple[Job, PriceList | None]:
        provider = await writer_for(self._session, "jobs.write")
        job, prices = await asyncio.gather(provider.job(name), self._prices())
        return job, prices

    async def _node(self, name: str) -> tuple[NodeSummary, list[JobSummary]]:
        provider = await writer_for(self._session, "nodes.write")
        node: NodeSummary = await provider.node(name)
        reader = await self._session.provider_for("jobs.read")
        return node, list(await asyncio.gather(*(reader.job(job) for job in node.jobs)))

    async def _prices(self) -> PriceList | None:
        """The price list; `None` where there is none, for then a figure is not known."""
        known = self._session.store.snapshot("prices").items.get("prices")
        if known is not None:
            from api_client.models.prices import PriceList

            return PriceList.model_validate(known)
        try:
            provider = await self._session.provider_for("billing.read")
            prices: PriceList = await provider.prices()
        except CloudError:
            return None
        return prices

    async def _pools(self) -> Sequence[Any]:
        try:
            provider = await self._session.provider_for("nodes.read")
            pools: Sequence[Any] = await provider.pools()
        except CloudError:
            return ()
        return pools
