"""A tenant over real HTTP that has one log, and breaks its connections when told to."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from console.profiles import Profile, ProviderChoice
from console.session import Session

PATH = "/v1/jobs/train/workers/3/log"


class LogTenant:
    """Serves job `train`, rank 3.

    Attributes:
        data: the log.
        ended: whether its worker ended.
        missing: answer 404 as if it had not begun.
        names_attempt: say whose log it is.
        cuts: after how many bytes to break each next stream; then they last.
        asked: the ranges and streams asked for, in order.
        attempts: the attempts asked for; the latest is 2.
    """

    def __init__(self) -> None:
        self.data = b""
        self.ended = self.missing = self.dead = False
        self.names_attempt = True
        self.cuts: list[int] = []
        self.asked: list[str] = []
        self.attempts: list[str] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                target = line.decode().split(" ")[1]
                wanted = ""
                while header := (await reader.readline()).decode().strip().lower():
                    if header.startswith("range:"):
                        wanted = header.partition(":")[2].strip()
                if self.dead:
                    return
                await self._answer(target, wanted, writer)
        except (ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _answer(self, target: str, wanted: str, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        self.attempts += query.get("attempt", ["latest"])
        self.asked.append(wanted or f"stream {query.get('start', ['?'])[0]}")
        if self.missing or not parts.path.startswith(PATH):
            await self._say(writer, 404, b'{"error": {"code": "not_found", "message": "none"}}')
        elif parts.path.endswith("/stream"):
            await self._stream(writer, int(query["start"][0]))
        else:
            await self._range(writer, wanted)

    async def _range(self, writer: asyncio.StreamWriter, wanted: str) -> None:
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
        assert match, wanted
        total = len(self.data)
        start = int(match[1]) if match[1] else max(0, total - int(match[2]))
        end = min(total, int(match[2]) + 1 if match[1] and match[2] else total, start + (1 << 20))
        if start >= end:
            await self._say(writer, 416, b"{}", f"bytes */{total}")
        else:
            place = f"bytes {start}-{end - 1}/{total}"
            await self._say(writer, 206, self.data[start:end], place)

    async def _stream(self, writer: asyncio.StreamWriter, at: int) -> None:
        cut = self.cuts.pop(0) if self.cuts else None
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-log-attempt: 2\r\n\r\n")
        left = cut if cut is not None else 1 << 60
        while True:
            piece = self.data[at : at + min(left, 1000)]
            if piece:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                await writer.drain()
                at, left = at + len(piece), left - len(piece)
            elif left <= 0 or self.dead:
                writer.transport.abort()
                return
            elif self.ended:
                writer.write(b"0\r\n\r\n")
                await writer.drain()
                return
            else:
                await asyncio.sleep(0.005)

    async def _say(
        self, writer: asyncio.StreamWriter, status: int, body: bytes, place: str = ""
    ) -> None:
        head = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
        head += ["x-log-attempt: 2"] if self.names_attempt else []
        head += [f"x-log-end: {'true' if self.ended else 'false'}"]
        head += [f"content-range: {place}"] if place else []
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        await writer.drain()


@asynccontextmanager
async def log_tenant(tenant: LogTenant) -> AsyncIterator[Session]:
    """A session on it."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await tenant.serve(reader, writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    tenant.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    choice = ProviderChoice(provider="tenant", url=tenant.url)
    profile = Profile(name="logs", services={"training": choice})
    try:
        async with Session(profile, keep_history=False) as session:
            yield session
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
