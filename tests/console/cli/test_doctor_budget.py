"""The doctor says what a service lets be asked of it."""

from __future__ import annotations

import asyncio

from api_client.models.identity import Principal, Tenant
from api_client.models.slim import to_json
from tests.api_client.raw_server import Script, raw_server, reply
from tests.console.cli.runs import qd
from tests.console.fakes import T0


def _tenant() -> Script:
    said = Tenant(
        id="t", name="lab", principal=Principal(name="kim"), currency="CNY", server_time=T0
    )
    return reply(200, to_json(said), content_type="application/json")


async def _budget(*scripts: Script) -> dict[str, str]:
    async with raw_server(*scripts) as server:
        await asyncio.to_thread(qd, "profiles", "add", "lab", "--set", f"url={server.url}")
        ran = await asyncio.to_thread(qd, "doctor", "--profile", "lab", "--json")
    found: dict[str, str] = next(each for each in ran.json if each["check"] == "budget")
    return found


async def test_a_service_at_ease() -> None:
    found = await _budget(_tenant())
    assert found["level"] == "ok"
    assert found["detail"].startswith("2 calls")
    assert found["detail"].endswith("12 reads at once")


async def test_a_service_that_asks_for_fewer_calls() -> None:
    found = await _budget(reply(429, retry_after="0"), _tenant())
    assert found["level"] == "warn" and found["remedy"]
    assert "3 calls" in found["detail"] and "(1×)" in found["detail"]
