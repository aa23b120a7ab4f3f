"""A list made in slices is the list anybody would make in one go."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from console.lists.arrangement import Arrangement, Folds, Sort
from console.lists.keys import SortKey, sort_key
from console.lists.model import ListKind, ListModel
from console.present.context import PresentContext
from console.present.filters.ast import FilterError
from console.present.filters.fields import Field, field_set
from console.present.filters.values import Kind
from console.present.table import Cell, Row

CTX = PresentContext(now=datetime(2026, 11, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Thing:
    name: str
    made: float = 0.0
    size: float | None = None
    word: str = ""
    mixed: float | str | None = None


FIELDS = field_set(
    "things",
    (
        Field("name", Kind.TEXT, lambda each, ctx: each.name),
        Field("size", Kind.NUMBER, lambda each, ctx: each.size),
        Field("word", Kind.TEXT, lambda each, ctx: each.word),
        Field("mixed", Kind.TEXT, lambda each, ctx: each.mixed),
        Field("owner", Kind.TEXT, lambda each, ctx: each.word),
        Field("state", Kind.TEXT, lambda each, ctx: each.word),
        Field("accelerators", Kind.NUMBER, lambda each, ctx: each.size),
    ),
    lambda each, ctx: (each.name, each.word),
)


def thing_row(each: Thing, ctx: PresentContext) -> Row:
    return Row(each.name, {"name": Cell(each.name)})


def kind(natural: bool) -> ListKind[Thing]:
    return ListKind(thing_row, FIELDS, (lambda each: each.made) if natural else None, arrays=True)


def naive(items: dict[str, Thing], arrangement: Arrangement, natural: bool) -> list[str]:
    """What the list must hold, said as simply as can be."""
    found = [
        each
        for each in items.values()
        if not arrangement.filter or each.word.casefold() == arrangement.filter.split("=")[1]
    ]
    if natural:
        found.sort(key=lambda each: (each.made, each.name))
    column = arrangement.sort.column
    if not column:
        return [each.name for each in found]

    def key(each: Thing) -> SortKey:
        return sort_key(getattr(each, column))

    numbers = [each for each in found if isinstance(key(each), int | float)]
    words = [each for each in found if isinstance(key(each), str)]
    missing = [each for each in found if key(each) is None]
    for band in (numbers, words):
        band.sort(key=lambda each: key(each), reverse=arrangement.sort.descending)  # type: ignore[arg-type, return-value]
    bands = (words, numbers) if arrangement.sort.descending else (numbers, words)
    return [each.name for band in (*bands, missing) for each in band]


def shown(model: ListModel[Thing]) -> list[str]:
    return [model.key(at) for at in range(len(model))]


NAMES = st.sampled_from([f"thing-{number}" for number in range(40)])
WORDS = st.sampled_from(["", "b", "B", "c", "ä", "日本"])
THINGS = st.builds(
    Thing,
    NAMES,
    st.integers(0, 3).map(float),
    st.one_of(st.none(), st.just(float("nan")), st.integers(0, 4).map(float)),
    WORDS,
    st.one_of(st.none(), st.integers(0, 3).map(float), WORDS),
)
ARRANGEMENTS = st.builds(
    lambda filtered, column, descending: Arrangement(
        filter=filtered, sort=Sort(column, descending and bool(column))
    ),
    st.sampled_from(["", "word=b", "word=c"]),
    st.sampled_from(["", "name", "size", "word", "mixed"]),
    st.booleans(),
)


class Slices(RuleBasedStateMachine):
    """Loads, changes, sorts and filters in any order, with any pauses between."""

    natural = True

    def __init__(self) -> None:
        super().__init__()
        self.model = ListModel(kind(self.natural), CTX)
        self.items: dict[str, Thing] = {}
        self.model.load(self.items)
        self.settled = False

    @rule(things=st.lists(THINGS, max_size=30))
    def load(self, things: list[Thing]) -> None:
        self.items = {each.name: each for each in things}
        self.model.load(self.items)
        self.settled = False

    @rule(
        things=st.lists(THINGS, max_size=10), gone=st.sets(NAMES, max_size=5), known=st.booleans()
    )
    def change(self, things: list[Thing], gone: set[str], known: bool) -> None:
        for name in gone:
            self.items.pop(name, None)
        for each in things:
            self.items[each.name] = each
        changed = {*gone, *(each.name for each in things)}
        if not self.natural:
            # What came again within one change stands where the source has it; read all anew.
            self.model.load(self.items)
        else:
            self.model.apply(self.items, changed if known else None)
        self.settled = False

    @rule(arrangement=ARRANGEMENTS)
    def arrange(self, arrangement: Arrangement) -> None:
        self.model.arrange(arrangement, CTX)
        self.settled = False

    @rule(times=st.integers(1, 5))
    def step(self, times: int) -> None:
        for _ in range(times):
            self.settled = self.model.step(0.0)

    @rule()
    def finish(self) -> None:
        assert self.model.step(60.0)
        self.settled = True

    @precondition(lambda self: self.settled)
    @invariant()
    def is_what_anybody_would_make(self) -> None:
        assert shown(self.model) == naive(self.items, self.model.arrangement, self.natural)

    @invariant()
    def positions_are_where_the_keys_are(self) -> None:
        for at, key in enumerate(shown(self.model)):
            assert self.model.position(key) == at
        assert self.model.position("nobody") is None


class InTheirOwnOrder(Slices):
    natural = False


QUICK = settings(max_examples=40, stateful_step_count=12, deadline=None)
TestSlices = Slices.TestCase
TestSlices.settings = QUICK
TestInTheirOwnOrder = InTheirOwnOrder.TestCase
TestInTheirOwnOrder.settings = QUICK


def model_of(
    things: Sequence[Thing],
    arrangement: Arrangement = Arrangement(),  # noqa: B008
) -> ListModel[Thing]:
    model = ListModel(kind(natural=True), CTX)
    model.arrange(arrangement, CTX)
    model.load({each.name: each for each in things})
    assert model.step(60.0)
    return model


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_more_than_one_run_is_merged(seed: int, descending: bool) -> None:
    chance = random.Random(seed)
    sizes = (None, *range(4 if seed % 2 else 50_000))
    things = [Thing(f"t{at}", chance.randrange(9), chance.choice(sizes)) for at in range(9000)]
    arrangement = Arrangement(sort=Sort("size", descending))
    model = model_of(things, arrangement)
    assert shown(model) == naive({each.name: each for each in things}, arrangement, True)


def test_a_long_list_shows_its_first_page_before_it_is_through() -> None:
    model = ListModel(kind(natural=True), CTX)
    model.load({f"t{at}": Thing(f"t{at}", at) for at in range(20_000)})
    steps = 0
    while not len(model):
        assert not model.step(0.0)
        steps += 1
    assert len(model) == 1000 and steps < 10
    assert model.step(60.0) and len(model) == 20_000


def test_the_old_order_stays_until_the_new_one_is_ready() -> None:
    model = model_of([Thing(f"t{at:05}", at, -at) for at in range(5000)])
    model.arrange(Arrangement(sort=Sort("size")), CTX)
    assert not model.step(0.0)
    assert model.key(0) == "t00000" and model.position("t04999") == 4999
    assert model.step(60.0) and model.key(0) == "t04999"


def test_what_changes_nothing_of_the_order_moves_nothing() -> None:
    things = {f"t{at}": Thing(f"t{at}", at, at) for at in range(100)}
    model = ListModel(kind(natural=True), CTX)
    model.load(things)
    model.arrange(Arrangement(sort=Sort("size")), CTX)
    model.step(60.0)
    before = model.version
    things["t5"] = Thing("t5", 5, 5, "other")
    model.apply(things, {"t5"})
    assert model.step(60.0) and not model.moved
    assert model.version == before and model.item("t5") is things["t5"]


def test_what_moved_can_wait() -> None:
    things = {f"t{at}": Thing(f"t{at}", at, at) for at in range(10)}
    model = ListModel(kind(natural=True), CTX)
    model.load(things)
    model.arrange(Arrangement(sort=Sort("size")), CTX)
    model.step(60.0)
    things["t0"] = Thing("t0", 0, 99)
    model.apply(things, {"t0"})
    assert model.step(60.0, reorder=False) and model.moved and model.key(0) == "t0"
    assert model.step(60.0) and not model.moved and model.key(9) == "t0"


def test_a_bad_filter_changes_nothing() -> None:
    model = model_of([Thing("a"), Thing("b")])
    with pytest.raises(FilterError):
        model.arrange(Arrangement(filter="nofield=1"), CTX)
    assert model.arrangement.filter == "" and len(model) == 2


def test_rows_are_made_when_looked_at_and_once() -> None:
    made: list[str] = []

    def row(each: Thing, ctx: PresentContext) -> Row:
        made.append(each.name)
        return Row(each.name, {"name": Cell(each.word)})

    things = {f"t{at}": Thing(f"t{at}", at) for at in range(5000)}
    model = ListModel(ListKind(row, FIELDS, lambda each: each.made), CTX)
    model.load(things)
    model.step(60.0)
    assert made == []
    first = model.row(3)
    assert model.row(3) is first and made == ["t3"]
    things["t3"] = Thing("t3", 3, None, "new")
    model.apply(things, {"t3"})
    assert model.row(3).cells["name"].text == "new"


def test_the_row_of_what_has_just_gone_is_its_last_one() -> None:
    things = {"a": Thing("a"), "b": Thing("b")}
    model = ListModel(kind(natural=True), CTX)
    model.load(things)
    model.step(60.0)
    row = model.row(1)
    del things["b"]
    assert model.row(1) is row and model.item("b") is None
    assert Folds().folded("x", True)
