"""Signs of states and of what happens, by name, one cell each; a state is sign, word and colour.

The one source: lists of the command line and the widgets of the screens both draw from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

UNICODE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ok": "✓",
        "queued": "◌",
        "starting": "◔",
        "running": "●",
        "recovering": "↻",
        "stopping": "◐",
        "stopped": "■",
        "succeeded": "✓",
        "failed": "✗",
        "lost": "↯",
        "unknown": "?",
        "healthy": "●",
        "degraded": "◑",
        "cordoned": "⊘",
        "draining": "◐",
        "drained": "○",
        "open": "·",
        "info": "·",
        "warning": "▲",
        "error": "✗",
        "checkpoint": "◆",
        "restart": "↻",
        "resumed": "▶",
        "incident": "✗",
        "stale": "◷",
    }
)

ASCII: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ok": "+",
        "queued": ".",
        "starting": ">",
        "running": "*",
        "recovering": "@",
        "stopping": "<",
        "stopped": "#",
        "succeeded": "+",
        "failed": "x",
        "lost": "!",
        "unknown": "?",
        "healthy": "*",
        "degraded": "%",
        "cordoned": "/",
        "draining": "<",
        "drained": "o",
        "open": ".",
        "info": ".",
        "warning": "!",
        "error": "x",
        "checkpoint": "C",
        "restart": "@",
        "resumed": ">",
        "incident": "x",
        "stale": "~",
    }
)


def glyph_text(name: str, *, ascii_only: bool = False) -> str:
    """The sign of a name; nothing where the name is empty or unknown."""
    return (ASCII if ascii_only else UNICODE).get(name, "")
