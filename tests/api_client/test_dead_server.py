"""A server that is killed is known to be dead soon; one that restarts is not missed."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from api_client import errors
from api_client.stream import resuming_events
from api_client.transport import Transport

PROGRAM = """
import asyncio, sys

async def serve(reader, writer):
    head = (await reader.readuntil(b"\\r\\n\\r\\n")).decode().lower()
    seen = int(head.partition("last-event-id: ")[2].split("\\r")[0] or 0)
    writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-type: text/event-stream\\r\\n\\r\\n")
    writer.write(b"id: %d\\nevent: change\\ndata: x\\n\\n" % (seen + 1))
    await writer.drain()
    await asyncio.sleep(600)

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    print("ready", flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def server_process(port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), 20)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_watch_of_a_killed_server_says_so_within_three_seconds() -> None:
    port = free_port()
    async with server_process(port) as server, Transport(f"http://127.0.0.1:{port}") as client:
        async with aclosing(resuming_events(client, "/w", action="watch")) as events:
            await anext(events)
            server.kill()
            killed = time.monotonic()
            with pytest.raises(errors.Unreachable, match="cannot connect"):
                await anext(events)
    assert 1.0 < time.monotonic() - killed < 3.5


async def test_a_read_says_within_three_seconds_that_nothing_listens() -> None:
    started = time.monotonic()
    async with Transport(f"http://127.0.0.1:{free_port()}") as client:
        with pytest.raises(errors.Unreachable):
            await client.get("/", action="read")
    assert 1.0 < time.monotonic() - started < 3.5


async def test_a_socket_that_is_gone_is_told_as_soon(tmp_path: object) -> None:
    started = time.monotonic()
    async with Transport(f"unix://{tmp_path}/api.sock") as client:
        with pytest.raises(errors.Unreachable):
            await client.get("/", action="read")
    assert time.monotonic() - started < 3.5


async def test_a_restart_is_not_noticed_by_the_reader_of_a_watch() -> None:
    port = free_port()
    async with Transport(f"http://127.0.0.1:{port}") as client:
        async with aclosing(resuming_events(client, "/w", action="watch")) as events:
            async with server_process(port) as server:
                assert (await anext(events)).id == "1"
                server.kill()
                await server.wait()
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.8)
            async with server_process(port):
                assert (await asyncio.wait_for(waiting, 10)).id == "2"
