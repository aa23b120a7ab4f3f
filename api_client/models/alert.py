"""Alerts and silences."""

from __future__ import annotations

from api_client.models.base import UtcDatetime
from api_client.models.event import Severity
from api_client.models.slim import Slim


class Alert(Slim):
    """A rule that fires."""

    id: str
    name: str
    severity: Severity = Severity.UNKNOWN
    summary: str = ""
    labels: dict[str, str] = {}
    since: UtcDatetime | None = None
    silenced_until: UtcDatetime | None = None
