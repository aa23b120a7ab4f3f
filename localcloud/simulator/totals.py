"""What a tenant adds up to, exactly."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from localcloud.simulator.contract import Summary
from localcloud.simulator.plan import Life
from localcloud.simulator.steps import accelerator_millis
from localcloud.simulator.world import World

_EXACT_HOUR = 1000 * 1000 * 3600


def totals(world: World) -> Summary:
    """Totals over every job played so far, also over those that are forgotten."""
    gone = world.retention
    states, words = Counter(gone.lost_states), Counter(gone.lost_words)
    held = gone.lost_millis
    for life in world.lives.values():
        states[life.state.value] += 1
        words[_word(life)] += 1
        held += accelerator_millis(life, world.now)
    return Summary(
        jobs=world.last_number,
        accelerator_hours=Fraction(held, _EXACT_HOUR),
        peak_accelerators=Fraction(world.ledger.peak, 1000),
        by_state=dict(sorted(states.items())),
        by_native=dict(sorted(words.items())),
    )


def _word(life: Life) -> str:
    """The source's word for the state a life has now; ours where it is on its way to another."""
    if life.state.ended:
        return life.word
    return life.native if life.native and life.state is life.final else life.state.value
