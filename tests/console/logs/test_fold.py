"""What many workers say alike stands once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from console.logs.fold import WINDOW, Fold, alike, folded
from console.logs.folded import FoldedLog
from console.logs.line_keys import key_base, micros, offset_of, rank_of
from console.logs.merge import MergedLog

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOW = T0 + timedelta(hours=1)
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/train.py", line 12, in step\n'
    "    loss.backward()\n"
    "RuntimeError: NCCL error in 0x7f{rank:04x}, pid {pid}\n"
)


def stamped(seconds: float, text: str) -> bytes:
    moment = T0 + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {text}\n".encode()


def rows(view: FoldedLog) -> list[tuple[bytes, int]]:
    return [(view.raw(at), view.count(at)) for at in range(len(view))]


_words = st.sampled_from(
    [b"ready", b"step 1", b"rank 3 up", b"rank 4 up", b"  File x", b"Traceback (most recent call "]
)
_said = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30), _words), max_size=40)


@given(_said)
@settings(max_examples=300, deadline=None)
def test_folds_unfold_to_what_was_said(said: list[tuple[int, int, bytes]]) -> None:
    base = micros(T0)
    lines = sorted(
        (key_base(base + second * 1_000_000, rank, 0) + at, words)
        for at, (rank, second, words) in enumerate(said)
    )
    folds = folded(lines)
    keys = [key for fold in folds for key in fold.members]
    assert Counter(keys) == Counter(key for key, _ in lines)
    by_key = dict(lines)
    for fold in folds:
        own = [alike(raw) for _, raw in fold.lines]
        parts = [fold.members[at : at + len(own)] for at in range(0, len(fold.members), len(own))]
        assert {rank_of(part[0]) for part in parts} == fold.ranks
        assert len(parts) == len(fold.ranks)
        assert all([alike(by_key[key]) for key in part] == own for part in parts)
        assert all(abs((part[0] >> 88) - fold.moment) <= WINDOW for part in parts)


def test_equal_lines_of_many_ranks_stand_once() -> None:
    merged = MergedLog()
    view = FoldedLog(merged)
    for rank in range(512):
        merged.feed(rank, 0, stamped(rank / 1000, f"[rank {rank}] rendezvous: complete"), NOW)
    view.settle()
    assert rows(view) == [(merged.raw(0), 512)]
    assert view.ranks(0) == frozenset(range(512))
    assert view.key(0) == merged.key(0) and view.rank(0) == 0


def test_tracebacks_fold_as_blocks_and_the_one_that_differs_stands_alone() -> None:
    merged = MergedLog()
    view = FoldedLog(merged)
    for rank in range(8):
        trace = TRACE.format(rank=rank, pid=4000 + rank)
        if rank == 3:
            trace = trace.replace("NCCL error", "CUDA out of memory")
        merged.feed(rank, 0, stamped(1 + rank / 10, f"loss {rank}") + trace.encode(), NOW)
    view.settle()
    heads = [(raw, count) for raw, count in rows(view) if raw.startswith(b"Trace")]
    assert [count for _, count in heads] == [7, 1]
    assert [count for raw, count in rows(view) if b"out of memory" in raw] == [1]
    assert sum(count for raw, count in rows(view) if b"loss " in raw) == 8
    # The block of rank 3 is whole.
    at = next(at for at in range(len(view)) if b"out of memory" in view.raw(at))
    assert view.raw(at - 3).startswith(b"Trace")


def test_what_was_measured_is_not_alike() -> None:
    assert alike(b"[rank3]: loss 2.31") == alike(b"[rank4]: loss 2.31")
    assert alike(b"[rank3]: loss 2.31") != alike(b"[rank4]: loss 2.32")
    assert alike(b"worker 3 died, pid 12, at 0xff01") == alike(b"worker 14 died, pid 9, at 0x2")
    assert alike(b"resumed from step 100") != alike(b"resumed from step 200")
    assert alike(stamped(1, "x")) == alike(stamped(2, "x"))
    assert alike(b"n1:77:88 [0] NCCL INFO ok") == alike(b"n2:5:6 [7] NCCL INFO ok")
    assert alike(b"to 10.0.0.1:290 lost") == alike(b"to 10.0.0.23:291 lost")


def test_what_is_said_long_after_or_twice_stands_twice() -> None:
    lines = [
        (key_base(micros(T0), 0, 0), b"again"),
        (key_base(micros(T0), 0, 0) + 6, b"again"),
        (key_base(micros(T0), 1, 0), b"again"),
        (key_base(micros(T0) + 2 * WINDOW, 1, 0) + 6, b"again"),
    ]
    folds: list[Fold] = folded(sorted(lines))
    assert [sorted(fold.ranks) for fold in folds] == [[0, 1], [0], [1]]
    assert [offset_of(fold.key) for fold in folds] == [0, 6, 6]


def test_ends_of_logs_that_are_read_one_after_the_other_fold() -> None:
    merged = MergedLog()
    view = FoldedLog(merged)
    for rank in range(64):
        said = [stamped(step * 60 + rank / 100, f"[rank {rank}] step {step}") for step in range(20)]
        own = [stamped(step * 60 + 30, f"loss {rank}.{step}") for step in range(20)]
        merged.feed(rank, 0, b"".join(a + b for a, b in zip(said, own, strict=True)), NOW)
    view.settle()
    assert Counter(count for _, count in rows(view)) == {64: 20, 1: 64 * 20}


def test_a_view_follows_what_comes_and_falls_off() -> None:
    merged = MergedLog(40_000)
    view = FoldedLog(merged)
    for second in range(100):
        for rank in range(4):
            start = merged.end_of(rank, 0) or 0
            merged.feed(rank, start, stamped(second, f"[rank {rank}] step {second}"), NOW)
    # The last line of each rank may still go on.
    assert [count for _, count in rows(view)][:-4] == [4] * (len(view) - 4)
    view.settle()
    assert {count for _, count in rows(view)[1:]} == {4}
    assert view.raw(len(view) - 1).endswith(b"step 99")
    keys = [view.key(at) for at in range(len(view))]
    assert keys == sorted(keys) and keys[0] >= merged.key(0)
    merged.clear()
    assert len(view) == 0
    view.close()


def test_folds_whose_newest_lines_fell_off_count_who_is_left() -> None:
    merged = MergedLog(20_000)
    view = FoldedLog(merged)
    for rank in range(3):
        merged.feed(rank, 0, stamped(1 + rank, "same"), NOW)
    merged.feed(0, merged.end_of(0, 0) or 0, stamped(9, "end"), NOW)
    view.settle()
    assert view.count(0) == 3
    merged.keep = merged.key(0)
    for second in range(200):
        merged.feed(9, merged.end_of(9, 0) or 0, stamped(1.5 + second / 1000, "other"), NOW)
    held = [merged.rank(at) for at in range(len(merged)) if merged.raw(at).endswith(b"same")]
    assert view.ranks(0) == frozenset(rank for rank in held if rank is not None)
    assert len(held) < 3
