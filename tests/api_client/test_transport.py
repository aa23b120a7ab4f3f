from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from api_client import errors
from api_client.auth import StaticToken
from api_client.exchange import Limits, RangeNotSatisfiable
from api_client.transport import Transport
from tests.api_client.raw_server import (
    Exchange,
    cut,
    drip,
    garbage,
    half_body,
    hang,
    raw_server,
    reply,
)

QUICK = Limits(
    connect=1.0,
    read=0.3,
    write=0.3,
    whole_call=0.6,
    retry_deadline=2.0,
    retry_attempts=3,
    retry_first_wait=0.01,
    retry_jitter=0.01,
    body_bytes=1000,
)
ERROR = b'{"error": {"code": "x", "message": "said so", "hint": "do that", "fields": {"a": "b"}}}'


def transport(url: str, token: str = "", limits: Limits = QUICK) -> Transport:
    source = StaticToken(token) if token else None
    return Transport(url, provider="tenant", limits=limits, token=source)


@pytest.mark.parametrize("trouble", [cut, half_body, garbage, hang, reply(500), reply(503)])
async def test_a_read_is_tried_again(trouble: object) -> None:
    async with raw_server(trouble, reply(200, b'{"a": 1}')) as server:  # type: ignore[arg-type]
        async with transport(server.url) as client:
            assert await client.get_json("/x", action="read x") == {"a": 1}
        assert len(server.seen) == 2


@pytest.mark.parametrize("trouble", [cut, half_body, garbage, hang, drip, reply(500), reply(502)])
async def test_a_write_with_a_lost_answer_is_unknown_and_sent_once(trouble: object) -> None:
    async with raw_server(trouble) as server, transport(server.url) as client:  # type: ignore[arg-type]
        with pytest.raises(errors.OutcomeUnknown):
            await client.send_json("POST", "/x", {"a": 1}, action="create x")
        assert len(server.seen) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_refused_write_is_not_repeated(status: int) -> None:
    async with raw_server(reply(status)) as server, transport(server.url) as client:
        with pytest.raises((errors.RateLimited, errors.Unavailable)) as caught:
            await client.send_json("POST", "/x", {}, action="create x")
        assert not isinstance(caught.value, errors.OutcomeUnknown)
        assert len(server.seen) == 1


async def test_a_write_that_found_nobody_was_surely_not_sent(tmp_path: Path) -> None:
    async with raw_server(cut) as server:
        url = server.url
    for nobody in (url, f"unix://{tmp_path}/none.sock"):
        async with transport(nobody) as client:
            with pytest.raises(errors.Unavailable) as caught:
                await client.send_json("POST", "/x", {}, action="create x")
            assert nobody in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.InvalidRequest),
        (401, errors.Authentication),
        (403, errors.Permission),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (410, errors.Expired),
        (413, errors.InvalidRequest),
        (418, errors.BadReply),
        (302, errors.BadReply),
        (422, errors.InvalidRequest),
        (429, errors.RateLimited),
        (500, errors.Unavailable),
        (501, errors.Unsupported),
        (504, errors.TimedOut),
    ],
)
async def test_each_status_has_its_error(status: int, kind: type[errors.CloudError]) -> None:
    once = Limits(retry_attempts=1)
    async with raw_server(reply(status, ERROR, x_request_id="r-1", location="http://e")) as server:
        async with transport(server.url, limits=once) as client:
            with pytest.raises(kind) as caught:
                await client.get_json("/x", action="read x")
    error = caught.value
    assert type(error) is kind
    assert (error.request_id, error.status, error.provider) == ("r-1", status, "tenant")
    assert str(error) == "could not read x: said so"
    if isinstance(error, errors.InvalidRequest):
        assert error.fields == {"a": "b"}


async def test_retry_after_in_seconds_is_waited_for() -> None:
    async with raw_server(reply(429, retry_after="1"), reply(200)) as server:
        async with transport(server.url) as client:
            before = time.monotonic()
            await client.get_json("/x", action="read x")
            assert time.monotonic() - before >= 0.95


async def test_retry_after_as_a_date_is_waited_for() -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    limits = Limits(retry_deadline=5.0, retry_jitter=0.01)
    async with raw_server(reply(503, retry_after=when), reply(200)) as server:
        async with transport(server.url, limits=limits) as client:
            before = time.monotonic()
            await client.get_json("/x", action="read x")
            assert time.monotonic() - before >= 0.8


