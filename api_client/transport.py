"""The one place that speaks HTTP: timeouts, retries of reads, request ids, errors, streams."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Self

import httpx
import httpx_sse

from api_client import errors
from api_client.address import Address, parse_address
from api_client.auth import NoToken, TokenSource
from api_client.budget import RequestBudget, RequestMeter
from api_client.calls import Calls
from api_client.exchange import Limits, Query, Reply, ServerEvent
from api_client.redaction import redact
from api_client.replies import refused
from api_client.retry import tries_of_a_read

_LOG = logging.getLogger(__name__)

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Transport(Calls):
    """One origin: `http(s)://host[:port][/base]`, or `unix:///path/to.sock`.

    Reads are tried again with jitter inside a deadline. Writes are sent once.

    Args:
        url: where the service is; holds no credential.
        token: where the bearer token comes from.
        provider: name put into every error.
        transport: replaces the network, for tests.
    """

    def __init__(
        self,
        url: str,
        *,
        token: TokenSource | None = None,
        provider: str = "",
        limits: Limits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.address: Address = parse_address(url)
        self.limits = limits or Limits()
        self._token = token or NoToken()
        self._provider = provider
        self._network = transport
        self._client: httpx.AsyncClient | None = None
        self._secrets: set[str] = set()
        self._meter = RequestMeter(
            self.limits.reads_at_once,
            slow=self.limits.slow_read,
            longest_pause=self.limits.retry_deadline,
        )

    def __repr__(self) -> str:
        return f"Transport({str(self.address)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def budget(self) -> RequestBudget:
        """What was asked of this origin so far."""
        return self._meter.budget()

    async def get(
        self,
        path: str,
        *,
        action: str,
        params: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Read, trying again where that can help."""
        async for attempt in tries_of_a_read(self.limits):
            with attempt:
                return await self._call("GET", path, action, params, headers, None)
        raise AssertionError("the retry loop ended without an answer or an error")

    async def send(
        self, method: str, path: str, body: bytes | None = None, *, action: str
    ) -> Reply:
        """Write once.

        Raises:
            Unavailable: no connection could be opened; nothing was sent.
            OutcomeUnknown: it was sent, and the answer was lost.
        """
        headers = {} if body is None else {"Content-Type": "application/json"}
        return await self._call(method, path, action, None, headers, body or b"")

    async def stream_bytes(
        self,
        path: str,
        *,
        action: str,
        params: Query | None = None,
        opened: Callable[[], None] | None = None,
    ) -> AsyncGenerator[bytes, None]:
        """The body of one connection as it arrives; `opened` is called once it is accepted."""
        async with self._stream(path, action, params, {}) as response:
            if opened is not None:
                opened()
            async for piece in response.aiter_bytes():
                self._meter.received(len(piece))
                yield piece

    async def events(
        self,
        path: str,
        *,
        action: str,
        params: Query | None = None,
        last_event_id: str = "",
        opened: Callable[[], None] | None = None,
    ) -> AsyncGenerator[ServerEvent, None]:
        """Server-sent events, one connection long; `opened` as for `stream_bytes`."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        async with self._stream(path, action, params, headers) as response:
            if opened is not None:
                opened()
            async for said in httpx_sse.EventSource(response).aiter_sse():
                self._meter.received(len(said.data))
                retry = None if said.retry is None else said.retry / 1000
                yield ServerEvent(said.event, said.data, said.id, retry)

    async def _call(
        self,
        method: str,
        path: str,
        action: str,
        params: Query | None,
        headers: Mapping[str, str] | None,
        body: bytes | None,
    ) -> Reply:
        write = method != "GET"
        async with self._meter.call(action, write=write):
            return await self._exchange(method, path, action, params, headers or {}, body)

    async def _exchange(
        self,
        method: str,
        path: str,
        action: str,
        params: Query | None,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Reply:
        write = method != "GET"
        request, request_id = await self._request(method, path, params, headers, body)
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.limits.whole_call):
                response = await self._open_client().send(request, stream=True)
                try:
                    content = await self._body(response, action, request_id)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._broken(error, action, request_id, write=write) from error
        took = time.monotonic() - started
        self._meter.answered(took, write=write)
        _LOG.debug("%s %s %d %.3f s %s", method, path, response.status_code, took, request_id)
        if not response.is_success:
            raise self._refused(response, content, action, request_id, write=write)
        answered = response.headers.get("x-request-id", request_id)
        return Reply(response.status_code, dict(response.headers), content, answered)

    @asynccontextmanager
    async def _stream(
        self, path: str, action: str, params: Query | None, headers: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        await self._meter.opening(action)
        request, request_id = await self._request("GET", path, params, headers, None)
        request.extensions["timeout"]["read"] = self.limits.stream_silence
        response: httpx.Response | None = None
        try:
            response = await self._open_client().send(request, stream=True)
            if not response.is_success:
                content = await self._body(response, action, request_id)
                raise self._refused(response, content, action, request_id, write=False)
            yield response
        except httpx_sse.SSEError as error:
            raise errors.BadReply(action, "not an event stream", request_id=request_id) from error
        except httpx.HTTPError as error:
            raise self._broken(error, action, request_id, write=False) from error
        finally:
            if response is not None:
                await response.aclose()

    async def _body(self, response: httpx.Response, action: str, request_id: str) -> bytes:
        pieces: list[bytes] = []
        length = 0
        async for piece in response.aiter_bytes():
            length += len(piece)
            self._meter.received(len(piece))
            if length > self.limits.body_bytes:
                raise errors.BadReply(action, "the answer is too long", request_id=request_id)
            pieces.append(piece)
        return b"".join(pieces)

    async def _request(
        self,
        method: str,
        path: str,
        params: Query | None,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> tuple[httpx.Request, str]:
        request_id = uuid.uuid4().hex
        sent = {"X-Request-Id": request_id, "Accept-Encoding": "identity", **headers}
        token = await self._token.token()
        if token is not None:
            self._secrets.add(token)
            sent["Authorization"] = f"Bearer {token}"
        given = {key: value for key, value in (params or {}).items() if value is not None}
        request = self._open_client().build_request(
            method, self.address.base_url + path, params=given or None, headers=sent, content=body
        )
        return request, request_id

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            limits = self.limits
            pool = httpx.Limits(max_connections=limits.connections)
            network = self._network
            if network is None and self.address.socket_path:
                network = httpx.AsyncHTTPTransport(uds=self.address.socket_path, limits=pool)
            self._client = httpx.AsyncClient(
                transport=network,
                limits=pool,
                timeout=httpx.Timeout(
                    connect=limits.connect, read=limits.read, write=limits.write, pool=limits.pool
                ),
                trust_env=not self.address.socket_path,
                follow_redirects=False,
            )
        return self._client

    def _refused(
        self,
        response: httpx.Response,
        content: bytes,
        action: str,
        request_id: str,
        *,
        write: bool,
    ) -> errors.CloudError:
        status = response.status_code
        if status == 401:
            self._token.forget()
        error = refused(
            status,
            response.headers,
            content,
            action=action,
            provider=self._provider,
            request_id=request_id,
            secrets=self._secrets,
            write=write,
        )
        pause: float | None = getattr(error, "retry_after", None)
        if status == 429 or (status == 503 and pause is not None):
            self._meter.told_to_wait(pause)
        return error

    def _broken(
        self, error: Exception, action: str, request_id: str, *, write: bool
    ) -> errors.CloudError:
        reason = redact(str(error) or type(error).__name__, self._secrets)
        kind: type[errors.CloudError]
        if write and not isinstance(error, _NEVER_SENT):
            kind, detail = errors.OutcomeUnknown, f"the answer was lost ({reason})"
        elif isinstance(error, httpx.TimeoutException | TimeoutError):
            kind, detail = errors.TimedOut, f"no answer in time from {self.address}"
        elif isinstance(error, httpx.ConnectError):
            kind, detail = errors.Unreachable, f"cannot connect to {self.address} ({reason})"
        else:
            kind, detail = errors.Unavailable, f"the connection broke ({reason})"
        return kind(action, detail, provider=self._provider, request_id=request_id)
