"""Fine-tuning: runs, curves and checkpoints."""

from __future__ import annotations

from screens.unavailable import UnavailableView


class TuningView(UnavailableView):
    """Says what is not there yet."""

    VIEW = "tuning"
    NEEDS = "finetuning"
