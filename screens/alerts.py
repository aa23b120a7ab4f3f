"""Alerts: what fires and who is on it."""

from __future__ import annotations

from screens.unavailable import UnavailableView


class AlertsView(UnavailableView):
    """Says what is not there yet."""

    VIEW = "alerts"
    NEEDS = "alerts.read"
