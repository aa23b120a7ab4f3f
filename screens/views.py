"""View name -> the class that draws it; a module is imported when its view is first opened."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from screens.base import View
from screens.desk import Desk

_VIEWS: dict[str, tuple[str, str]] = {
    "overview": ("screens.overview", "OverviewView"),
    "jobs": ("screens.jobs", "JobsView"),
    "job": ("screens.job", "JobView"),
    "logs": ("screens.logs", "LogsView"),
    "file": ("screens.log_file", "FileView"),
    "submit": ("screens.submit", "SubmitView"),
    "compute": ("screens.compute", "ComputeView"),
    "node": ("screens.node", "NodeView"),
    "incidents": ("screens.incidents", "IncidentsView"),
    "incident": ("screens.incident", "IncidentView"),
    "tuning": ("screens.tuning", "TuningView"),
    "billing": ("screens.billing", "BillingView"),
    "alerts": ("screens.alerts", "AlertsView"),
    "models": ("screens.models", "ModelsView"),
    "settings": ("screens.settings", "SettingsView"),
    "profiles": ("screens.profiles", "ProfilesView"),
    "inbox": ("screens.inbox", "InboxView"),
}


def view_names() -> tuple[str, ...]:
    """Every view there is."""
    return tuple(_VIEWS)


AHEAD = ("jobs", "compute", "incidents", "billing", "settings", "job", "node", "logs", "submit")
"""Views whose modules are worth having before somebody goes there; the rest brings little."""


def load_ahead(name: str) -> None:
    """Load the module of a view, perhaps in a thread, so that opening it waits for no import."""
    import_module(_VIEWS[name][0])


def make_view(name: str, desk: Desk) -> View:
    """A new view.

    Raises:
        KeyError: no view has that name.
    """
    module, attribute = _VIEWS[name]
    kind = getattr(import_module(module), attribute)
    return cast(View, kind(desk))
