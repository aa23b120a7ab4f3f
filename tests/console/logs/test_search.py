"""Searching a log: the hits of `re`, line by line, whatever the blocks, and nobody waits."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.logs import scan
from console.logs.finding import Finder, LineFinder
from console.logs.query import BadQuery, Query
from console.logs.search import Search, SearchProgress
from tests.console.logs.held import HeldSource, ThreadedSource

FOREVER = Query("(a+)+$", regex=True)
HOSTILE = b"a" * 5000 + b"b"


def wanted(data: bytes, query: Query) -> tuple[list[int], int]:
    """The starts of the hits, and in how many lines they are."""
    expression = re.compile(query.expression, query.flags)
    starts: list[int] = []
    at = lines = 0
    for line in data.split(b"\n")[: -1 if data.endswith(b"\n") or not data else None]:
        text = line.decode("utf-8", "surrogateescape")
        found = [
            at + len(text[: each.start()].encode("utf-8", "surrogateescape"))
            for each in expression.finditer(text)
        ]
        lines += bool(found)
        starts += found
        at += len(line) + 1
    return starts, lines


async def search(finder: Search) -> tuple[list[int], SearchProgress]:
    found: list[int] = []
    last = SearchProgress(0, 0)
    async for last in finder.run():
        assert last.searched <= last.size
        found += last.found
    assert last.count == finder.hits.count
    return found, last


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every edge a block can have comes up in little data."""
    monkeypatch.setattr(scan, "BLOCK", 16)
    monkeypatch.setattr(scan.LiteralScan, "want", 16)
    monkeypatch.setattr(scan, "LONGEST", 1 << 12)
    monkeypatch.setattr("console.logs.near_hits.BLOCK", 16)
    monkeypatch.setattr("console.logs.near_hits._BACK", 64)


QUERIES = [
    Query("ab"),
    Query("aba"),
    Query("AB", ignore_case=True),
    Query("训", ignore_case=True),
    Query("É", ignore_case=True),
    Query("a.b"),
    Query("a.b", regex=True),
    Query("ab", regex=True),
    Query("a+b?", regex=True),
    Query("[^a]b", regex=True),
    Query(r"\s", regex=True),
    Query("^b|a$", regex=True),
    Query("^$", regex=True),
    Query("(?i)AB", regex=True),
    Query("训+", regex=True),
    Query("(?!b)a", regex=True),
    Query("(?s:a.)b", regex=True),
    Query(r"\Aa|b\Z", regex=True),
    Query("(ab|ba)a", regex=True),
    Query("(?:ab|x+).*b", regex=True),
    Query("[ab]{2}x+[xA]", regex=True),
    Query("[Aa] [bB]", regex=True, ignore_case=True),
    Query(r"\xe9", regex=True),
    Query(r"\w\sx", regex=True),
    Query(r"[ab]\w", regex=True),
    Query("(?:ab){2}", regex=True),
]
PIECES = st.lists(
    st.sampled_from(
        [b"a", b"b", b"ab", b"AB", b" ", b"\n", b"\n", b"x" * 20, "训é".encode(), b"\xff"]
    ),
    max_size=40,
).map(b"".join)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("query", QUERIES, ids=repr)
async def test_hits_are_those_of_each_line(query: Query) -> None:
    @settings(max_examples=12, deadline=None)
    @given(data=PIECES)
    def cases(data: bytes) -> None:
        collected.append(data)

    collected: list[bytes] = []
    cases()
    for number, data in enumerate(collected):
        source = HeldSource(data) if number % 2 else ThreadedSource(data)
        found, last = await search(Search(source, query))
        assert (found, last.lines) == wanted(data, query)
        assert last.finished and last.searched == len(data)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("query", QUERIES, ids=repr)