async def test_a_retry_after_past_the_deadline_is_handed_to_the_caller() -> None:
    async with raw_server(reply(429, retry_after="3600")) as server:
        async with transport(server.url) as client:
            with pytest.raises(errors.RateLimited) as caught:
                await client.get_json("/x", action="read x")
        # An hour is asked for; a console is shut out for a quarter of one at most.
        assert caught.value.retry_after == 900
        assert len(server.seen) == 1


async def test_a_slow_body_ends_at_the_deadline() -> None:
    once = Limits(read=1.0, whole_call=0.3, retry_attempts=1)
    async with raw_server(drip) as server, transport(server.url, limits=once) as client:
        with pytest.raises(errors.TimedOut):
            await client.get_json("/x", action="read x")


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"[" * 900, b"\xff"])
async def test_what_is_not_json_is_a_bad_reply(body: bytes) -> None:
    async with raw_server(reply(200, body)) as server, transport(server.url) as client:
        with pytest.raises(errors.BadReply):
            await client.get_json("/x", action="read x")


async def test_an_endless_answer_is_refused() -> None:
    async with raw_server(reply(200, b"1" * 5000)) as server, transport(server.url) as client:
        with pytest.raises(errors.BadReply, match="too long"):
            await client.get_json("/x", action="read x")


async def test_a_redirect_is_not_followed_with_the_credential() -> None:
    async with raw_server(reply(200)) as elsewhere:
        async with raw_server(reply(302, location=elsewhere.url)) as server:
            async with transport(server.url, token="s3cret-token") as client:
                with pytest.raises(errors.BadReply) as caught:
                    await client.get_json("/x", action="read x")
        assert elsewhere.seen == []
    assert "moved" in caught.value.hint


async def test_secrets_are_in_no_error_no_log_and_no_repr(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "s3cret-token-value"
    leak = (
        b'{"error": {"message": "bad header authorization: Bearer s3cret-token-value",'
        b' "hint": "token=s3cret-token-value", "fields": {"f": "s3cret-token-value"}}}'
    )
    async with raw_server(reply(422, leak)) as server, transport(server.url, secret) as client:
        with pytest.raises(errors.InvalidRequest) as caught:
            await client.send_json("POST", "/x", {}, action="create x")
        shown = repr(client)
    assert server.seen[0].headers["authorization"] == f"Bearer {secret}"
    error = caught.value
    written = [str(error), repr(error), error.hint, str(error.fields), shown, caplog.text]
    assert all(secret not in text for text in written)


async def test_a_request_id_is_sent_and_is_in_the_error() -> None:
    async with raw_server(reply(404)) as server, transport(server.url) as client:
        with pytest.raises(errors.NotFound) as caught:
            await client.get_json("/x", action="read x")
    assert caught.value.request_id == server.seen[0].headers["x-request-id"] != ""


async def test_a_refused_credential_is_fetched_anew_once() -> None:
    class Rotating:
        given = 0

        async def token(self) -> str | None:
            return f"token-{self.given}"

        def forget(self) -> None:
            self.given += 1

    async with raw_server(reply(401), reply(200)) as server:
        async with Transport(server.url, token=Rotating(), limits=QUICK) as client:
            await client.get_json("/x", action="read x")
        assert [e.headers["authorization"] for e in server.seen] == [
            "Bearer token-0",
            "Bearer token-1",
        ]


async def test_ranges_are_half_open_and_the_end_is_told() -> None:
    async def empty(exchange: Exchange) -> None:
        await exchange.answer(416, b"{}", content_range="bytes */10")

    async with raw_server(reply(206, b"abc"), reply(206), reply(206), empty) as server:
        async with transport(server.url) as client:
            body, _ = await client.get_range("/x", 5, 8, action="read x")
            await client.get_range("/x", 5, action="read x")
            await client.get_range("/x", -3, action="read x")
            with pytest.raises(RangeNotSatisfiable) as caught:
                await client.get_range("/x", 50, action="read x")
        assert body == b"abc"
        assert [e.headers["range"] for e in server.seen[:3]] == [
            "bytes=5-7",
            "bytes=5-",
            "bytes=-3",
        ]
        assert caught.value.headers["content-range"] == "bytes */10"


async def test_a_unix_socket_is_an_origin(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")
        writer.close()

    server = await asyncio.start_unix_server(answer, str(tmp_path / "a b.sock"))
    async with server, transport(f"unix://{tmp_path}/a b.sock") as client:
        assert await client.get_json("/x", action="read x") == []


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x", "http://", "http://u:p@h", "unix://host/x", "http://h?a=1", "http://h:99999"],
)
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Transport(url)
