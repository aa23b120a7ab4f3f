from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from api_client.models.identity import Principal, Simulation, Tenant
from console.state.snapshot import Snapshot
from console.state.store import Store
from console.state.tenant_clock import TenantClock
from tests.console.fakes import T0


class Machine:
    """A machine whose wall clock and monotonic clock are moved by hand."""

    def __init__(self) -> None:
        self.wall = T0
        self.seconds = 100.0
        self.store = Store()
        self.clock = TenantClock(self.store, wall=lambda: self.wall, monotonic=lambda: self.seconds)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)

    def hear(
        self, server_time: datetime, simulation: Simulation | None = None, **more: bool
    ) -> None:
        me = Principal(name="kim")
        tenant = Tenant(
            id="t",
            name="t",
            principal=me,
            currency="CNY",
            server_time=server_time,
            simulation=simulation,
        )
        self.store.put("tenant", Snapshot(items={"t": tenant}, fetched_at=self.wall, **more))


def simulated(speed: float, *, paused: bool = False) -> Simulation:
    return Simulation(scenario="lab", seed=1, speed=speed, paused=paused)


def test_until_the_tenant_has_spoken_it_is_this_machines_clock() -> None:
    machine = Machine()
    machine.wait(3)
    assert machine.clock.now() == T0 + timedelta(seconds=3)
    machine.hear(machine.wall + timedelta(seconds=1))
    assert machine.clock.now() == machine.wall, "as far apart as an answer may take"


def test_a_machine_whose_clock_is_wrong_shows_the_tenants_time() -> None:
    machine = Machine()
    machine.hear(T0 + timedelta(hours=1))
    machine.wait(10)
    assert machine.clock.now() == T0 + timedelta(hours=1, seconds=10)
    machine.wall -= timedelta(days=1)
    assert machine.clock.now() == T0 + timedelta(hours=1, seconds=10), "its jump moves nothing"


def test_a_simulation_runs_at_its_speed_and_stands_while_paused() -> None:
    machine = Machine()
    start = T0 - timedelta(days=300)
    machine.hear(start, simulated(60.0))
    machine.wait(10)
    assert machine.clock.now() == start + timedelta(minutes=10)
    machine.hear(start + timedelta(minutes=11), simulated(60.0, paused=True))
    machine.wait(100)
    assert machine.clock.now() == start + timedelta(minutes=11)
    machine.hear(start, simulated(60.0))
    assert machine.clock.now() == start, "it was set back"


def test_an_answer_that_took_longer_does_not_set_the_time_back() -> None:
    machine = Machine()
    machine.hear(T0, simulated(60.0))
    machine.wait(10)
    before = machine.clock.now()
    machine.hear(before - timedelta(seconds=30), simulated(60.0))
    assert machine.clock.now() == before
    machine.wait(1)
    assert machine.clock.now() == before + timedelta(seconds=30)


def test_a_simulation_known_from_disk_alone_stands_still() -> None:
    machine = Machine()
    machine.hear(T0 - timedelta(days=300), simulated(60.0), from_disk=True)
    machine.wait(60)
    assert machine.clock.now() == T0 - timedelta(days=300)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=-9000)])
def test_a_machine_whose_clock_was_right_and_is_set_otherwise(jump: timedelta) -> None:
    machine = Machine()
    machine.hear(T0)
    assert machine.clock.now() == T0
    machine.wall += jump
    machine.wait(5)
    assert machine.clock.now() == T0 + timedelta(seconds=5), "ages do not jump with it"
    machine.hear(T0 + timedelta(seconds=6))
    assert machine.clock.now() == T0 + timedelta(seconds=6)


def test_a_tenant_whose_clock_is_set_otherwise_is_followed() -> None:
    machine = Machine()
    machine.hear(T0)
    machine.wait(10)
    for hours in (1, -1, 0):
        machine.hear(machine.wall + timedelta(hours=hours))
        assert machine.clock.now() == machine.wall + timedelta(hours=hours)
        machine.wait(10)
        assert machine.clock.now() == machine.wall + timedelta(hours=hours)


def test_a_machine_that_slept_knows_how_long() -> None:
    machine = Machine()
    machine.hear(T0 - timedelta(days=300), simulated(60.0))
    assert machine.clock.now() == T0 - timedelta(days=300)
    machine.wait(8 * 3600)
    assert machine.clock.now() == T0 - timedelta(days=300) + timedelta(hours=480)
