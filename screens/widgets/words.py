"""A line of words that changes often without the screen being laid out again."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from screens.widgets.cells import width_of


class Words(Static):
    """Text that asks for a new layout only where it may take other lines than before.

    A layout walks and paints the whole screen: thirty times what a changed line costs.
    """

    _said: Text | str = ""

    def say(self, words: Text | str) -> None:
        """Show these words; nothing is painted where they are the same."""
        if words == self._said:
            return
        before, self._said = self._said, words
        self.update(words, layout=self._wraps(before) or self._wraps(words))

    def _wraps(self, words: Text | str) -> bool:
        """Whether words may take another number of lines than one."""
        text = str(words)
        # The size as last laid out: asking for more would arrange the screen at once.
        width = self.outer_size.width - self.gutter.width
        return not text or "\n" in text or width_of(text) > width