async def test_neighbours_are_found_without_the_rest(query: Query) -> None:
    data = "ab aba\nxxba AB\n\n训练abab b\n é a\nbbbbbbbbbbbbbbbbbbbbbbb\n\na b".encode()
    starts, _ = wanted(data, query)
    finder = Search(ThreadedSource(data), query)
    try:
        for at in range(0, len(data) + 1, 3):
            later = [start for start in starts if start >= at]
            earlier = [start for start in starts if start < at]
            after, before = await finder.after(at), await finder.before(at)
            if query.text == "aba" and not query.regex:
                continue
            assert (after and after[0]) == (later[0] if later else None), at
            assert (before and before[0]) == (earlier[-1] if earlier else None), at
    finally:
        await finder.stop()


async def test_a_near_hit_is_found_in_a_part_of_the_log() -> None:
    source = ThreadedSource(b"x" * 99 + b"\n" + b"needle\n" + b"y\n" * 4_000_000)
    finder = Search(source, Query("needle"))
    assert await finder.after(0) == (100, 106)
    assert source.bytes_read < 4_100_000


async def test_spans_of_what_is_on_the_screen() -> None:
    data = b"one Two\ntwo three\n"
    for query in (Query("two", ignore_case=True), Query("t[w]o", regex=True, ignore_case=True)):
        finder = Search(HeldSource(b""), query)
        assert list(await finder.spans(data)) == [(4, 7), (8, 11)]
        await finder.stop()


async def test_long_lines_are_searched_in_pieces_that_share_their_edges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scan, "LONGEST", 1 << 20)
    for place in (0, 900_000, (1 << 20) - 3, (1 << 20) - 60_000, 2_500_000):
        data = bytearray(b"x" * 3_000_000)
        data[place : place + 6] = b"needle"
        for query in (Query("needle"), Query("nee+dle", regex=True), Query("[n]eedle", regex=True)):
            found, last = await search(Search(ThreadedSource(bytes(data)), query))
            assert found == [place] and last.lines == 1


async def test_what_the_log_grows_by_is_searched_when_it_is_run_again() -> None:
    for query in (Query("needle"), Query("ne[e]dle", regex=True)):
        source = ThreadedSource(b"a needle\nand a nee")
        finder = Search(source, query)
        assert (await search_on(finder)).count == 1
        source.data += b"dle, a needle\nno"
        last = await search_on(finder)
        assert (last.count, last.lines, last.searched) == (3, 2, len(source.data))
        assert list(finder.hits.kept) == [2, 15, 25]


async def search_on(finder: Search) -> SearchProgress:
    _, last = await search(finder)
    return last


async def test_an_expression_without_end_is_stopped_and_the_rest_is_found() -> None:
    data = b"aaa\n" + HOSTILE + b"\nmore aaa\n"
    found, last = await search(Search(ThreadedSource(data), FOREVER))
    assert found == [0, len(data) - 4]
    assert last.slow_lines == 1 and last.slow_bytes == len(HOSTILE) and not last.gave_up


async def test_a_log_full_of_such_lines_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.logs.search._LINES_SLOW", 3)
    monkeypatch.setattr(scan, "BLOCK", 6000)
    monkeypatch.setattr(scan.LineScan, "want", 6000, raising=False)
    _, last = await search(Search(HeldSource(b"\n".join([HOSTILE] * 50)), FOREVER))
    assert last.gave_up and 3 <= last.slow_lines < 10 and not last.finished


async def test_an_expression_nobody_can_interrupt_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("console.logs.regex_process.PATIENCE", 0.2)
    # Tried from each byte to the end of the line, by a loop that never looks up.
    data = b"x" * 1_000_000 + b"\n"
    _, last = await search(Search(HeldSource(data), Query("[^y]*[yz]", regex=True)))
    assert last.slow_bytes == 1_000_000 and last.count == 0


