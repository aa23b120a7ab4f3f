"""Lines of many workers in the order of time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from console.logs.line_keys import rank_of
from console.logs.merge import MergedLog
from console.logs.solo import SoloLog

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOW = T0 + timedelta(hours=1)


def stamped(seconds: float, text: str) -> bytes:
    moment = T0 + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {text}\n".encode()


def lines_of(merged: MergedLog) -> list[tuple[int | None, bytes]]:
    return [(merged.rank(at), merged.raw(at)) for at in range(len(merged))]


_words = st.text("ab \u00e9\x1b%", max_size=6).map(lambda text: text.encode())
_seconds = st.integers(-4000, 4000)
_line = st.one_of(
    st.tuples(_seconds, _words).map(lambda each: stamped(each[0], "x").rstrip() + each[1] + b"\n"),
    _words.map(lambda text: b"  " + text + b"\n"),
)
_logs = st.lists(st.lists(_line, max_size=12).map(b"".join), min_size=1, max_size=5)


@given(_logs, st.data())
@settings(max_examples=200, deadline=None)
def test_each_rank_keeps_its_order_and_nothing_is_lost_or_repeated(
    logs: list[bytes], data: st.DataObject
) -> None:
    merged = MergedLog()
    at = [0] * len(logs)
    while any(start < len(log) for start, log in zip(at, logs, strict=True)):
        rank = data.draw(st.integers(0, len(logs) - 1))
        size = data.draw(st.integers(1, 60))
        # A piece that was sent before is sent again.
        again = data.draw(st.integers(0, min(3, at[rank])))
        piece = logs[rank][at[rank] - again : at[rank] + size]
        merged.feed(rank, at[rank] - again, piece, NOW)
        at[rank] = max(at[rank], at[rank] - again + len(piece))
    keys = [merged.key(index) for index in range(len(merged))]
    assert keys == sorted(set(keys))
    for rank, log in enumerate(logs):
        mine = [raw for whose, raw in lines_of(merged) if whose == rank]
        assert b"".join(raw + b"\n" for raw in mine) == log
    assert [merged.index(key) for key in keys] == list(range(len(keys)))


@given(_logs, st.integers(600, 4000), st.integers(20, 200))
@settings(max_examples=200, deadline=None)
def test_what_fell_off_is_read_again_without_loss_or_repetition(
    logs: list[bytes], limit: int, piece: int
) -> None:
    logs = [b"".join(sorted(log.splitlines(keepends=True), reverse=True)) for log in logs]
    whole, small = MergedLog(), MergedLog(limit)
    for rank, log in enumerate(logs):
        whole.feed(rank, 0, log, NOW)
        small.feed(rank, 0, log, NOW)
    wanted = {whole.place(at): whole.raw(at) for at in range(len(whole))}
    held = {small.place(at): small.raw(at) for at in range(len(small))}
    assert held.items() <= wanted.items()
    for rank, log in enumerate(logs):
        if small.first_of(rank) is None:
            continue
        seen = {place: raw for place, raw in held.items() if place[0] == rank}
        while start := small.start_of(rank):
            small.keep = small.first_of(rank)
            before = max(0, start - piece)
            took = small.feed_before(rank, before, log[before:start])
            for at in range(len(small)):
                if small.rank(at) == rank:
                    seen[small.place(at)] = small.raw(at)
            if not took and before == 0:
                break
            piece = piece if took else piece * 2
        assert seen == {place: raw for place, raw in wanted.items() if place[0] == rank}


def test_lines_stand_in_the_order_of_their_times() -> None:
    merged = MergedLog()
    merged.feed(1, 0, stamped(2, "b") + stamped(4, "d"), NOW)
    merged.feed(0, 0, stamped(1, "a") + stamped(3, "c"), NOW)
    assert [raw[-1:] for _, raw in lines_of(merged)] == [b"a", b"b", b"c", b"d"]
    assert [rank for rank, _ in lines_of(merged)] == [0, 1, 0, 1]
    assert merged.time(2) == T0 + timedelta(seconds=3)


def test_a_line_without_a_time_stays_with_the_one_before_it() -> None:
    merged = MergedLog()
    trace = b"Traceback (most recent call last):\n  File a\nValueError: no\n"
    merged.feed(0, 0, stamped(1, "a") + trace, NOW)
    merged.feed(1, 0, stamped(1.5, "b"), NOW)
    assert [rank for rank, _ in lines_of(merged)] == [0, 0, 0, 0, 1]
    # Its rest comes later, and others spoke meanwhile.
    merged.feed(0, merged.end_of(0, 0) or 0, b"  at the end\n", NOW)
    assert lines_of(merged)[4] == (0, b"  at the end")


def test_without_times_lines_stand_as_they_came() -> None:
    merged = MergedLog()
    for number, rank in enumerate((1, 0, 1, 2)):
        start = merged.end_of(rank, 0) or 0
        merged.feed(rank, start, b"line %d\n" % number, NOW + timedelta(seconds=number))
    assert [raw for _, raw in lines_of(merged)] == [b"line %d" % n for n in range(4)]


def test_a_log_that_names_a_time_once_goes_on_with_the_time_its_lines_come() -> None:
    merged = MergedLog()
    merged.feed(0, 0, stamped(1, "starts") + b"step 1\n", NOW)
    merged.feed(0, merged.end_of(0, 0) or 0, b"step 2\n", NOW + timedelta(seconds=20))
    assert merged.time(1) == T0 + timedelta(seconds=1)
    assert merged.time(2) == NOW + timedelta(seconds=20)


def test_a_clock_that_is_set_back_goes_on_from_where_it_was() -> None:
    merged = MergedLog()
    merged.feed(0, 0, b"".join(stamped(s, f"a{s}") for s in range(3000, 3010)), NOW)
    back = b"".join(stamped(s - 3600, f"b{s}") for s in range(3010, 3030))
    merged.feed(0, merged.end_of(0, 0) or 0, back, NOW)
    merged.feed(1, 0, b"".join(stamped(s, f"c{s}") for s in range(3000, 3030)), NOW)
    order = [raw.split()[-1][1:] for _, raw in lines_of(merged)]
    late = [index for index, text in enumerate(order) if text == b"3029"]
    # The other one's last line is not left behind twenty of this one's.
    assert late[1] - late[0] <= 5


def test_a_time_that_one_line_alone_names_is_not_believed() -> None:
    merged = MergedLog()
    said = [stamped(0, "a"), stamped(3000, "expires"), *(stamped(s, "b") for s in range(1, 6))]
    merged.feed(0, 0, b"".join(said), NOW)
    merged.feed(1, 0, b"".join(stamped(s + 0.5, "c") for s in range(6)), NOW)
    assert merged.time(len(merged) - 1) == T0 + timedelta(seconds=5.5)
    # Neither is one that lies in the future.
    merged.feed(0, merged.end_of(0, 0) or 0, b"2099-01-01 00:00:00 z\n" + stamped(7, "y"), NOW)
    assert merged.time(len(merged) - 1) == T0 + timedelta(seconds=7)


def test_memory_is_bounded_whatever_comes() -> None:
    limit = 100_000
    merged = MergedLog(limit)
    for rank in range(1024):
        merged.feed(rank, 0, b"x" * 500, NOW)
    for rank in range(1024):
        merged.feed(rank, 500, b"".join(stamped(s, "y" * 50) for s in range(20)), NOW)
    held = sum(len(raw) for _, raw in lines_of(merged))
    assert held <= limit and len(merged) * 200 <= limit
    assert len(merged) > limit / 200 / 3


def test_the_line_in_view_stays_while_others_come() -> None:
    merged = MergedLog(20_000)
    merged.feed(0, 0, b"".join(stamped(s, f"a{s}") for s in range(40)), NOW)
    seen = merged.key(10)
    merged.keep = seen
    assert merged.wants(0)
    merged.feed(0, merged.end_of(0, 0) or 0, b"".join(stamped(s, "b") for s in range(40, 400)), NOW)
    assert merged.key(merged.index(seen)) == seen
    assert merged.is_cut(0) and not merged.wants(0)
    # Going on from where it was cut gives every line once.
    log = b"".join(stamped(s, f"a{s}") for s in range(40))
    log += b"".join(stamped(s, "b") for s in range(40, 400))
    merged.keep = None
    last = Counter[bytes]()
    while (start := merged.end_of(0, 0) or 0) < len(log):
        merged.feed(0, start, log[start : start + 1000], NOW)
        last.update(raw for _, raw in lines_of(merged))
    assert last.keys() >= set(log[start:].split(b"\n")[:-1])
    assert merged.raw(len(merged) - 1) == stamped(399, "b").strip()


def test_lines_come_back_under_their_keys() -> None:
    log = b"".join(stamped(s, f"a{s}") + b"  more\n" for s in range(100))
    whole, small = MergedLog(), MergedLog(10_000)
    for merged in (whole, small):
        merged.feed(0, 0, log, NOW)
    top = small.key(0)
    small.keep = top
    start = small.start_of(0) or 0
    assert small.feed_before(0, start - 200, log[start - 200 : start]) > 3
    keys = [whole.key(at) for at in range(len(whole))]
    mine = [small.key(at) for at in range(len(small))]
    assert mine[0] < top and mine == keys[keys.index(mine[0]) : keys.index(mine[-1]) + 1]


def test_another_attempt_follows_and_a_replaced_log_is_forgotten() -> None:
    merged = MergedLog()
    merged.feed(0, 0, stamped(1, "first"), NOW)
    merged.feed(1, 0, stamped(2, "other"), NOW)
    merged.feed(0, 0, stamped(3, "second"), NOW, attempt=1)
    assert merged.place(2) == (0, 1, 0)
    assert merged.end_of(0, 0) is None and merged.end_of(0, 1) == len(stamped(3, "second"))
    merged.forget(0)
    assert [rank_of(merged.key(at)) for at in range(len(merged))] == [1]


def test_one_rank_alone() -> None:
    merged = MergedLog(20_000)
    solo = SoloLog(merged, [1])
    for second in range(100):
        for rank in range(3):
            start = merged.end_of(rank, 0) or 0
            merged.feed(rank, start, stamped(second, f"{rank}.{second}"), NOW)
            mine = [raw for whose, raw in lines_of(merged) if whose == 1]
            assert [solo.raw(at) for at in range(len(solo))] == mine
    assert {solo.rank(at) for at in range(len(solo))} == {1}
    assert solo.index(solo.key(3)) == 3
    assert merged.place(merged.index(solo.key(3)))[0] == 1


def test_clocks_of_other_zones_are_moved() -> None:
    merged = MergedLog()
    merged.set_shift(1, 8 * 3600 * 1_000_000)
    merged.feed(0, 0, stamped(1, "a") + stamped(3, "c"), NOW)
    merged.feed(1, 0, stamped(2 - 8 * 3600, "b"), NOW)
    assert [raw[-1:] for _, raw in lines_of(merged)] == [b"a", b"b", b"c"]


def test_the_start_of_a_piece_from_the_middle_waits_for_its_own_line() -> None:
    merged = MergedLog()
    log = stamped(1, "a") + b"  rest of a\n" + stamped(2, "b") + stamped(3, "c")
    middle = log.index(b"of a")
    merged.feed(0, middle, log[middle:], NOW)
    assert [raw[-1:] for _, raw in lines_of(merged)] == [b"b", b"c"]
    assert merged.whole_from == merged.key(0)
    merged.feed_before(0, 0, log[: merged.start_of(0)])
    assert b"\n".join(raw for _, raw in lines_of(merged)) + b"\n" == log
    assert merged.whole_from == 0
