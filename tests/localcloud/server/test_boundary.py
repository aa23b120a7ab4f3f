"""What strangers and broken clients send."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from api_client import errors
from api_client.auth import StaticToken
from api_client.transport import Transport
from localcloud.server.app import create_app
from localcloud.server.boundary import MAX_BODY_BYTES
from tests.localcloud.server.serving import ONCE, Served, listening


async def exchange(socket: Path, request: bytes) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_unix_connection(str(socket))
    writer.write(request)
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode("latin-1")
    lines = head.split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    writer.close()
    return int(lines[0].split()[1]), headers, body


def post(path: str, body: bytes, *extra: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "host: x", "content-type: application/json"]
    head += [f"content-length: {len(body)}", *extra]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


JOB = {"name": "demo", "command": "true"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Not A Name"}, "name"),
        ({"name": "demo\0"}, "name"),
        ({"command": ""}, "command"),
        ({"command": "echo \0"}, ""),
        ({"workers": 10**30}, "workers"),
        ({"workers": "many"}, "workers"),
        ({"priority": "LOUD"}, "priority"),
        ({"wrokers": 2}, "wrokers"),
        ({"env": {"A=B": "c"}}, ""),
        ({"env": {"": "c"}}, ""),
        ({"env": {"A": "\0"}}, ""),
        ({"hang_seconds": -1}, "hang_seconds"),
        ({"hang_seconds": 1e300}, "hang_seconds"),
        ({"rules": [{"action": "EXPLODE"}]}, "rules.0.action"),
        ({"rules": [{"action": "FAIL_JOB", "exit_codes": "0-999"}]}, "rules.0.exit_codes"),
    ],
)
async def test_a_wrong_field_is_named(
    served: Served, change: dict[str, object], field: str
) -> None:
    body = json.dumps({**JOB, **change}).encode()
    status, headers, said = await exchange(served.socket, post("/v1/jobs", body))
    error = json.loads(said)["error"]
    assert status == 422
    assert error["code"] == "invalid"
    assert error["request_id"] == headers["x-request-id"]
    assert any(name.startswith(field) for name in error["fields"])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"name": "\\ud800", "command": "x"}', b"7"]
)
async def test_a_body_that_cannot_be_read_is_the_callers_fault(served: Served, body: bytes) -> None:
    status, _, said = await exchange(served.socket, post("/v1/jobs", body))
    assert status in (400, 422)
    assert json.loads(said)["error"]["message"]


async def test_a_body_too_long_is_refused_however_it_is_sent(served: Served) -> None:
    head = f"POST /v1/jobs HTTP/1.1\r\nhost: x\r\ncontent-length: {MAX_BODY_BYTES + 1}\r\n\r\n"
    status, _, _ = await exchange(served.socket, head.encode())
    assert status == 413
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    chunked = (
        b"POST /v1/jobs HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" + piece * 17
    )
    status, _, _ = await exchange(served.socket, chunked)
    assert status == 413


@pytest.mark.parametrize(
    "target",
    ["/v1/jobs/%ff%fe", "/v1/jobs/%00", "/v1/jobs/%2e%2e", "//", "/v1/jobs/a/workers/-1/log",
     "/v1/jobs?limit=99999999999999999999999", "/v1/jobs?cursor=%00%ff", "/v1/jobs?state=%ff",
     "/v1/events?since=0001-01-01T00:00:00%2B14:00", "/v1/watch?since=99999999999999999999",
     "/v1/telemetry?metric=x&start=9999-12-31T23:59:59-12:00&end=2020-01-01T00:00:00Z",
     "/v1/jobs/a/workers/99999999999999999999/log", "/v1/charges?cursor=zzz"],
)  # fmt: skip
async def test_a_strange_address_is_refused_in_our_words(served: Served, target: str) -> None:
    status, _, said = await exchange(
        served.socket, f"GET {target} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
    )
    assert 400 <= status < 500 or "cursor" in target
    if status >= 400:
        assert json.loads(said)["error"]["request_id"]


async def test_a_wrong_method_names_the_right_ones(served: Served) -> None:
    status, headers, said = await exchange(
        served.socket, b"PATCH /v1/prices HTTP/1.1\r\nhost: x\r\n\r\n"
    )
    assert status == 405
    assert headers["allow"]
    assert json.loads(said)["error"]["code"] == "method_not_allowed"


async def test_a_request_id_is_kept_unless_it_is_strange(served: Served) -> None:
    for given, kept in ((b"abc-1", True), (b"a b\xff", False), (b"x" * 500, False)):
        request = b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-request-id: " + given + b"\r\n\r\n"
        _, headers, _ = await exchange(served.socket, request)
        assert (headers["x-request-id"].encode("latin-1") == given) is kept


async def test_a_defect_is_told_with_its_id_and_logged(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("a wire is loose")

    monkeypatch.setattr(served.cloud, "tenant", broken)
    async with Transport(served.url, limits=ONCE) as raw:
        with pytest.raises(errors.Unavailable) as caught:
            await raw.get("/v1/tenant", action="read")
    assert caught.value.status == 500
    assert "wire" not in str(caught.value)
    assert caught.value.request_id in caplog.text
    assert "a wire is loose" in caplog.text


async def test_tcp_asks_for_the_token_and_has_no_inner_routes(served: Served) -> None:
    app = create_app(served.cloud, token="right-token-1", unix=False)
    async with listening(app, host="127.0.0.1", port=0) as server:
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        for source in (None, StaticToken("wrong-token-1")):
            async with Transport(url, token=source, limits=ONCE) as raw:
                for path in ("/v1/tenant", "/metrics", "/local/v1/status", "/openapi.json"):
                    with pytest.raises(errors.Authentication):
                        await raw.get(path, action="read")
                assert (await raw.get("/healthz", action="read")).status == 200
        async with Transport(url, token=StaticToken("right-token-1"), limits=ONCE) as raw:
            assert (await raw.get("/v1/tenant", action="read")).status == 200
            with pytest.raises(errors.NotFound):
                await raw.get("/local/v1/status", action="read")
            for path in ("/local/v1/shutdown", "/agent/v1/heartbeat"):
                with pytest.raises(errors.NotFound):
                    await raw.send_json("POST", path, {}, action="write")


def test_tcp_without_a_token_is_refused() -> None:
    with pytest.raises(ValueError, match="token"):
        create_app(None, token="", unix=False)  # type: ignore[arg-type]
