"""The `/` line: narrows a list, searches a text."""

from __future__ import annotations

from screens.widgets.line_bar import LineBar


class FilterBar(LineBar):
    """Input of the filter language; see `LineBar` for its messages."""

    PREFIX = "/"