async def test_it_is_stopped_at_once() -> None:
    data = b"\n".join([HOSTILE] * 200)
    finder = Search(HeldSource(data), FOREVER)
    task = asyncio.create_task(search_on(finder))
    await asyncio.sleep(0.3)
    assert not task.done()
    before = time.monotonic()
    await finder.stop()
    await task
    assert time.monotonic() - before < 1

    again = Search(HeldSource(data), FOREVER)
    task = asyncio.create_task(search_on(again))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_leaving_the_search_ends_its_process() -> None:
    finder = Search(ThreadedSource(b"abc\n" * 500_000), Query("a[b]c", regex=True))
    async with aclosing(finder.run()) as progress:
        async for each in progress:
            assert each.count
            break
    assert not finder.is_running


@pytest.mark.parametrize("text", ["(", "[a", "a**", "(?P<n>a)(?P<n>b)", ""])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(BadQuery) as refused:
        Query(text, regex=True)
    assert refused.value.reason


def test_words_every_hit_has() -> None:
    def words(text: str, ignore_case: bool = False) -> list[set[bytes]]:
        return [set(each) for each in Query(text, regex=True, ignore_case=ignore_case).words]

    assert words(r"loss=\d+ nan") == [{b"loss="}, {b" nan"}]
    assert words(r"(?:abc)+de?f") == [{b"abc"}, {b"d"}, {b"f"}]
    assert words("abc|abd") == [{b"ab"}]
    assert words("x(abc|uvw)") == [{b"x"}, {b"abc", b"uvw"}]
    assert words("abc|x*") == []
    assert words("(?i)ABC.") == [{b"abc"}]
    assert words("Abc.", ignore_case=True) == [{b"abc"}]
    assert words("训练.") == [{"训练".encode()}]
    assert words("(abc)?d") == [{b"d"}]
    assert words("(?:abc){0,3}") == []


def test_rows_of_classes_every_hit_has() -> None:
    def shown(text: str, ignore_case: bool = False) -> list[bytes]:
        query = Query(text, regex=True, ignore_case=ignore_case)
        return [bytes(sorted(each)) for each in query.classes]

    assert shown("[ab]c[0-2]{2}") == [b"ab", b"c", b"012", b"012"]
    assert shown("x[ab]+cd[e]") == [b"ab", b"c", b"d", b"e"]
    assert shown("(?:[ab]c)?d.e") in ([b"d"], [b"e"])
    assert shown(r"(a[bc])\d") == [b"a", b"bc"]
    assert shown(r"\d{2}:") == [b"0123456789", b"0123456789", b":"]
    assert shown("[A-B]c", ignore_case=True) == [b"ab", b"c"]
    assert shown("[^a]训") == shown("[\n]x*") == []


@given(PIECES, st.sampled_from(["[ab][xA]", "a[b ]", "[ax]{2}[bB]", "[aA][bB]", r"\w[a]x"]))
def test_rows_of_classes_are_found(text: bytes, expression: str) -> None:
    finder = LineFinder((), Query(expression, regex=True).classes)
    at, wanted = 0, []
    for line in text.split(b"\n"):
        if re.search(expression.encode(), line):
            wanted.append((at, at + len(line)))
        at += len(line) + 1
    # Classes that overlap may let more lines through; the expression itself is tried on those.
    found = finder.lines(text, 1000)
    assert found is not None and set(wanted) <= set(found)


@given(PIECES, st.sampled_from([b"a", b"ab", b"aba", b"\xff", b"b\n"]))
def test_a_word_is_found_by_its_seldom_byte(text: bytes, word: bytes) -> None:
    finder = Finder(word)
    finder.learn(text)
    assert all(finder.find(text, at) == text.find(word, at) for at in range(len(text) + 1))


async def test_dense_hits_are_counted_though_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.logs.hit_map.KEPT", 10)
    finder = Search(ThreadedSource(b"ab\n" * 1000), Query("b"))
    last = await search_on(finder)
    assert (last.count, last.lines, len(finder.hits.kept)) == (1000, 1000, 10)
    assert sum(finder.hits.rows(5, 3000)) == pytest.approx(1000, abs=50)
    assert finder.hits.place(1 + 3 * 4) == 4 and finder.hits.place(3 * 500) is None
