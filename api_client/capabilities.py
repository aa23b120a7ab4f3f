"""What an open profile can do and, where it cannot, the sentence that says why and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_client import services

CAPABILITIES: Mapping[str, type] = {
    "identity": services.Identifies,
    "jobs.read": services.ListsJobs,
    "jobs.write": services.ControlsJobs,
    "logs.read": services.ReadsLogs,
    "nodes.read": services.ListsNodes,
    "nodes.write": services.ControlsNodes,
    "events.stream": services.StreamsEvents,
    "telemetry.read": services.ReadsTelemetry,
    "billing.read": services.Bills,
    "alerts.read": services.ReadsAlerts,
    "finetuning": services.Tunes,
    "models.read": services.ServesModels,
}
"""Capability id -> the protocol that provides it."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a capability is there; when not, why and what would bring it."""

    available: bool
    reason: str = ""
    remedy: str = ""


def capabilities_of(provider: Any) -> dict[str, Availability]:
    """Ask a provider what it can do.

    A provider may set `MISSING: Mapping[str, tuple[str, str]]` (capability id -> reason, remedy)
    to explain what it lacks.
    """
    missing: Mapping[str, tuple[str, str]] = getattr(provider, "MISSING", {})
    found: dict[str, Availability] = {}
    for capability, protocol in CAPABILITIES.items():
        if isinstance(provider, protocol):
            found[capability] = Availability(True)
            continue
        reason, remedy = missing.get(
            capability, (f"{getattr(provider, 'NAME', 'this provider')} does not offer this", "")
        )
        found[capability] = Availability(False, reason, remedy)
    return found
