"""A screen that waits for a slow terminal instead of queueing frames nobody will see.

The framework hands every frame to a thread that writes it, up to thirty ahead: at 9,600 baud a
full frame takes ten seconds, so a person would watch minutes of the past. Here a frame is only
composed when the last one is out; what changed in between is in it. This file alone relies on
the name of the framework's method; where it is gone nothing is held back.
"""

from __future__ import annotations

from typing import Any

from screens.widgets.terminal_seam import waiting_frames
from screens.widgets.whole_layout import WholeScreen


class PatientScreen(WholeScreen[None]):
    """Composes no frame while the terminal has not taken the last one."""

    def _on_timer_update(self) -> None:
        if waiting_frames(self.app):
            timer: Any = self._update_timer
            timer.resume()
            return
        super()._on_timer_update()
