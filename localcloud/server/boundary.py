"""What every request passes first: its id, the size of its body, who sent it, and defects."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.server.faults import error_response

_LOG = logging.getLogger(__name__)
MAX_BODY_BYTES = 1024 * 1024
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{1,64}$")
_MOST_DRAINED = 16 * MAX_BODY_BYTES
_DRAIN_SECONDS = 1.0
_OPEN_PATHS = ("/healthz",)


class Boundary:
    """Outermost layer of the app.

    Args:
        token: callers must send it as a bearer token; `None` lets everybody in.
    """

    def __init__(self, app: ASGIApp, *, token: str | None) -> None:
        self._app = app
        self._token = None if token is None else token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            refusal = self._stranger(scope, headers, request_id)
            body = None if refusal else await _body(receive, headers)
            if refusal is not None:
                await refusal(scope, receive, answer)
            elif body is None:
                too_large = error_response(
                    413,
                    request_id,
                    f"The body is longer than {MAX_BODY_BYTES} bytes.",
                    headers={"Connection": "close"},
                )
                await _drain(receive)
                await too_large(scope, receive, answer)
            else:
                await self._app(scope, _replay(body, receive), answer)
        except Exception:
            _LOG.exception("%s %s failed, id %s", scope["method"], scope["path"], request_id)
            if started:
                raise
            defect = error_response(
                500,
                request_id,
                "The cloud met a defect of its own.",
                code="internal",
                hint="The daemon's log has the details under this request id.",
            )
            await defect(scope, receive, answer)

    def _stranger(
        self, scope: Scope, headers: dict[bytes, bytes], request_id: str
    ) -> ASGIApp | None:
        if self._token is None or scope["path"] in _OPEN_PATHS:
            return None
        scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
        known = hmac.compare_digest(given.strip(), self._token)
        if scheme.lower() == b"bearer" and known:
            return None
        return error_response(
            401,
            request_id,
            "A valid bearer token is needed.",
            hint="Send the token this cloud was started with.",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _request_id(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"")
    return given.decode() if _REQUEST_ID.match(given) else uuid.uuid4().hex


async def _body(receive: Receive, headers: dict[bytes, bytes]) -> bytes | None:
    """The whole body, or `None` where it is too long."""
    declared = headers.get(b"content-length", b"0")
    if not declared.isdigit() or len(declared) > 12 or int(declared) > MAX_BODY_BYTES:
        return None
    if declared == b"0" and b"transfer-encoding" not in headers:
        return b""
    pieces: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(pieces)
        piece = message.get("body", b"")
        length += len(piece)
        if length > MAX_BODY_BYTES:
            return None
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


async def _drain(receive: Receive) -> None:
    """Let a caller finish sending, within reason: one cut off early never reads the answer."""
    length = 0
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while length < _MOST_DRAINED:
                message = await receive()
                length += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message

    return replayed
