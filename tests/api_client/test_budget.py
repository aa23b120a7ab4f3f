"""The request budget over real HTTP: counted, and less asked where a service has enough."""

from __future__ import annotations

import asyncio
import time

import pytest

from api_client import errors
from api_client.budget import RequestMeter
from api_client.exchange import Limits
from api_client.providers.tenant import TenantProvider
from api_client.services import ReportsBudget
from api_client.transport import Transport
from tests.api_client.raw_server import Exchange, cut, raw_server, reply

QUICK = Limits(retry_attempts=1, reads_at_once=8)


async def test_what_was_asked_is_counted() -> None:
    async with raw_server(reply(200, b'"abcdefgh"')) as server:
        async with Transport(server.url, limits=QUICK) as client:
            assert client.budget().median_seconds is None
            for _ in range(3):
                await client.get("/", action="read")
            await client.send("POST", "/", b"{}", action="write")
            budget = client.budget()
    assert (budget.requests, budget.bytes_read) == (4, 40)
    assert budget.median_seconds is not None and 0 < budget.median_seconds < 5
    assert (budget.in_flight, budget.waiting, budget.throttled) == (0, 0, 0)


async def test_a_call_that_breaks_leaves_nothing_in_flight() -> None:
    async with raw_server(cut) as server, Transport(server.url, limits=QUICK) as client:
        with pytest.raises(errors.Unavailable):
            await client.get("/", action="read")
        assert (client.budget().requests, client.budget().in_flight) == (1, 0)


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_holds_back_reads_and_no_writes(status: int) -> None:
    refusal = reply(status, retry_after="1")
    async with raw_server(refusal, reply(200)) as server:
        async with Transport(server.url, limits=QUICK) as client:
            with pytest.raises(errors.CloudError):
                await client.get("/", action="read")
            told = time.monotonic()
            budget = client.budget()
            assert (budget.throttled, budget.retry_after, budget.reads_at_once) == (1, 1.0, 4)
            assert 0 < budget.paused_for <= 1
            reading = asyncio.create_task(client.get("/", action="read"))
            await client.send("POST", "/", b"{}", action="write")
            assert time.monotonic() - told < 0.9
            assert client.budget().waiting == 1
            await reading
            assert time.monotonic() - told >= 0.95
        assert [seen.method for seen in server.seen] == ["GET", "POST", "GET"]


async def test_a_long_pause_refuses_reads_at_once() -> None:
    async with raw_server(reply(429, retry_after="600")) as server:
        async with Transport(server.url, limits=QUICK) as client:
            for _ in range(2):
                with pytest.raises(errors.RateLimited) as told:
                    await client.get("/", action="read")
                assert told.value.retry_after is not None and told.value.retry_after > 590
        assert len(server.seen) == 1


async def test_no_more_reads_at_once_than_the_gate_is_wide() -> None:
    most = 0
    open_now = 0

    async def counted(exchange: Exchange) -> None:
        nonlocal most, open_now
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.02)
        open_now -= 1
        await exchange.answer(200)

    async with raw_server(counted) as server:
        async with Transport(server.url, limits=Limits(reads_at_once=3)) as client:
            await asyncio.gather(*(client.get("/", action="read") for _ in range(12)))
    assert most == 3


async def test_the_gate_narrows_when_answers_are_slow_and_widens_again() -> None:
    meter = RequestMeter(8, slow=1.0, longest_pause=15)
    meter.answered(2.0, write=False)
    meter.answered(2.0, write=False)
    assert meter.budget().reads_at_once == 4
    meter.answered(2.0, write=True)
    assert meter.budget().reads_at_once == 4
    for _ in range(100):
        meter.answered(0.1, write=False)
    assert meter.budget().reads_at_once == 8


async def test_one_read_is_always_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("api_client.budget.time.monotonic", lambda: now)
    meter = RequestMeter(8, slow=1.0, longest_pause=15)
    for _ in range(10):
        now += 2.0
        meter.told_to_wait(None)
    assert meter.budget().reads_at_once == 1
    async with meter.call("read", write=False):
        assert meter.budget().in_flight == 1


def test_the_tenant_reports_its_budget() -> None:
    assert isinstance(TenantProvider(Transport("http://127.0.0.1:1")), ReportsBudget)


async def test_a_read_given_up_makes_room_for_the_next() -> None:
    meter = RequestMeter(1, slow=1.0, longest_pause=15)

    async def read() -> None:
        async with meter.call("read", write=False):
            await asyncio.sleep(0)

    async with meter.call("read", write=False):
        given_up = [asyncio.create_task(read()) for _ in range(3)]
        last = asyncio.create_task(read())
        await asyncio.sleep(0)
        assert meter.budget().waiting == 4
        given_up[0].cancel()
        given_up[1].cancel()
    given_up[2].cancel()
    await asyncio.wait_for(last, 5)
    await asyncio.gather(*given_up, return_exceptions=True)
    assert (meter.budget().in_flight, meter.budget().waiting) == (0, 0)
    await asyncio.wait_for(read(), 5)
