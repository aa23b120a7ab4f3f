"""The whole story over the typed client: train, lose a node, recover, finish, pay."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

from api_client.models.event import EventReason, IncidentOutcome
from api_client.models.job import JobState, WorkerState
from console.analysis.recovery import incidents
from tests.cloud import EmbeddedCloud
from tests.e2e import story

PHASES = (
    EventReason.FAILURE_DETECTED,
    EventReason.GANG_ISOLATED,
    EventReason.GANG_RESCHEDULED,
    EventReason.CHECKPOINT_RESTORED,
    EventReason.TRAINING_RESUMED,
    EventReason.JOB_SUCCEEDED,
)


LIFE = [
    JobState.RUNNING,
    JobState.RECOVERING,
    JobState.RUNNING,
    JobState.SUCCEEDED,
]


async def test_a_lost_node_costs_steps_but_not_the_run(embedded_cloud: EmbeddedCloud) -> None:
    async with story.client_of(embedded_cloud) as client:
        created = await client.create_job(story.example_spec("charlm"))
        life = asyncio.create_task(
            story.job_states(client, "charlm", since=created.resource_version)
        )
        before = await story.until(
            lambda: client.job("charlm"),
            lambda job: (job.progress.checkpoint_step or 0) >= 20 or job.state.ended,
            "the first checkpoint",
        )
        assert before.state is JobState.RUNNING, before.reason
        assert len(set(before.nodes)) == 2, "each worker has a node of its own"

        lost = await story.kill_agent_of_rank(client, "charlm", rank=1)
        states = await asyncio.wait_for(life, 180)
        waiting = (JobState.QUEUED, JobState.STARTING)
        assert [state for state in states if state not in waiting] == LIFE
        await story.assert_node_failed(client, lost)

        done = await client.job("charlm")
        assert done.attempt == 1
        assert done.backoff_used == 0, "a lost node is not the job's fault"
        assert done.progress.step == done.progress.total_steps == 300
        workers = await client.workers("charlm", all_attempts=True)
        (gone,) = [w for w in workers if w.attempt == 0 and w.node == lost]
        assert gone.state is WorkerState.LOST
        nodes = {w.node for w in workers if w.attempt == 1}
        assert len(nodes) == 2 and lost not in nodes

        log = await story.whole_log(client, "charlm", 0, attempt=1)
        resumed = re.search(r"^resumed from step-(\d+)\.npz$", log, re.MULTILINE)
        assert resumed is not None, log
        first = re.search(r"^step (\d+)/300 loss ", log, re.MULTILINE)
        assert first is not None
        assert int(resumed[1]) < int(first[1]) <= int(resumed[1]) + 5

        events = await story.events_of(client, "charlm")
        found = story.reasons_in_order(events, PHASES)
        assert [e.time for e in found] == sorted(e.time for e in found)
        prices = await client.prices()
        (incident,) = incidents(events, prices=prices, jobs={"charlm": done})
        assert incident.outcome is IncidentOutcome.RECOVERED
        assert incident.nodes == (lost,)
        assert incident.checkpoint_step == int(resumed[1])
        assert incident.lost_steps is not None and incident.lost_steps >= 0
        assert incident.lost_money is not None and incident.lost_money.amount > 0
        assert incident.time_to_detect is not None
        assert incident.time_to_detect < timedelta(seconds=10)

        billed = await story.assert_bill_is_what_was_held(client, "charlm")
        assert billed > 0
