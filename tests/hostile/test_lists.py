"""Lists that repeat, omit, lie and break, and values nobody expects: said, survived, made good."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import Any

import pytest

from tests.hostile.sessions import ends_as, names, opened, said, states, until, watched
from tests.hostile_tenant import (
    NOW,
    Call,
    HostileTenant,
    Reply,
    answers,
    event,
    half,
    job,
    node,
    slowly,
    tenant,
)


def page(items: list[Any], **more: Any) -> bytes:
    return json.dumps({"items": items, "resource_version": 100, **more}).encode()


def in_turn(*pages: bytes) -> Reply:
    """The n-th call gets the n-th page; the last one for ever."""
    numbers = count()

    async def reply(call: Call) -> None:
        await call.answer(200, pages[min(next(numbers), len(pages) - 1)])

    return reply


async def test_pages_that_repeat_items_and_duplicate_names(hostile: HostileTenant) -> None:
    a, b, c = job("a", 5), job("b", 6), job("c", 7)
    newer = job("a", 9, state="FAILED")
    hostile.replies["/v1/jobs"] = in_turn(
        page([a, b, b, a], next_cursor="x", total=3),
        page([b, newer, a], next_cursor="y", total=3),
        page([c], total=1_000_000),
    )
    async with opened(hostile) as session:
        await ends_as(session, {"a": "FAILED", "b": "RUNNING", "c": "RUNNING"})
        await until(lambda: not said(session), said(session))
        await until(lambda: session.store.snapshot("jobs").total is None, "all of them are here")


async def test_a_total_below_what_is_there(hostile: HostileTenant) -> None:
    hostile.jobs = [job(f"j{number}") for number in range(30)]
    hostile.per_page, hostile.total = 10, -5
    async with opened(hostile) as session:
        await until(lambda: len(names(session)) == 30, "all jobs")
        assert (session.store.snapshot("jobs").total or 30) >= 30


async def test_a_cursor_that_comes_back_is_said(hostile: HostileTenant) -> None:
    hostile.replies["/v1/jobs"] = answers(200, page([job("a")], next_cursor="again"))
    hostile.nodes = [node("n")]
    async with opened(hostile) as session:
        await until(lambda: "repeated a page cursor" in said(session), "the sentence")
        assert names(session) == {"a"}, "what is known stays"
        del hostile.replies["/v1/jobs"]
        hostile.jobs = [job("b")]
        await ends_as(session, {"b": "RUNNING"})


@pytest.mark.parametrize("items", [[], [node("n")]], ids=["empty", "the same"])
async def test_pages_without_end_are_given_up(hostile: HostileTenant, items: list[Any]) -> None:
    numbers = count()

    async def for_ever(call: Call) -> None:
        await call.answer(200, page(items, next_cursor=str(next(numbers))))

    hostile.replies["/v1/nodes"] = for_ever
    async with opened(hostile) as session:
        await until(lambda: "without end" in said(session, "nodes"), "the sentence")


BAD_BODIES: list[tuple[str, Reply, str]] = [
    ("HTML", answers(200, b"<html><body>Sign in</body></html>", "text/html"), "JSON"),
    ("HTML error", answers(404, b"<html>\x1b[2JBad", "text/html"), "404"),
    ("empty", answers(200, b""), "answer is wrong"),
    ("a list", answers(200, b"[]"), "answer is wrong"),
    ("half", half, "broke"),
    ("text for a number", answers(200, page([job("a", workers="8 of them")])), "workers"),
    ("null", answers(200, page([job("a", owner=None)])), "owner"),
    ("missing", answers(200, page([{"name": "a"}])), "items.0"),
    ("NaN", answers(200, page([job("a", utilisation=float("nan"))])), "answer is wrong"),
    ("infinite", answers(200, page([job("a", utilisation=float("inf"))])), "answer is wrong"),
    ("huge", answers(200, page([job("a")]).replace(b'"workers": 2', b'"workers": 1e999')), "work"),
    ("no zone", answers(200, page([job("a", created="2026-11-23T12:00:00")])), "created"),
    ("no date", answers(200, page([job("a", created="yesterday")])), "created"),
    ("before time", answers(200, page([job("a", created="0001-01-01T00:00:00+08:00")])), "UTC"),
    ("not UTF-8", answers(200, page([job("名")]).replace(b"\\u540d", b"\xc3\x28")), "utf-8"),
    ("surrogate", answers(200, page([job("\ud800")])), "answer is wrong"),
    ("refused", answers(409, b'{"error": {"message": "busy", "hint": 7}}'), "busy"),
    ("odd error", answers(400, b'{"error": [1]}'), "400"),
]


@pytest.mark.parametrize(
    ("reply", "words"), [(r, w) for _, r, w in BAD_BODIES], ids=[n for n, *_ in BAD_BODIES]
)
async def test_an_answer_that_is_none_is_said_and_made_good(
    hostile: HostileTenant, reply: Reply, words: str
) -> None:
    hostile.replies["/v1/jobs"] = reply
    async with opened(hostile) as session:
        await until(lambda: words in said(session), words)
        assert "\x1b" not in said(session)
        del hostile.replies["/v1/jobs"]
        hostile.jobs = [job("a")]
        refreshing = asyncio.create_task(session.refresh("jobs"))
        await ends_as(session, {"a": "RUNNING"})
        await refreshing


async def test_a_pause_that_is_none_keeps_nobody_waiting(
    hostile: HostileTenant,
) -> None:
    hostile.replies["/v1/jobs"] = answers(429, b"{}", retry_after="soon")
    async with opened(hostile) as session:
        await until(lambda: "429" in said(session), "the sentence")
        del hostile.replies["/v1/jobs"]
        hostile.jobs = [job("a")]
        refreshing = asyncio.create_task(session.refresh("jobs"))
        await ends_as(session, {"a": "RUNNING"})
        await refreshing


async def test_slow_answers_hold_nothing_else_up(hostile: HostileTenant) -> None:
    hostile.nodes = [node("n")]
    hostile.jobs = [job("a")]
    slow = answers(200, page(hostile.jobs))
    hostile.replies["/v1/jobs"] = slowly(1.5, slow)
    async with opened(hostile) as session:
        await until(lambda: names(session, "nodes") == {"n"}, "the nodes")
        assert names(session) == set(), "nodes do not wait for jobs"
        await ends_as(session, {"a": "RUNNING"})


async def test_words_fields_and_figures_nobody_knows(hostile: HostileTenant) -> None:
    hostile.jobs = [
        job("a", state="HIBERNATING", priority="URGENT", quota_type="", planet={"x": [1]}),
        job("b", utilisation=-1e308, progress={"step": -5, "total_steps": 0, "loss": 1e300}),
        job("c", state="running", attempt=-1, accelerator_seconds=10**18, workers=-1),
        job("", native="\x1b[31m"),
    ]
    hostile.nodes = [node("n", health="ON FIRE", scheduling="NO", jobs=["x"] * 5000)]
    async with opened(hostile) as session:
        await until(lambda: len(names(session)) == 4, "the jobs")
        assert states(session)["a"] == "UNKNOWN" and states(session)["c"] == "RUNNING"
        assert session.store.snapshot("jobs").items["a"].native == "HIBERNATING"
        await until(lambda: names(session, "nodes") == {"n"}, "the node")
        assert session.store.snapshot("nodes").items["n"].native == "ON FIRE/NO"
        await until(lambda: not said(session), "good")


ODD_TIMES = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-23T12:00:00+14:00")


@pytest.mark.parametrize("time", ODD_TIMES)
async def test_moments_at_the_ends_of_time(hostile: HostileTenant, time: str) -> None:
    hostile.jobs = [job("a", created=time, started=time, ended=time)]
    hostile.nodes = [node("n", since=time, last_heartbeat=time)]
    reasons = ("FailureDetected", "GangIsolated", "TrainingResumed")
    hostile.events = [event(n, time=time, reason=reason) for n, reason in enumerate(reasons)]
    hostile.tenant = tenant(server_time=time)
    async with opened(hostile) as session:
        with session.watch("incidents"), session.watch("charges"):
            await watched(hostile)
            await until(lambda: len(names(session, "events")) == 3, "the events")
            await until(lambda: len(names(session, "incidents")) == 1, "the incident")
            await until(lambda: session.tenant is not None, "the tenant")
            assert session.now().tzinfo is not None
            for feed in ("jobs", "nodes", "events", "incidents", "charges"):
                assert not said(session, feed), feed


async def test_a_server_clock_that_jumps(hostile: HostileTenant) -> None:
    hostile.tenant = tenant(server_time="2026-11-23T12:00:00Z")
    async with opened(hostile) as session:
        await until(lambda: session.tenant is not None, "the tenant")
        assert session.now().isoformat() >= "2026-11-23T12:00:00"
        assert session.now().isoformat() < "2026-11-23T12:01:00"
        for time in ("2026-11-23T19:00:00Z", "2026-11-22T00:00:00Z", "9999-12-31T23:59:59Z", NOW):
            hostile.tenant = tenant(server_time=time)
            await session.refresh("tenant")
            assert session.now().year in (2026, 9998)
        assert session.now().isoformat() < "2026-11-23T12:01:00"
        hostile.tenant = tenant(
            server_time=NOW, simulation={"scenario": "x", "seed": 1, "speed": 1e300}
        )
        await session.refresh("tenant")
        assert session.now() >= session.now()


async def test_a_hundred_thousand_jobs_of_one_name(hostile: HostileTenant) -> None:
    one = json.dumps(job("same", 7)).encode()
    body = b'{"resource_version": 100, "items": [' + b",".join([one] * 100_000) + b"]}"
    hostile.replies["/v1/jobs"] = answers(200, body)
    async with opened(hostile) as session:
        await ends_as(session, {"same": "RUNNING"})
        await until(lambda: not said(session) and session.store.snapshot("jobs").total is None, "")


async def test_more_workers_than_a_screen_has_lines(hostile: HostileTenant) -> None:
    hostile.jobs = [job("wide", workers=4096, accelerators=32_768)]
    hostile.workers = [
        {"job": "wide", "rank": rank, "attempt": 0, "state": "RUNNING"} for rank in range(4096)
    ]
    async with opened(hostile) as session:
        with session.watch("workers/wide"):
            await until(lambda: len(names(session, "workers/wide")) == 4096, "the workers")
