"""What the doctor asks the profile: credential, embedded cloud, answer, clock."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from api_client.budget import RequestBudget
from api_client.errors import CloudError
from api_client.models.identity import Tenant
from api_client.services import ReportsBudget
from console import embedded
from console.cli.context import Cli, Stop
from console.cli.exits import sentence_of
from console.cli.finding import Finding, Level
from console.message import Message, say
from console.present.units import number_text
from console.problems import ConfigError
from console.profiles import Profile, ProviderChoice
from console.secrets import token_source
from console.session import Session

_SKEW_SECONDS = 5.0


async def profile_checks(cli: Cli) -> list[Finding]:
    """Every check of the profile of this run; none where the configuration is at fault."""
    try:
        profile = cli.open_profile()
        cli.settings()
    except ConfigError:
        return []
    except Stop as stop:
        return [Finding("profile", Level.FAIL, say("cli.text", text=stop.sentence))]
    return [finding async for finding in _checks(cli, profile)]


async def _checks(cli: Cli, profile: Profile) -> AsyncIterator[Finding]:
    for choice in {id(choice): choice for choice in profile.services.values()}.values():
        yield await _credential(cli, choice)
    if profile.is_embedded and await embedded.answering() is None:
        # Asking would start it, and a doctor only looks.
        yield Finding("embedded", Level.OK, _said("down"))
        return
    yield Finding("embedded", Level.OK, _said("up" if profile.is_embedded else "other"))
    for finding in await _answer(cli, profile):
        yield finding


def _said(word: str, **values: object) -> Message:
    return say(f"cli.doctor.said.{word}", **values)


async def _credential(cli: Cli, choice: ProviderChoice) -> Finding:
    """Whether a credential is there; its value goes nowhere."""
    sources = ("token_env", "token_command", "token_keyring")
    source = next((name for name in sources if getattr(choice, name)), "")
    if not source:
        return Finding("credential", Level.OK, _said("no_credential"))
    try:
        await token_source(choice).token()
    except CloudError as error:
        why = _said("credential_bad", why=error.sentence())
        return Finding("credential", Level.FAIL, why, say("cli.text", text=error.hint))
    return Finding("credential", Level.OK, _said("credential_ok", source=source))


async def _answer(cli: Cli, profile: Profile) -> list[Finding]:
    async with Session(profile, cli.settings(), progress=cli.talk, keep_history=False) as session:
        started = time.monotonic()
        try:
            provider = await session.provider_for("identity")
            await provider.tenant()
            # The first call pays for the connection; the second is what a person waits for.
            started = time.monotonic()
            tenant: Tenant = await provider.tenant()
        except CloudError as error:
            sentence, _, hint = sentence_of(error, cli).partition("\n")
            said = _said("silent", profile=profile.name, why=sentence)
            unknown = Finding("clock", Level.WARN, _said("clock_unknown"))
            remedy = say("cli.text", text=hint.replace("\n", " "))
            return [Finding("profile", Level.FAIL, said, remedy), unknown]
        took = time.monotonic() - started
    values = {"profile": profile.name, "tenant": tenant.name, "ms": round(took * 1000)}
    found = [Finding("profile", Level.OK, _said("answers", **values)), _clock(tenant, took)]
    if isinstance(provider, ReportsBudget):
        found.append(_budget(provider.budget()))
    return found


def _budget(budget: RequestBudget) -> Finding:
    """What these checks asked of the service, and what it lets be asked at once."""
    values = {
        "requests": budget.requests,
        "ms": round((budget.median_seconds or 0.0) * 1000),
        "at_once": budget.reads_at_once,
    }
    if not budget.throttled:
        return Finding("budget", Level.OK, _said("budget_ok", **values))
    said = _said("budget_throttled", times=budget.throttled, **values)
    return Finding("budget", Level.WARN, said, say("cli.doctor.remedy.budget"))


def _clock(tenant: Tenant, took: float) -> Finding:
    """How far apart the clocks are, at least: half of the way there and back is not known."""
    if tenant.simulation is not None:
        return Finding("clock", Level.OK, _said("clock_simulated"))
    apart = abs((datetime.now(UTC) - tenant.server_time).total_seconds())
    apart = max(0.0, apart - took)
    seconds = number_text(apart, 2)
    if apart > _SKEW_SECONDS:
        remedy = say("cli.doctor.remedy.clock")
        return Finding("clock", Level.WARN, _said("clock_off", seconds=seconds), remedy)
    return Finding("clock", Level.OK, _said("clock_ok", seconds=seconds))
