"""Keeps the figures of what runs fresh for those who watch, at a bounded cost in real time.

Whatever the speed of the clock, only so many objects are published each real second; a large
tenant is gone through in turns.
"""

from __future__ import annotations

from localcloud.simulator.world import World

_PER_SECOND = 200
_MOST_SECONDS = 1.0


class Refresh:
    """Publishes jobs and nodes in turns."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last: float | None = None
        self._moment = -1
        self._jobs: list[int] = []
        self._node = 0

    def publish(self, real: float) -> None:
        """Publish what is due since the last call.

        Args:
            real: seconds of the machine's clock.
        """
        if self._last is None:
            self._last = real
        share = min(_MOST_SECONDS, real - self._last)
        count = int(share * _PER_SECOND)
        if not count or self._world.now == self._moment:
            return
        self._last, self._moment = real, self._world.now
        self._publish_jobs(min(count, len(self._world.active)))
        self._publish_nodes(min(count, len(self._world.fleet.nodes)))

    def _publish_jobs(self, count: int) -> None:
        world = self._world
        for _ in range(count):
            if not self._jobs:
                self._jobs = list(reversed(world.active))
            if not self._jobs:
                return
            life = world.active.get(self._jobs.pop())
            if life is not None:
                world.journal.job(life)

    def _publish_nodes(self, count: int) -> None:
        nodes = self._world.fleet.nodes
        for _ in range(count):
            self._node = (self._node + 1) % len(nodes)
            node = nodes[self._node]
            # An idle node reads the same as before.
            if node.holders:
                self._world.journal.node(node)
