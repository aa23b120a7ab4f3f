"""Incidents as a feed: failures read out of the events, priced with the price list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.analysis.recovery import incidents
from console.state.derived import Derivation
from console.state.snapshot import Snapshot


def _compute(inputs: Mapping[str, Snapshot[Any]]) -> Mapping[str, Any]:
    events = inputs["events"]
    found = incidents(
        events.items.values(),
        prices=inputs["prices"].items.get("prices"),
        jobs=inputs["jobs"].items,
        now=events.fetched_at,
    )
    return {incident.id: incident for incident in found}


INCIDENTS = Derivation(("events", "prices", "jobs"), _compute, triggers=("events", "prices"))
"""Jobs give sizes only: their progress, many times a second, is no reason to compute again."""
