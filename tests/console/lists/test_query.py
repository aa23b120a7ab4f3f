"""Views as strings: readable, exact both ways, and kept under names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.lists.arrangement import Arrangement, Folds, Sort, Width
from console.lists.kept import LeftLists, find_view, forget_view, named_views, save_view
from console.lists.query import NOUNS, QueryError, parse_query, query_text

COLUMNS = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True)
NAMES = st.text(st.characters(exclude_characters="\x00"), min_size=1, max_size=12)
ARRANGEMENTS = st.builds(
    Arrangement,
    noun=st.sampled_from(NOUNS),
    filter=st.one_of(st.sampled_from(["sort=x", "GROUP=a&b", "a=1 -b"]), st.text(max_size=40)).map(
        str.strip
    ),
    sort=st.one_of(st.just(Sort()), st.builds(Sort, COLUMNS, st.booleans())),
    group=st.one_of(st.just(""), COLUMNS),
    folds=st.builds(
        Folds, st.sampled_from([None, True, False]), st.frozensets(st.one_of(NAMES, st.just("")))
    ).map(lambda folds: Folds() if folds.closed is None else folds),
    arrays=st.booleans(),
    columns=st.lists(st.builds(Width, COLUMNS, st.one_of(st.none(), st.integers(1, 500)))).map(
        lambda widths: tuple({width.column: width for width in widths}.values())
    ),
)


@given(ARRANGEMENTS)
def test_what_is_written_reads_the_same(arrangement: Arrangement) -> None:
    text = query_text(arrangement)
    assert parse_query(text) == arrangement
    assert text.isprintable() and " " not in text


def test_it_is_what_a_person_would_write() -> None:
    text = "jobs?state=failed%20owner=me&sort=-age&group=owner&columns=name,state,age:8"
    arrangement = parse_query(text)
    assert arrangement == Arrangement(
        "jobs",
        "state=failed owner=me",
        Sort("age", True),
        "owner",
        columns=(Width("name"), Width("state"), Width("age", 8)),
    )
    assert query_text(arrangement) == text
    assert parse_query("jobs?state=failed owner=me&sort=-age").filter == "state=failed owner=me"
    assert parse_query("nodes?sort=name") == Arrangement("nodes", sort=Sort("name"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("cats?x", "noun"),
        ("jobs?a&b=c", "word"),
        ("jobs?sort=a%20b", "column"),
        ("jobs?columns=a:b", "width"),
        ("jobs?columns=a:9999999999999999", "width"),
        ("jobs?arrays=maybe", "arrays"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, key: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert caught.value.key == f"lists.error.{key}"


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parse_query("jobs?" + text)
    except QueryError:
        pass


def test_a_view_is_kept_found_and_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# mine\ntheme = 'x'\n")
    view = Arrangement("jobs", "state=failed", Sort("age", True))
    save_view("bad-ones", view, file)
    assert file.read_text().startswith("# mine") and list(named_views(file)) == ["bad-ones"]
    assert find_view("bad-ones", "jobs", named_views(file)) == view
    for name, noun in (("bad-one", "jobs"), ("bad-ones", "nodes"), ("?sort=a b", "jobs")):
        with pytest.raises(QueryError):
            find_view(name, noun, named_views(file))
    with pytest.raises(QueryError):
        save_view("a b", view, file)
    assert forget_view("bad-ones", file) and not forget_view("bad-ones", file)


def test_a_list_comes_back_as_it_was_left_but_for_its_filter(tmp_path: Path) -> None:
    file = tmp_path / "lists.json"
    assert LeftLists(file).get("jobs") == Arrangement("jobs")
    LeftLists(file).keep(Arrangement("jobs", "state=failed", Sort("age"), "owner"))
    assert LeftLists(file).get("jobs") == Arrangement("jobs", "", Sort("age"), "owner")
    file.write_text("{broken")
    assert LeftLists(file).get("jobs") == Arrangement("jobs")
