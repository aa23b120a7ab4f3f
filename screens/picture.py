"""The workspace as lines of text and colours, for the next start to open on.

The framework has no public way to the composed lines of a screen. This file alone reaches under
it, because a picture shown while the imports still run takes a third of the wait away; where the
framework changes, there is no picture and nothing else is lost.
"""

from __future__ import annotations

import logging

from textual.screen import Screen

from console import last_frame

_LOG = logging.getLogger(__name__)


def keep_picture(profile: str, screen: Screen[None]) -> None:
    """Keep what the screen shows now for the next start on this profile."""
    compositor = getattr(screen, "_compositor", None)
    if compositor is None or not hasattr(compositor, "render_strips"):
        return
    strips = compositor.render_strips(screen.size)
    lines = [strip.render(screen.app.console).replace("\n", "") for strip in strips]
    try:
        last_frame.keep(profile, (screen.size.width, screen.size.height), lines)
    except OSError as error:
        _LOG.warning("the last screen cannot be kept: %s", error)
