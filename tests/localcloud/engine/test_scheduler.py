from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localcloud.engine.scheduler import NodeSlots, Place, Waiting, place


def node(
    name: str, free: int, total: int = 8, *, is_open: bool = True, workers: int = 0
) -> NodeSlots:
    return NodeSlots(name, total, tuple(range(total - free, total)), is_open, workers)


def names(found: tuple[Place, ...] | Waiting) -> list[str]:
    assert not isinstance(found, Waiting), found
    return [where.node for where in found]


def reason(found: tuple[Place, ...] | Waiting) -> str:
    assert isinstance(found, Waiting)
    return found.reason


def test_workers_of_a_job_go_to_distinct_nodes() -> None:
    assert names(place(2, 2, [node("a", 8), node("b", 8)])) == ["a", "b"]


def test_workers_share_a_node_when_there_are_too_few() -> None:
    assert names(place(3, 2, [node("a", 8), node("b", 2)])) == ["b", "a", "a"]


def test_the_fullest_node_that_fits_is_taken() -> None:
    assert names(place(1, 2, [node("a", 8), node("b", 3), node("c", 1)])) == ["b"]


def test_slots_are_those_that_are_free() -> None:
    found = place(2, 2, [node("a", 5)])
    assert not isinstance(found, Waiting)
    assert [where.slots for where in found] == [(3, 4), (5, 6)]


def test_closed_nodes_take_nothing_and_are_named_in_the_reason() -> None:
    found = place(1, 4, [node("a", 8, is_open=False), node("b", 2)])
    assert reason(found) == "needs 4, 2 free; 8 more on nodes that are cordoned or not healthy"


def test_waiting_says_what_is_needed_and_free() -> None:
    assert reason(place(2, 8, [node("a", 5), node("b", 0)])) == "needs 16, 5 free"


def test_what_can_never_start_says_so() -> None:
    assert "the largest has 8; it can never start here" in reason(place(1, 16, [node("a", 8)]))
    assert "the pool has 8 in all" in reason(place(4, 4, [node("a", 8)]))


def test_free_slots_in_pieces_are_explained() -> None:
    found = place(2, 2, [node("a", 3), node("b", 1)])
    assert reason(found) == "needs 4, 4 free, but not 2 together on enough nodes (2 workers)"


def test_no_open_node() -> None:
    assert reason(place(1, 0, [node("a", 8, is_open=False)])).endswith(
        "no node is healthy and open"
    )


def test_workers_without_accelerators_are_spread() -> None:
    assert names(place(3, 0, [node("a", 0, workers=1), node("b", 0)])) == ["b", "a", "b"]


@given(
    st.integers(1, 12),
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=6),
)
def test_all_or_none_and_never_a_slot_twice(
    workers: int, per_worker: int, shapes: list[tuple[int, bool]]
) -> None:
    nodes = [node(f"n{i}", free, is_open=is_open) for i, (free, is_open) in enumerate(shapes)]
    found = place(workers, per_worker, nodes)
    room = sum(len(n.free) // per_worker for n in nodes if n.open) if per_worker else 0
    if isinstance(found, Waiting):
        assert room < workers
        return
    assert len(found) == workers
    taken = [(where.node, slot) for where in found for slot in where.slots]
    assert len(taken) == len(set(taken)) == workers * per_worker
    free = {(n.name, slot) for n in nodes if n.open for slot in n.free}
    assert set(taken) <= free
    if per_worker:
        fitting = sum(len(n.free) >= per_worker for n in nodes if n.open)
        assert len({where.node for where in found}) == min(workers, fitting)
