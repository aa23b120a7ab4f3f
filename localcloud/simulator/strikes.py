"""What a fault does to nodes: it takes them out, stops what runs there, and repairs bring back."""

from __future__ import annotations

from typing import Protocol

from api_client.models.compute import Fault, NodeHealth, Scheduling
from api_client.models.event import EventReason, Severity
from localcloud.simulator.failures import CAUSES, Cause, repair_time
from localcloud.simulator.fleet import SimFleet, SimNode
from localcloud.simulator.journal import Journal
from localcloud.simulator.moments import from_moment
from localcloud.simulator.plan import Attempt, Life

DETECTOR = "fault detector"


class Player(Protocol):
    """What plays the lives a fault strikes."""

    seed: int
    now: int
    fleet: SimFleet
    journal: Journal
    lives: dict[int, Life]

    def break_now(self, life: Life, cause: int, place: int = -1) -> None: ...

    def push_mend(self, moment: int, ticket: int) -> None: ...

    def place(self, pool: int) -> None: ...


class Strikes:
    """Health of nodes, as faults and repairs make it."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._repair_seconds: dict[int, int] = {}

    def repair_after(self, life: Life, milliseconds: int) -> None:
        """How long the repair of the next fault of a life takes, instead of a drawn time."""
        self._repair_seconds[life.number] = milliseconds

    def broken_node(self, life: Life, attempt: Attempt) -> SimNode | None:
        """The node an attempt broke on."""
        if not 0 <= attempt.broken < len(attempt.places):
            return None
        fleet = self._player.fleet
        return fleet.nodes[attempt.places[attempt.broken] >> fleet.shift]

    def broken_rank(self, life: Life, attempt: Attempt) -> int:
        """The rank whose slots broke."""
        fleet = self._player.fleet
        before = attempt.places[: max(0, attempt.broken)]
        slots = sum(fleet.split(place)[1].bit_count() for place in before)
        return slots // max(1, life.per_worker)

    def cause_text(self, life: Life, attempt: Attempt) -> str:
        """The cause of a failure in one sentence without a full stop."""
        node = self.broken_node(life, attempt)
        device = self._device(attempt)
        return CAUSES[attempt.cause].text.format(
            node=node.name if node else "its node",
            device=f"{node.name}/{device}" if node else "",
            rank=self.broken_rank(life, attempt),
        )

    def _device(self, attempt: Attempt) -> int:
        if not 0 <= attempt.broken < len(attempt.places):
            return 0
        mask = self._player.fleet.split(attempt.places[attempt.broken])[1]
        return (mask & -mask).bit_length() - 1

    def strike_place(self, life: Life, attempt: Attempt) -> None:
        """The node under a failed attempt shows its fault."""
        node = self.broken_node(life, attempt)
        player, cause = self._player, CAUSES[attempt.cause]
        if node is None or (node.repair and node.cause == cause.word):
            # Its loss is what stopped this job: the node shows that already.
            return
        after = self._repair_seconds.pop(life.number, None)
        if after is None:
            after = repair_time(cause, player.seed, life.number, attempt.number, 5)
        self.strike(node, cause, self._device(attempt), attempt.halt, after, life.number)

    def strike(
        self, node: SimNode, cause: Cause, device: int, happened: int, after: int, victim: int = 0
    ) -> None:
        """A node breaks; `victim` is the life that failed of it already."""
        player = self._player
        player.fleet.close(node)
        node.health, node.condition, node.cause = cause.health, cause.condition, cause.word
        text = cause.text.format(node=node.name, device=f"{node.name}/{device}", rank=0)
        node.faults = (*node.faults, _fault(cause, node, device, text, happened, player.now))
        if node.scheduling is Scheduling.OPEN:
            node.scheduling, node.isolated = Scheduling.CORDONED, True
            node.reason, node.reason_by = text, DETECTOR
        node.since = player.now
        node.repair = max(node.repair, player.now + after)
        player.push_mend(node.repair, node.index)
        self._say(node, cause, text)
        player.journal.node(node)
        if cause.health is NodeHealth.FAILED:
            self._lose(node, cause, victim)

    def _say(self, node: SimNode, cause: Cause, text: str) -> None:
        failed = cause.health is NodeHealth.FAILED
        self._player.journal.extra(
            self._player.now,
            ("node", node.name),
            EventReason.NODE_FAILED if failed else EventReason.NODE_CORDONED,
            f"{node.name} {'failed' if failed else 'is cordoned'}: {text}.",
            Severity.ERROR if failed else Severity.WARNING,
            code=cause.code,
        )

    def _lose(self, node: SimNode, cause: Cause, victim: int) -> None:
        """Everything else on a lost node breaks with it."""
        player = self._player
        number = next(i for i, each in enumerate(CAUSES) if each is cause)
        for holder in list(node.holders):
            life = player.lives[holder]
            attempt = life.attempts[-1]
            # A failure that is planned for later has not happened yet.
            broken = attempt.cause >= 0 and attempt.halt <= player.now
            if holder != victim and attempt.end > player.now and not broken:
                player.break_now(life, number, self.place_on(attempt, node))

    def place_on(self, attempt: Attempt, node: SimNode) -> int:
        """Which place of an attempt lies on a node."""
        shift = self._player.fleet.shift
        return next(i for i, place in enumerate(attempt.places) if place >> shift == node.index)

    def mend(self, index: int) -> None:
        """A repair is over, unless a later fault made it longer."""
        player = self._player
        node = player.fleet.nodes[index]
        if not node.repair or player.now < node.repair:
            return
        player.fleet.close(node)
        node.repair, node.faults, node.condition, node.cause = 0, (), "", ""
        node.health, node.since = NodeHealth.HEALTHY, player.now
        if node.isolated:
            node.scheduling, node.isolated = Scheduling.OPEN, False
            node.reason = node.reason_by = ""
        player.fleet.list_again(node)
        player.journal.extra(
            player.now, ("node", node.name), EventReason.NODE_READY, f"{node.name} is repaired."
        )
        player.journal.node(node)
        player.place(node.pool)

    def emptied(self, attempt: Attempt) -> None:
        """Nodes being drained that hold nothing any more are drained."""
        player = self._player
        for place in attempt.places:
            node = player.fleet.nodes[place >> player.fleet.shift]
            if node.scheduling is Scheduling.DRAINING and not node.holders:
                node.scheduling, node.since = Scheduling.DRAINED, player.now
                player.journal.extra(
                    player.now,
                    ("node", node.name),
                    EventReason.NODE_DRAINED,
                    f"{node.name} is empty.",
                )
                player.journal.node(node)


def _fault(cause: Cause, node: SimNode, device: int, text: str, happened: int, now: int) -> Fault:
    on_device = cause.condition in ("AcceleratorsHealthy", "TemperatureOk")
    return Fault(
        code=cause.code,
        vendor="simulated",
        severity=cause.severity,
        device=f"{node.name}/{device}" if on_device else node.name,
        message=text,
        first_seen=from_moment(happened),
        last_seen=from_moment(now),
        recommended_action=cause.advice,
    )
