"""An open profile: its providers, its live state, what it can do, who we are in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from api_client.budget import RequestBudget
from api_client.capabilities import CAPABILITIES, Availability, capabilities_of
from api_client.errors import CloudError, InvalidRequest, Unsupported
from api_client.models.identity import Principal, Tenant
from api_client.models.job import LogChunk
from api_client.models.telemetry import Series, Window
from api_client.options import OptionError
from api_client.registry import load_providers, open_provider
from api_client.services import ReportsBudget
from console import embedded, paths
from console.audit import Audit
from console.profiles import Profile, ProviderChoice
from console.secrets import token_source
from console.settings import Settings
from console.state.feed import utc_now
from console.state.feeds import Feeds
from console.state.history import History
from console.state.interest import Watching
from console.state.request_report import Requests
from console.state.snapshot import Snapshot
from console.state.sources import KEPT, KEPT_MOST, kept_late
from console.state.store import Store
from console.state.tenant_clock import TenantClock

_LOG = logging.getLogger(__name__)

EVERYWHERE = ("tenant", "jobs", "nodes", "events", "prices")
"""Feeds that live as long as the console is open."""

_FAILURE_SECONDS = 2.0

Opener = Callable[[ProviderChoice], Any]


class Session:
    """One profile, opened.

    Args:
        progress: told in plain lines how starting the embedded cloud goes.
        notice: told in one sentence what went wrong beside the data (damaged history).
        opener: makes the provider of a choice; tests put their own in.
        keep_history: keep the last good state on disk and open on it.
    """

    def __init__(
        self,
        profile: Profile,
        settings: Settings | None = None,
        *,
        audit: Audit | None = None,
        progress: embedded.Progress = _LOG.info,
        notice: Callable[[str], None] = _LOG.warning,
        opener: Opener | None = None,
        keep_history: bool = True,
    ) -> None:
        self.profile = profile
        self.settings = settings or Settings()
        self.audit = audit or Audit()
        self.store = Store()
        self._clock = TenantClock(self.store)
        self.feeds = Feeds(
            self.provider_for,
            self.store,
            refresh_seconds=self.settings.refresh_seconds,
            now=self.now,
        )
        self._progress = progress
        self._opener = opener
        self._providers: dict[int, Any] = {}
        self._failures: dict[int, tuple[float, CloudError]] = {}
        self._opening = asyncio.Lock()
        self._may_open = asyncio.Event()
        self._may_open.set()
        self._releasing: asyncio.Task[None] | None = None
        self._watching: list[Watching] = []
        self._requests = Requests(
            paths.requests_file(profile.name), self.budgets, self.feeds.intervals
        )
        self._counting: asyncio.Task[None] | None = None
        self._history = (
            History(
                paths.history_dir(profile.name),
                self.store,
                KEPT,
                most=KEPT_MOST,
                notice=notice,
            )
            if keep_history
            else None
        )

    async def start(self, feeds: Sequence[str] = EVERYWHERE) -> None:
        """Show the last good state at once, then begin to read; waits for no network."""
        if self._history is not None:
            self._history.load()
            if self._may_open.is_set():
                self._history.load_more(kept_late())
            self._history.start()
            self._counting = asyncio.create_task(self._requests.run(), name="requests")
        for key in feeds:
            self._watching.append(self.feeds.watch(key))

    def hold(self) -> None:
        """Open no provider until `release`: loading one would keep the first frame waiting."""
        self._may_open.clear()

    def release(self) -> None:
        """Providers may be opened, and what takes long to load is loaded beside the loop."""
        if self._releasing is None:
            self._releasing = asyncio.create_task(self._release(), name="release")

    async def _release(self) -> None:
        try:
            more = await asyncio.to_thread(kept_late)
            if self._history is not None:
                self._history.load_more(more)
            names = {choice.provider for choice in self.profile.services.values()}
            await asyncio.to_thread(load_providers, names)
        finally:
            self._may_open.set()

    async def close(self) -> None:
        """Stop every feed, keep the last good state, close the providers."""
        if self._releasing is not None:
            self._releasing.cancel()
            await asyncio.gather(self._releasing, return_exceptions=True)
        if self._counting is not None:
            self._counting.cancel()
            await asyncio.gather(self._counting, return_exceptions=True)
            self._requests.report()
        await self.feeds.close()
        if self._history is not None:
            await self._history.close()
        self.store.close()
        providers, self._providers = list(self._providers.values()), {}
        for provider in providers:
            await provider.aclose()

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def watch(self, key: str) -> Watching:
        """Keep a feed live until released. See `Feeds` for the keys."""
        return self.feeds.watch(key)

    async def refresh(self, key: str) -> None:
        """Read a feed now and wait for the result in its snapshot."""
        await self.feeds.refresh(key)

    def budgets(self) -> Mapping[str, RequestBudget]:
        """What was asked of each open provider that counts it, by its name."""
        return {
            str(getattr(each, "NAME", "")): each.budget()
            for each in self._providers.values()
            if isinstance(each, ReportsBudget)
        }

    def now(self) -> datetime:
        """The moment it is for the tenant: its own clock, its speed and pause where simulated."""
        return self._clock.now()

    @property
    def tenant(self) -> Tenant | None:
        """The tenant, once known (perhaps from disk)."""
        return next(iter(self.store.snapshot("tenant").items.values()), None)

    @property
    def me(self) -> Principal | None:
        """Who the credential is, once known."""
        return self.tenant.principal if self.tenant else None

    async def identify(self) -> Principal | None:
        """Who the credential is, asked if need be; `None` where the provider cannot say."""
        if self.tenant is None:
            try:
                provider = await self.provider_for("identity")
                tenant: Tenant = await provider.tenant()
            except CloudError:
                return None
            self.store.put("tenant", Snapshot(items={tenant.id: tenant}, fetched_at=utc_now()))
        return self.me

    def capability(self, capability: str) -> Availability:
        """Whether the open profile can do something and, if not, why and what would help."""
        choice = self.profile.choice_for(capability)
        provider = self._providers.get(id(choice))
        if provider is None:
            return Availability(False, "the profile is not connected yet", "wait, or refresh")
        return capabilities_of(provider)[capability]

    def capabilities(self) -> Mapping[str, Availability]:
        """Every capability by id."""
        return {capability: self.capability(capability) for capability in CAPABILITIES}

    async def provider_for(self, capability: str) -> Any:
        """The provider that has a capability, opened on first need.

        Raises:
            Unsupported: it cannot do that; the hint is the remedy.
            CloudError: it cannot be opened.
        """
        choice = self.profile.choice_for(capability)
        await self._may_open.wait()
        async with self._opening:
            provider = self._providers.get(id(choice))
            if provider is None:
                provider = await self._open_once(choice)
        there = capabilities_of(provider)[capability]
        if not there.available:
            name = getattr(provider, "NAME", choice.provider)
            raise Unsupported(f"use {capability}", there.reason, hint=there.remedy, provider=name)
        return provider

    async def _open_once(self, choice: ProviderChoice) -> Any:
        """Open a provider; who asks right after a failure gets the same failure.

        Every feed asks: without this each would start the embedded cloud anew, one after another.
        """
        failure = self._failures.get(id(choice))
        now = asyncio.get_running_loop().time()
        if failure is not None and now < failure[0] + _FAILURE_SECONDS:
            raise failure[1]
        try:
            provider = await self._open(choice)
        except CloudError as error:
            self._failures[id(choice)] = (asyncio.get_running_loop().time(), error)
            raise
        self._providers[id(choice)] = provider
        return provider

    async def _open(self, choice: ProviderChoice) -> Any:
        if self._opener is not None:
            return self._opener(choice)
        options = {name: str(value) for name, value in choice.options.items()}
        if self.profile.is_embedded and choice is self.profile.choice("training"):
            socket = await embedded.ensure_running(self._progress)
            options["url"] = f"unix://{socket}"
        elif self.profile.simulated:
            options["url"] = f"unix://{quote(str(await embedded.simulation()))}"
        try:
            return open_provider(choice.provider, options, token_source(choice))
        except (OptionError, ValueError) as error:
            raise InvalidRequest(
                f"open the profile {self.profile.name}",
                str(error),
                hint=f"correct it in {paths.config_file()}",
                provider=choice.provider,
            ) from error

    async def series(
        self, metric: str, window: Window, *, node: str = "", job: str = ""
    ) -> Sequence[Series]:
        """Series of one metric of the catalogue."""
        provider = await self.provider_for("telemetry.read")
        found: Sequence[Series] = await provider.series(metric, window, node=node, job=job)
        return found

    async def read_log(
        self,
        job: str,
        rank: int,
        *,
        attempt: int | None = None,
        start: int = 0,
        length: int = 65_536,
    ) -> LogChunk:
        """A piece of a worker's log; `start` below 0 counts from its end."""
        provider = await self.provider_for("logs.read")
        chunk: LogChunk = await provider.read_log(
            job, rank, attempt=attempt, start=start, length=length
        )
        return chunk

    async def follow_log(
        self, job: str, rank: int, *, attempt: int | None = None, start: int = 0
    ) -> AsyncIterator[LogChunk]:
        """A worker's log as it grows, until the worker's last byte."""
        provider = await self.provider_for("logs.read")
        async for chunk in provider.follow_log(job, rank, attempt=attempt, start=start):
            yield chunk
