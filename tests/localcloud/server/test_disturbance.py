"""An API made slow or taken down on command, over a real socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from localcloud.server.disturbance import Disturbance, Disturbed
from localcloud.server.home import DaemonError
from localcloud.server.local_call import Refused, call
from tests.localcloud.server.serving import listening


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _app() -> FastAPI:
    app = FastAPI()

    @app.get("/simulation/v1")
    async def control() -> dict[str, str]:
        return {"it": "answers"}

    @app.get("/thing")
    async def thing() -> dict[str, str]:
        return {"it": "answers"}

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            while True:
                yield b"piece\n"
                await asyncio.sleep(0.01)

        return StreamingResponse(pieces())

    return app


async def _get(socket: Path, target: str) -> dict[str, str]:
    return await asyncio.to_thread(call, socket, "GET", target)


async def test_down_refuses_everything_but_control_until_it_is_over(tmp_path: Path) -> None:
    clock = Clock()
    disturbance = Disturbance(clock)
    socket = tmp_path / "api.sock"
    async with listening(Disturbed(_app(), disturbance), uds=str(socket)):
        assert await _get(socket, "/thing") == {"it": "answers"}
        disturbance.down(5)
        with pytest.raises(Refused, match="is down"):
            await _get(socket, "/thing")
        assert await _get(socket, "/simulation/v1") == {"it": "answers"}
        assert disturbance.down_seconds == 5
        clock.now += 5
        assert await _get(socket, "/thing") == {"it": "answers"}
        assert disturbance.down_seconds == 0


async def test_slow_answers_late_and_control_at_once(tmp_path: Path) -> None:
    clock = Clock()
    disturbance = Disturbance(clock)
    socket = tmp_path / "api.sock"
    async with listening(Disturbed(_app(), disturbance), uds=str(socket)):
        disturbance.slow(5, latency=0.4)
        began = time.monotonic()
        await _get(socket, "/simulation/v1")
        control = time.monotonic() - began
        await _get(socket, "/thing")
        assert time.monotonic() - began - control >= 0.4
        clock.now += 5
        assert disturbance.latency == 0


async def test_down_cuts_a_stream_that_is_open(tmp_path: Path) -> None:
    disturbance = Disturbance(Clock())
    socket = tmp_path / "api.sock"
    async with listening(Disturbed(_app(), disturbance), uds=str(socket)):
        reader, writer = await asyncio.open_unix_connection(str(socket))
        writer.write(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"piece")
        disturbance.down(60)
        async with asyncio.timeout(5):
            rest = await reader.read()
        assert not rest.endswith(b"0\r\n\r\n")
        writer.close()


def test_a_refusal_keeps_its_exit_code() -> None:
    assert [Refused("x", status).exit_code for status in (400, 404, 409, 422, 503)] == [
        2, 3, 7, 2, 1,
    ]  # fmt: skip
    assert issubclass(Refused, DaemonError)
