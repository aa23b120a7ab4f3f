"""Faults on command in a tenant that has failures of its own ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api_client.models.event import EventReason
from localcloud.simulator.cloud import SimulatedCloud
from localcloud.simulator.presets import preset_plan

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["xid", "node"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_struck_job_fails_at_once_whatever_was_planned_for_it(kind: str, seed: int) -> None:
    tenant = SimulatedCloud(preset_plan("lab", seed, START), paused=True)
    for at in range(3):
        moment = START + timedelta(hours=at)
        tenant.play_to(moment)
        struck = tenant.inject(kind)
        tenant.play_to(moment + timedelta(minutes=2))
        events = tenant.events(subject_id=struck.job, since=moment, limit=1000).items
        assert EventReason.FAILURE_DETECTED in {event.reason for event in events}
