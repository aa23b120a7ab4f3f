"""The way back through the console."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screens.navigation import HISTORY_KEPT, Location, Navigator
from screens.places import DETAIL_PARENTS, PLACES, place_of


def test_back_and_forward_retrace_the_way() -> None:
    navigator = Navigator()
    navigator.go(Location("jobs"))
    navigator.go(Location("job", "demo"))
    assert navigator.back() and navigator.here == Location("jobs")
    assert navigator.forward() and navigator.here == Location("job", "demo")
    assert not navigator.forward()


def test_going_somewhere_new_forgets_what_was_ahead() -> None:
    navigator = Navigator()
    navigator.go(Location("jobs"))
    navigator.back()
    navigator.go(Location("compute"))
    assert not navigator.forward()
    assert navigator.back() and navigator.here.view == "overview"


def test_last_view_swaps() -> None:
    navigator = Navigator()
    assert not navigator.last_view()
    navigator.go(Location("jobs"))
    assert navigator.last_view() and navigator.here.view == "overview"
    assert navigator.last_view() and navigator.here.view == "jobs"


@given(st.lists(st.sampled_from("abcdef"), max_size=HISTORY_KEPT))
def test_back_undoes_every_step(views: list[str]) -> None:
    navigator = Navigator()
    for view in views:
        navigator.go(Location(view))
    while navigator.back():
        pass
    assert navigator.here == Location("overview")


def test_every_detail_view_belongs_to_a_place() -> None:
    places = {place.view for place in PLACES}
    assert set(DETAIL_PARENTS.values()) <= places
    assert all(place_of(view) in places for view in DETAIL_PARENTS)
    assert [place.number for place in PLACES] == list(range(1, 10))
