"""Somebody's interest in a feed, which lives as long as anybody has one."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self


class Watching:
    """Interest in a feed; release it, or use it as a context.

    Args:
        give_up: called once with the feed's key.
    """

    def __init__(self, key: str, give_up: Callable[[str], None]) -> None:
        self._give_up: Callable[[str], None] | None = give_up
        self.key = key

    def release(self) -> None:
        """Give the interest up; a second time does nothing."""
        give_up, self._give_up = self._give_up, None
        if give_up is not None:
            give_up(self.key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
