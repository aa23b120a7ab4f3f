"""Replies of servers newer than this console, over real HTTP."""

from __future__ import annotations

import json
from contextlib import aclosing
from typing import Any

import pytest

from api_client import errors
from api_client.exchange import Limits
from api_client.models.base import Page
from api_client.models.compute import NodeHealth
from api_client.models.job import JobSpec, JobState, JobSummary, WorkerState
from api_client.models.watch import Change
from api_client.providers.tenant import TenantProvider
from api_client.providers.tenant.wire import read
from api_client.transport import Transport
from tests.api_client.raw_server import Exchange, Script, raw_server, reply

JOB = {"name": "a", "uid": "u", "owner": "o", "workers": 1, "accelerators": 1,
       "created": "2026-01-01T00:00:00Z"}  # fmt: skip
NODE = {"name": "n", "pool": "p", "accelerators": 1, "allocated": 0, "scheduling": "OPEN"}


def says(document: object) -> Script:
    return reply(200, json.dumps(document).encode(), content_type="application/json")


def provider(url: str) -> TenantProvider:
    return TenantProvider(Transport(url, limits=Limits(retry_attempts=1), provider="tenant"))


async def test_an_unknown_state_keeps_its_word() -> None:
    jobs = {"items": [{**JOB, "state": "HIBERNATING"}, {**JOB, "state": "RUNNING"}], "total": 2}
    async with raw_server(says(jobs)) as server, provider(server.url) as cloud:
        page = await cloud.jobs()
    assert [job.state for job in page.items] == [JobState.UNKNOWN, JobState.RUNNING]
    assert [job.native for job in page.items] == ["HIBERNATING", ""]
    assert page.total == 2


async def test_an_unknown_state_with_a_word_of_the_server_is_left_alone() -> None:
    jobs = {"items": [{**JOB, "state": "HIBERNATING", "native": "asleep"}]}
    async with raw_server(says(jobs)) as server, provider(server.url) as cloud:
        assert (await cloud.jobs()).items[0].native == "asleep"


async def test_unknown_words_of_workers_and_nodes_are_kept() -> None:
    workers = {"items": [{"job": "a", "rank": 0, "attempt": 0, "state": "DREAMING"}]}
    nodes = {"items": [{**NODE, "health": "SULKING"}]}
    async with raw_server(says(workers), says(nodes)) as server:
        async with provider(server.url) as cloud:
            (worker,) = await cloud.workers("a")
            (node,) = await cloud.nodes().all()
    assert (worker.state, worker.native) == (WorkerState.UNKNOWN, "DREAMING")
    assert (node.health, node.native) == (NodeHealth.UNKNOWN, "SULKING")


def test_unknown_words_inside_a_change_are_kept() -> None:
    raw = {"resource_version": 1, "op": "PUT", "kind": "job", "job": {**JOB, "state": "ODD"}}
    content = json.dumps(raw).encode()
    change = read(content, Change)
    assert change.job is not None
    assert change.job.native == "ODD"


def test_a_page_of_known_words_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []

    def loose(content: bytes) -> Any:
        parsed.append(content)
        return json.loads(content)

    monkeypatch.setattr("api_client.providers.tenant.wire.msgspec.json.decode", loose)
    known = json.dumps({"items": [{**JOB, "state": "running"}]}).encode()
    assert read(known, Page[JobSummary]).items[0].state is JobState.RUNNING
    assert parsed == []
    strange = json.dumps({"items": [{**JOB, "state": "ODD"}]}).encode()
    assert read(strange, Page[JobSummary]).items[0].native == "ODD"
    assert parsed == [strange]


async def test_fields_of_a_newer_server_are_ignored() -> None:
    jobs = {"items": [{**JOB, "state": "RUNNING", "mood": "good"}], "news": 1}
    async with raw_server(says(jobs)) as server, provider(server.url) as cloud:
        assert (await cloud.jobs()).items[0].name == "a"


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"items": [{**JOB, "state": "RUNNING"}, {"name": "b"}]}, "items.1.uid"),
        ({"items": 7}, "items"),
        ([], "its start"),
    ],
)
async def test_a_reply_of_another_shape_says_where(document: Any, where: str) -> None:
    async with raw_server(says(document)) as server, provider(server.url) as cloud:
        with pytest.raises(errors.BadReply, match=where):
            await cloud.jobs()


async def test_batches_of_a_server_that_sends_single_changes_or_none() -> None:
    change = {"resource_version": 1, "op": "PUT", "kind": "job", "job": {**JOB, "state": "ODD"}}
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    told = [("change", change), ("changes", []), ("news", 7), ("changes", [change, change])]

    async def stream(exchange: Exchange) -> None:
        events = [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in told]
        await exchange.say(head + "".join(events).encode())

    async with raw_server(stream) as server, provider(server.url) as cloud:
        async with aclosing(cloud.watch_batches(0)) as batches:
            found = [await anext(batches), await anext(batches)]
    assert [len(batch) for batch in found] == [1, 2]
    assert {change.job.native for batch in found for change in batch if change.job} == {"ODD"}
    assert "batch=" in server.seen[0].target


@pytest.mark.parametrize("data", ["7", '[{"op": "PUT"}]', "nothing"])
async def test_a_batch_that_cannot_be_read_is_a_bad_reply(data: str) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"

    async def stream(exchange: Exchange) -> None:
        await exchange.say(head + f"event: changes\ndata: {data}\n\n".encode())

    async with raw_server(stream) as server, provider(server.url) as cloud:
        async with aclosing(cloud.watch_batches(0)) as batches:
            with pytest.raises(errors.BadReply):
                await anext(batches)


async def test_a_cursor_that_comes_back_ends_the_list() -> None:
    page = {"items": [{**JOB, "state": "RUNNING"}], "next_cursor": "same"}
    async with raw_server(says(page)) as server, provider(server.url) as cloud:
        with pytest.raises(errors.BadReply, match="repeated"):
            await cloud.jobs().all()


async def test_ranges_that_lie_are_bad_replies() -> None:
    lies = [reply(206, b"abc", content_range=said) for said in ("bytes 0-9/10", "x", "bytes */3")]
    async with raw_server(*lies) as server, provider(server.url) as cloud:
        for _ in lies:
            with pytest.raises(errors.BadReply):
                await cloud.read_log("a", 0)


async def test_a_created_job_is_sent_once_and_in_full() -> None:
    async with raw_server(reply(409)) as server, provider(server.url) as cloud:
        with pytest.raises(errors.Conflict):
            await cloud.create_job(JobSpec(name="a", command="c", env={"K": "ü"}))
    (sent,) = server.seen
    assert (sent.method, sent.target) == ("POST", "/v1/jobs")
    assert JobSpec.model_validate_json(sent.body).env == {"K": "ü"}
