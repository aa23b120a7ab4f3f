"""A server that speaks the Tenant API over real HTTP and keeps none of its promises.

What it holds is plain JSON, so a test may put anything into it; how it answers a path, and the
bytes of its watch, can be replaced whole.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]

NOW = "2026-11-23T12:00:00Z"
_LINES = {200: "OK", 410: "Gone", 429: "Too Many Requests", 503: "Service Unavailable"}
_LISTS = {"/v1/jobs": "jobs", "/v1/nodes": "nodes", "/v1/events": "events"}


class Call:
    """One request, and the pen to answer it."""

    def __init__(self, path: str, query: dict[str, str], writer: asyncio.StreamWriter) -> None:
        self.path = path
        self.query = query
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self, status: int, body: bytes, kind: str = "application/json", **headers: str
    ) -> None:
        lines = [f"HTTP/1.1 {status} {_LINES.get(status, 'Other')}", f"content-type: {kind}"]
        lines += [f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def answer_json(self, value: Any, status: int = 200) -> None:
        await self.answer(status, json.dumps(value).encode())

    def cut(self) -> None:
        """Break the connection as a crash would."""
        self.writer.transport.abort()


Reply = Callable[[Call], Awaitable[None]]


class HostileTenant:
    """Serves from a thread of its own, as a context manager; `url` is on loopback.

    Attributes:
        jobs, nodes, events: what the lists answer, each item as JSON.
        tenant: what `/v1/tenant` answers.
        replies: path -> what answers it instead.
        version: the version lists say they were read at; `None` says none.
        calls: the paths asked for, in order.
    """

    def __init__(self) -> None:
        self.jobs: list[Any] = []
        self.nodes: list[Any] = []
        self.events: list[Any] = []
        self.workers: list[Any] = []
        self.tenant: Json = tenant()
        self.replies: dict[str, Reply] = {}
        self.version: int | None = 100
        self.per_page = 1000
        self.total: int | None = None
        self.calls: list[str] = []
        self.watching = threading.Semaphore(0)
        self.watched_since: list[int] = []
        self.url = ""
        self._told: list[Json] = []
        self._streams: set[asyncio.Queue[bytes | None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> HostileTenant:
        self._thread.start()
        self._on_loop(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._on_loop(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)
        self._loop.close()

    def raw(self, data: bytes | None) -> None:
        """Send bytes down every open watch; `None` breaks them."""

        def put() -> None:
            for stream in self._streams:
                stream.put_nowait(data)

        self._loop.call_soon_threadsafe(put)

    def changes(self, *changes: Json) -> None:
        """Send one event of changes, as they are."""
        self.raw(event_of(*changes))

    def put(self, item: Json, kind: str = "job") -> None:
        """Change an object and tell of it, now and whoever watches later, as it should be."""
        field = "id" if kind == "event" else "name"
        held: list[Any] = getattr(self, f"{kind}s")
        held[:] = [*(each for each in held if each[field] != item[field]), item]
        self.version = max(self.version or 0, item.get("resource_version", 0))
        change = put(item, kind)
        self._told.append(change)
        self.changes(change)

    def begin_again(self, version: int, jobs: list[Any]) -> None:
        """Count from a smaller version on, as after the loss of its database."""
        self._told.clear()
        self.version, self.jobs = version, jobs

    def await_watch(self, seconds: float = 15.0) -> None:
        """Wait until one more watch than before is open."""
        assert self.watching.acquire(timeout=seconds), "nobody watches"

    def _on_loop(self, work: Any) -> Any:
        done: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(10.0)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                _, target, _ = line.decode().split(" ", 2)
                length = 0
                while header := (await reader.readline()).decode().strip().lower():
                    if header.startswith("content-length:"):
                        length = int(header.partition(":")[2])
                await reader.readexactly(length)
                parts = urlsplit(target)
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                call = Call(unquote(parts.path), query, writer)
                self.calls.append(call.path)
                await self.replies.get(call.path, self._answer)(call)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _answer(self, call: Call) -> None:
        path = call.path
        if path == "/v1/watch":
            await self._watch(call)
        elif path == "/v1/tenant":
            await call.answer_json(self.tenant)
        elif path in _LISTS:
            await self._page(call, list(getattr(self, _LISTS[path])))
        elif path in ("/v1/pools", "/v1/telemetry", "/v1/charges"):
            await call.answer_json({"items": []})
        elif path == "/v1/prices":
            item = {"sku": "accelerator_hour", "amount": "10", "currency": "CNY"}
            await call.answer_json({"items": [item]})
        elif path.startswith("/v1/jobs/") and path.endswith("/workers"):
            await call.answer_json({"items": self.workers})
        else:
            await self._one(call)

    async def _one(self, call: Call) -> None:
        _, _, kind, name = call.path.split("/", 3)
        found = [each for each in getattr(self, kind, []) if each.get("name") == name]
        if found and kind == "jobs":
            spec = {"name": "spec", "command": "true"}
            await call.answer_json({**found[-1], "spec": spec})
        elif found:
            await call.answer_json(found[-1])
        else:
            said = {"error": {"code": "not_found", "message": f"nothing at {call.path}"}}
            await call.answer_json(said, 404)

    async def _page(self, call: Call, items: list[Any]) -> None:
        start, limit = int(call.query.get("cursor", 0)), int(call.query.get("limit", 1000))
        end = start + min(limit, self.per_page)
        page: Json = {"items": items[start:end]}
        if end < len(items):
            page["next_cursor"] = str(end)
        page["total"] = len(items) if self.total is None else self.total
        if self.version is not None:
            page["resource_version"] = self.version
        await call.answer_json(page)

    async def _watch(self, call: Call) -> None:
        stream: asyncio.Queue[bytes | None] = asyncio.Queue()
        since = int(call.query["since"])
        self.watched_since.append(since)
        self._streams.add(stream)
        head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
        await call.send((head + "transfer-encoding: chunked\r\n\r\n").encode())
        missed = [each for each in self._told if each["resource_version"] > since]
        if missed:
            stream.put_nowait(event_of(*missed))
        self.watching.release()
        try:
            while (data := await stream.get()) is not None:
                await call.send(b"%x\r\n%b\r\n" % (len(data), data))
            call.cut()
        finally:
            self._streams.discard(stream)


def answers(status: int, body: bytes = b"{}", kind: str = "application/json", **more: str) -> Reply:
    """Always that."""

    async def reply(call: Call) -> None:
        await call.answer(status, body, kind, **more)

    return reply


def slowly(seconds: float, then: Reply) -> Reply:
    """After a while."""

    async def reply(call: Call) -> None:
        await asyncio.sleep(seconds)
        await then(call)

    return reply


async def half(call: Call) -> None:
    """The beginning of an answer, and no more."""
    await call.send(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"items": [')
    call.cut()


def tenant(**more: Any) -> Json:
    return {
        "id": "hostile",
        "name": "hostile",
        "principal": {"name": "kim"},
        "currency": "CNY",
        "server_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **more,
    }


def job(name: str, version: int = 1, **more: Any) -> Json:
    return {
        "name": name,
        "uid": f"uid-{name[:20]}",
        "owner": "kim",
        "state": "RUNNING",
        "workers": 2,
        "accelerators": 2,
        "created": NOW,
        "resource_version": version,
        **more,
    }


def node(name: str, version: int = 1, **more: Any) -> Json:
    return {
        "name": name,
        "pool": "default",
        "health": "HEALTHY",
        "scheduling": "OPEN",
        "accelerators": 8,
        "allocated": 0,
        "resource_version": version,
        **more,
    }


def event(number: int, subject: str = "a", version: int = 1, **more: Any) -> Json:
    return {
        "id": f"{number:06}",
        "time": NOW,
        "kind": "job",
        "subject": {"kind": "job", "id": subject},
        "reason": "JobRunning",
        "resource_version": version,
        **more,
    }


def put(item: Json, kind: str = "job", version: int | None = None) -> Json:
    """A change to an object."""
    return {
        "resource_version": item.get("resource_version", 0) if version is None else version,
        "op": "PUT",
        "kind": kind,
        "id": item["id" if kind == "event" else "name"],
        kind: item,
    }


def delete(name: str, version: int, kind: str = "job") -> Json:
    return {"resource_version": version, "op": "DELETE", "kind": kind, "id": name}


def event_of(*changes: Json) -> bytes:
    """Changes as the watch sends them."""
    data = json.dumps(changes, ensure_ascii=False)
    version = changes[-1]["resource_version"]
    return f"id: {version}\nevent: changes\ndata: {data}\n\n".encode()
