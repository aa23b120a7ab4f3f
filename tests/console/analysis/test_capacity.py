"""Sums over nodes: what is free is what a new job could take now."""

from __future__ import annotations

from api_client.models.compute import NodeHealth, Scheduling
from console.analysis.capacity import Fleet, fleet, free_slots
from tests.console.fakes import make_node


def test_only_healthy_open_nodes_have_free_slots() -> None:
    nodes = [
        make_node("a", allocated=5),
        make_node("b", health=NodeHealth.FAILED),
        make_node("c", scheduling=Scheduling.CORDONED, allocated=1),
        make_node("d", allocated=9),
    ]
    assert [free_slots(node) for node in nodes] == [3, 0, 0, 0]
    sums = fleet(nodes)
    assert (sums.free, sums.largest_free) == (3, 3)
    assert (sums.nodes, sums.healthy, sums.failed, sums.closed) == (4, 3, 1, 1)
    assert (sums.accelerators, sums.allocated) == (32, 15)


def test_utilisation_is_weighted_by_slots_and_unknown_where_nothing_is_measured() -> None:
    assert fleet([make_node("a")]).utilisation is None
    nodes = [
        make_node("a", accelerators=6, utilisation=0.5),
        make_node("b", accelerators=2, utilisation=0.1),
        make_node("c", accelerators=8),
    ]
    assert fleet(nodes).utilisation == 0.4
    assert fleet([]) == Fleet()
