"""A watch that repeats, drops, reorders, breaks and lies: the session ends as the server is."""

from __future__ import annotations

import pytest

from tests.hostile.sessions import ends_as, names, opened, states, until, watched
from tests.hostile_tenant import HostileTenant, delete, event_of, job, node, put


async def test_repeated_and_reordered_changes(hostile: HostileTenant) -> None:
    hostile.jobs = [job("a", 90), job("b", 91)]
    async with opened(hostile) as session:
        await watched(hostile)
        failed, running = job("a", 105, state="FAILED"), job("a", 103)
        hostile.version = 200
        hostile.jobs = [failed, job("d", 110)]
        hostile.changes(put(failed), put(failed), put(running))
        hostile.changes(put(job("c", 104)), delete("c", 106), put(job("c", 104)))
        hostile.changes(put(job("d", 110)), delete("b", 108), put(job("b", 107)))
        hostile.changes(put(failed), put(running), put(job("d", 110)))
        await ends_as(session, {"a": "FAILED", "d": "RUNNING"})


async def test_objects_never_listed(hostile: HostileTenant) -> None:
    async with opened(hostile) as session:
        await watched(hostile)
        hostile.changes(delete("nobody", 101), delete("no-node", 102, "node"))
        hostile.put(job("new", 103))
        hostile.put(node("n", 104), "node")
        hostile.changes({"resource_version": 105, "op": "PUT", "kind": "volume", "id": "v"})
        hostile.changes({"resource_version": 106, "op": "MOVE", "kind": "job", "id": "new"})
        hostile.put(job("last", 107))
        await ends_as(session, {"new": "RUNNING", "last": "RUNNING"})
        assert names(session, "nodes") == {"n"}
        assert session.store.snapshot("jobs").error is None


@pytest.mark.parametrize("restarts_at", [1, 120], ids=["from the start", "amid what was seen"])
async def test_a_version_that_is_reset_mid_stream(hostile: HostileTenant, restarts_at: int) -> None:
    hostile.jobs = [job("a", 90), job("old", 91)]
    async with opened(hostile) as session:
        await watched(hostile)
        hostile.put(job("a", 150, state="RECOVERING"))
        await until(lambda: states(session).get("a") == "RECOVERING", "the change")
        hostile.begin_again(restarts_at, [job("a", restarts_at, state="SUCCEEDED")])
        hostile.changes(put(hostile.jobs[0]))
        await ends_as(session, {"a": "SUCCEEDED"})
        hostile.put(job("b", restarts_at + 1))
        await ends_as(session, {"a": "SUCCEEDED", "b": "RUNNING"})


async def test_a_version_that_was_far_too_high(hostile: HostileTenant) -> None:
    hostile.jobs = [job("a", 90)]
    async with opened(hostile) as session:
        await watched(hostile)
        hostile.changes(put(job("a", 9 * 10**17, state="FAILED")))
        await until(lambda: states(session).get("a") == "FAILED", "the change")
        hostile.put(job("a", 101, state="SUCCEEDED"))
        await ends_as(session, {"a": "SUCCEEDED"})


@pytest.mark.parametrize("cut_at", ["event", "character"])
async def test_a_stream_that_is_cut(hostile: HostileTenant, cut_at: str) -> None:
    async with opened(hostile) as session:
        await watched(hostile)
        whole = event_of(put(job("名字", 101)))
        end = len(whole) // 2 if cut_at == "event" else whole.index("字".encode()) + 1
        hostile.raw(whole[:end])
        hostile.raw(None)
        await watched(hostile)
        assert names(session) == set()
        hostile.put(job("名字", 101))
        await ends_as(session, {"名字": "RUNNING"})


async def test_an_event_that_comes_byte_by_byte(hostile: HostileTenant) -> None:
    async with opened(hostile) as session:
        await watched(hostile)
        for byte in event_of(put(job("名\u2028字\x0b\x1c\x85", 101))):
            hostile.raw(bytes([byte]))
        await ends_as(session, {"名\u2028字\x0b\x1c\x85": "RUNNING"})


NOT_READABLE: list[tuple[str, bytes]] = [
    ("no JSON", b"id: 101\nevent: changes\ndata: <html>\n\n"),
    ("numbers as strings", event_of(put(job("bad", 101, workers="many")))),
    ("nulls", event_of(put(job("bad", 101, created=None)))),
    ("NaN", event_of(put(job("bad", 101, utilisation=float("nan"))))),
    ("no zone", event_of(put(job("bad", 101, created="2026-11-23T12:00:00")))),
    ("of another kind", event_of({**put(job("bad", 101)), "kind": "node"})),
    ("not UTF-8", b'id: 101\nevent: changes\ndata: [{"id": "\xff\xfe"}]\n\n'),
    ("deep", b"id: 101\nevent: changes\ndata: " + b"[" * 100_000 + b"\n\n"),
]


@pytest.mark.parametrize("bad", [b for _, b in NOT_READABLE], ids=[n for n, _ in NOT_READABLE])
async def test_a_change_that_cannot_be_read_is_said_and_read_again(
    hostile: HostileTenant, bad: bytes
) -> None:
    """The server would repeat it to whoever resumes before it: only a listing gets past it."""
    hostile.jobs = [job("a", 90)]
    async with opened(hostile) as session:
        await watched(hostile)
        hostile.version = 102
        hostile.jobs = [job("a", 102, state="FAILED")]
        said: list[str] = []
        session.store.subscribe("jobs", lambda key, now: said.append(str(now.error or "")))
        hostile.raw(bad)
        await ends_as(session, {"a": "FAILED"})
        assert any("cannot be read" in text for text in said), said
        await watched(hostile)
        assert hostile.watched_since[-1] == 102
        await until(lambda: session.store.snapshot("jobs").error is None, "good again")
        assert names(session, "nodes") == set()


async def test_a_change_named_otherwise_than_its_object(hostile: HostileTenant) -> None:
    hostile.jobs = [job("a", 90)]
    async with opened(hostile) as session:
        await watched(hostile)
        hostile.changes({**put(job("a", 101, state="FAILED")), "id": "zz"})
        hostile.put(job("b", 102))
        await ends_as(session, {"a": "FAILED", "b": "RUNNING"})


async def test_nothing_told_is_lost_when_the_stream_breaks_again_and_again(
    hostile: HostileTenant,
) -> None:
    async with opened(hostile) as session:
        await watched(hostile)
        for number in range(3):
            whole = event_of(put(job(f"j{number}", 101 + number)))
            hostile.raw(whole + whole[:30])
            hostile.raw(None)
            await watched(hostile)
        hostile.put(job("end", 110))
        await until(lambda: "end" in names(session), "the last change")
        assert names(session) == {"j0", "j1", "j2", "end"}
