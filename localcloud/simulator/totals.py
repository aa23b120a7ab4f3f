"""What a tenant is, and what it adds up to, exactly."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from api_client.models.identity import Principal, Simulation, Tenant
from localcloud.simulator.clock import SimulationClock
from localcloud.simulator.contract import Summary
from localcloud.simulator.moments import from_moment
from localcloud.simulator.plan import Life
from localcloud.simulator.steps import accelerator_millis
from localcloud.simulator.world import World

_USER = "you"
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
        jobs=sum(states.values()),
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


def tenant_card(world: World, clock: SimulationClock, tenant_id: str) -> Tenant:
    """Who we are; says that nothing here is real."""
    plan = world.plan
    return Tenant(
        id=tenant_id,
        name=plan.name,
        principal=Principal(name=_USER, roles=("admin",)),
        currency=plan.currency,
        simulation=Simulation(
            scenario=plan.scenario, seed=plan.seed, speed=clock.speed, paused=clock.paused
        ),
        version="simulated",
        server_time=from_moment(world.now),
        resource_version=world.journal.version,
        notices=("This is a simulation: no job, node or charge here is real.",),
    )
