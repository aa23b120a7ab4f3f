"""An open profile for one command: no feeds in the background, one read of who we are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, TypeVar

import click

from api_client.errors import CloudError, NotFound, Unsupported
from api_client.models.billing import PriceList
from api_client.models.identity import Tenant
from console import embedded
from console.cli.context import Cli
from console.cli.known_names import known_near
from console.present.context import PresentContext
from console.session import Session
from console.state.snapshot import Snapshot

T = TypeVar("T")


@dataclass(frozen=True)
class Open:
    """A session for one command, and what its answers are shown with."""

    cli: Cli
    session: Session
    tenant: Tenant | None
    prices: PriceList | None

    async def provider(self, capability: str) -> Any:
        """The provider that can do this.

        Raises:
            CloudError: none can, or it cannot be opened.
        """
        return await self.session.provider_for(capability)

    @property
    def me(self) -> str:
        """Who the credential is; empty where the provider does not say."""
        return self.tenant.principal.name if self.tenant else ""

    def present(self) -> PresentContext:
        """What rows are made with, at this moment."""
        return PresentContext(
            now=self.session.now(),
            translator=self.cli.translator,
            zone=local_zone(),
            currency=self.tenant.currency if self.tenant else "",
            prices=self.prices,
            me=self.me,
            ascii_only=self.session.settings.glyphs == "ascii",
        )

    def keep(self, feed: str, items: dict[str, Any]) -> None:
        """Remember a whole list as the last good state, for completion and the console's start."""
        now = datetime.now(UTC)
        self.session.store.put(feed, Snapshot(items=MappingProxyType(items), fetched_at=now))


def local_zone() -> tzinfo:
    """The zone of this machine."""
    return datetime.now().astimezone().tzinfo or UTC


@asynccontextmanager
async def opened(cli: Cli) -> AsyncIterator[Open]:
    """Open the profile of this run; the embedded cloud is started where it is not up.

    Raises:
        ConfigError: the configuration has mistakes.
        Stop: there is no such profile.
        CloudError: it cannot be opened.
    """
    profile, settings = cli.open_profile(), cli.settings()
    if profile.is_embedded and await embedded.answering() is None:
        cli.tell("cli.local.starting")
    async with Session(profile, settings, progress=cli.talk, notice=cli.talk) as session:
        tenant, prices = await asyncio.gather(_tenant(session), _prices(session))
        opening = Open(cli, session, tenant, prices)
        if tenant is not None:
            opening.keep("tenant", {tenant.id: tenant})
        if prices is not None:
            opening.keep("prices", {"prices": prices})
        if tenant is not None and tenant.simulation and not cli.json:
            cli.tell("cli.simulation")
        yield opening


async def _tenant(session: Session) -> Tenant | None:
    """Who we are and where; `None` where the provider does not say."""
    try:
        provider = await session.provider_for("identity")
    except Unsupported:
        return None
    tenant: Tenant = await provider.tenant()
    return tenant


async def _prices(session: Session) -> PriceList | None:
    """The price list; without one money is shown as not known."""
    try:
        provider = await session.provider_for("billing.read")
        prices: PriceList = await provider.prices()
    except CloudError:
        return None
    return prices


def _unheard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # A wait for a socket that is given up in the very moment something arrives, as when the
    # person interrupts, is told of twice. Nobody waits any more, so nothing is lost.
    if not isinstance(context.get("exception"), asyncio.InvalidStateError):
        loop.default_exception_handler(context)


def run_opened(cli: Cli, work: Callable[[Open], Awaitable[T]]) -> T:
    """Open the profile, do the work, close it."""

    async def whole() -> T:
        asyncio.get_running_loop().set_exception_handler(_unheard)
        async with opened(cli) as opening:
            return await work(opening)

    try:
        return asyncio.run(whole())
    except NotFound as error:
        close = known_near(click.get_current_context(silent=True))
        if close:
            error.hint = cli.t("cli.error.nearest", word=close)
        raise
