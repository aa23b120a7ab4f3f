from __future__ import annotations

import asyncio
import random
from contextlib import aclosing

import pytest

from api_client import errors
from api_client.exchange import Limits
from api_client.stream import Resume, resuming_bytes, resuming_events
from api_client.transport import Transport
from tests.api_client.raw_server import Exchange, Script, cut, garbage, raw_server, reply

QUICK = Resume(first_wait=0.01, longest_wait=0.05, patience=0.5)
SSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def says(*events: bytes, end: bool = False) -> Script:
    async def script(exchange: Exchange) -> None:
        await exchange.say(SSE)
        for event in events:
            await exchange.say(chunk(event))
        if end:
            await exchange.say(b"0\r\n\r\n")
        else:
            await asyncio.sleep(0.05)
            exchange.cut()

    return script


async def test_events_go_on_after_the_last_one_seen() -> None:
    async with raw_server(
        says(b"id: 1\ndata: a\n\n", b"id: 2\ndata: b\n\n", b"id: 3\ndata: half"),
        cut,
        reply(503),
        says(b": comment\n\nid: 3\ndata: c\n\n", end=True),
        says(b"id: 4\nevent: change\ndata: d\n\n"),
    ) as server:
        async with Transport(server.url) as client:
            found = []
            stream = resuming_events(client, "/w", action="watch", resume=QUICK)
            async with aclosing(stream) as events:
                async for event in events:
                    found.append((event.id, event.data))
                    if event.id == "4":
                        break
        assert found == [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")]
        asked = [exchange.headers.get("last-event-id") for exchange in server.seen]
        assert asked == [None, "2", "2", "2", "3"]


async def test_the_server_sets_the_wait() -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def first(exchange: Exchange) -> None:
        await says(b"retry: 300\n\n", b"id: 1\ndata: a\n\n")(exchange)
        times.append(loop.time())

    async def second(exchange: Exchange) -> None:
        times.append(loop.time())
        await says(b"id: 2\ndata: b\n\n")(exchange)

    async with raw_server(first, second) as server, Transport(server.url) as client:
        rules = Resume(first_wait=0.01, longest_wait=1.0, patience=2.0)
        stream = resuming_events(client, "/w", action="watch", resume=rules)
        async with aclosing(stream) as events:
            async for event in events:
                if event.id == "2":
                    break
    assert times[1] - times[0] >= 0.14


@pytest.mark.parametrize(("status", "kind"), [(410, errors.Expired), (401, errors.Authentication)])
async def test_a_refusal_ends_the_stream(status: int, kind: type[errors.CloudError]) -> None:
    async with raw_server(says(b"id: 1\ndata: a\n\n"), reply(status)) as server:
        async with Transport(server.url) as client:
            stream = resuming_events(client, "/w", action="watch", resume=QUICK)
            with pytest.raises(kind):
                async for _ in stream:
                    pass


async def test_what_is_no_event_stream_is_a_bad_reply() -> None:
    async with raw_server(reply(200, b"{}")) as server, Transport(server.url) as client:
        with pytest.raises(errors.BadReply):
            async for _ in resuming_events(client, "/w", action="watch", resume=QUICK):
                pass


async def test_patience_ends_with_what_broke_it() -> None:
    async with raw_server(says(b"id: 1\ndata: a\n\n"), cut) as server:
        async with Transport(server.url) as client:
            with pytest.raises(errors.Unavailable):
                async for _ in resuming_events(client, "/w", action="watch", resume=QUICK):
                    pass


async def test_a_first_connection_that_fails_is_told_at_once() -> None:
    async with raw_server(cut) as server, Transport(server.url) as client:
        with pytest.raises(errors.Unavailable):
            async for _ in resuming_events(client, "/w", action="watch", resume=QUICK):
                pass
        assert len(server.seen) == 1


async def test_a_silent_stream_counts_as_broken() -> None:
    async def silent(exchange: Exchange) -> None:
        await exchange.say(SSE + chunk(b"id: 1\ndata: a\n\n"))
        await asyncio.sleep(3600)

    async with raw_server(silent, says(b"id: 2\ndata: b\n\n")) as server:
        async with Transport(server.url, limits=Limits(stream_silence=0.2)) as client:
            stream = resuming_events(client, "/w", action="watch", resume=QUICK)
            async with aclosing(stream) as events:
                found = [await anext(events), await anext(events)]
    assert [event.id for event in found] == ["1", "2"]


async def test_a_reader_that_is_slow_slows_the_server() -> None:
    sent = 0

    async def flood(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.say(SSE)
        while True:
            await exchange.say(chunk(b"data: " + b"x" * 65_536 + b"\n\n"))
            sent += 1

    async with raw_server(flood) as server, Transport(server.url) as client:
        stream = resuming_events(client, "/w", action="watch", resume=QUICK)
        async with aclosing(stream) as events:
            await anext(events)
            before = -1
            while before != sent:
                before = sent
                await asyncio.sleep(0.1)
            assert sent < 2000
            await anext(events)


@pytest.mark.parametrize("seed", range(4))
async def test_no_byte_is_lost_or_repeated_however_often_the_line_breaks(seed: int) -> None:
    chance = random.Random(seed)
    whole = chance.randbytes(200_000)

    async def serve(exchange: Exchange) -> None:
        start = int(exchange.target.rpartition("start=")[2])
        if chance.random() < 0.3:
            await chance.choice([cut, garbage, reply(503)])(exchange)
            return
        await exchange.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        stop = min(len(whole), start + chance.randint(1, 40_000))
        await exchange.say(chunk(whole[start:stop]))
        if stop < len(whole):
            await exchange.say(b"ff\r\nhalf a chunk"[: chance.randint(0, 4)])
            await asyncio.sleep(0.01)
            exchange.cut()
        else:
            await exchange.say(b"0\r\n\r\n")

    received = b""
    async with raw_server(serve) as server, Transport(server.url) as client:
        patient = Resume(first_wait=0.001, longest_wait=0.01, patience=10)
        async for at, piece in resuming_bytes(
            client, "/log", action="read", start=0, resume=patient
        ):
            assert at == len(received)
            received += piece
    assert received == whole


async def test_a_log_may_be_silent_for_longer_than_patience() -> None:
    async def silent(exchange: Exchange) -> None:
        await exchange.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        await asyncio.sleep(3600)

    async def last(exchange: Exchange) -> None:
        await exchange.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        await exchange.say(chunk(b"at last") + b"0\r\n\r\n")

    rules = Resume(first_wait=0.01, longest_wait=0.02, steady=0.1, patience=0.15)
    async with raw_server(silent, silent, silent, silent, last) as server:
        async with Transport(server.url, limits=Limits(stream_silence=0.12)) as client:
            stream = resuming_bytes(client, "/log", action="read", start=0, resume=rules)
            assert [piece async for piece in stream] == [(0, b"at last")]


async def test_a_server_that_takes_every_connection_and_drops_it_wears_patience_out() -> None:
    async def drops(exchange: Exchange) -> None:
        await exchange.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        exchange.cut()

    async with raw_server(drops) as server, Transport(server.url) as client:
        with pytest.raises(errors.Unavailable):
            async for _ in resuming_bytes(client, "/log", action="read", start=0, resume=QUICK):
                pass
