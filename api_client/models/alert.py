"""Alerts and silences."""

from __future__ import annotations

from api_client.models.base import Frozen, UtcDatetime
from api_client.models.event import Severity


class Alert(Frozen):
    """A rule that fires."""

    id: str
    name: str
    severity: Severity = Severity.UNKNOWN
    summary: str = ""
    labels: dict[str, str] = {}
    since: UtcDatetime | None = None
    silenced_until: UtcDatetime | None = None
