"""The `:` line: every action and place by its word."""

from __future__ import annotations

from screens.widgets.line_bar import LineBar


class CommandBar(LineBar):
    """Input of commands; see `LineBar` for its messages."""

    PREFIX = ":"
