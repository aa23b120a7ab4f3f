"""Models and endpoints of the tenant."""

from __future__ import annotations

from screens.unavailable import UnavailableView


class ModelsView(UnavailableView):
    """Says what is not there yet."""

    VIEW = "models"
    NEEDS = "models.read"
