"""A server that speaks bytes as a test scripts them, over real loopback connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Script = Callable[["Exchange"], Awaitable[None]]


@dataclass
class Exchange:
    """One request as it came in, and the pen to answer it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status: int, body: bytes = b"{}", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.say("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def cut(self) -> None:
        """Break the connection as a crash would."""
        self.writer.transport.abort()


@dataclass
class RawServer:
    """Answers the n-th request with the n-th script; the last script answers all after it."""

    scripts: list[Script]
    seen: list[Exchange] = field(default_factory=list)
    url: str = ""
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                method, target, _ = line.decode().split(" ", 2)
                headers: dict[str, str] = {}
                while (header := (await reader.readline()).decode().strip()) != "":
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                exchange = Exchange(method, target, headers, body, writer)
                self.seen.append(exchange)
                await self.scripts[min(len(self.seen), len(self.scripts)) - 1](exchange)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def raw_server(*scripts: Script) -> AsyncIterator[RawServer]:
    served = RawServer(list(scripts))
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await served.serve(reader, writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    served.url = f"http://127.0.0.1:{served.port}"
    try:
        yield served
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def reply(status: int, body: bytes = b"{}", **headers: str) -> Script:
    async def script(exchange: Exchange) -> None:
        await exchange.answer(status, body, **headers)

    return script


async def cut(exchange: Exchange) -> None:
    exchange.cut()


async def hang(exchange: Exchange) -> None:
    await asyncio.sleep(3600)


async def half_body(exchange: Exchange) -> None:
    await exchange.say(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a": 1')
    exchange.cut()


async def garbage(exchange: Exchange) -> None:
    await exchange.say(b"\x00\xffnot http at all\r\n\r\n")
    exchange.cut()


async def drip(exchange: Exchange) -> None:
    await exchange.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    for _ in range(100_000):
        await exchange.say(b" ")
        await asyncio.sleep(0.02)
