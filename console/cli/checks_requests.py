"""What the doctor says of the console's own requests: how many, how slow, how often anew."""

from __future__ import annotations

from datetime import datetime

from console import paths
from console.cli.context import Cli, Stop
from console.cli.finding import Finding, Level
from console.message import say
from console.present.context import PresentContext
from console.present.units import bytes_text, moment_text, number_text
from console.problems import ConfigError
from console.state.feed import utc_now
from console.state.request_report import ProviderUse, RequestReport, last_report


def request_checks(cli: Cli) -> list[Finding]:
    """What the last console on this profile asked of its providers; none without a profile."""
    try:
        profile = cli.open_profile()
    except (ConfigError, Stop):
        return []  # Said by the checks of the profile.
    report = last_report(paths.requests_file(profile.name))
    if report is None:
        return [Finding("budget", Level.OK, say("requests.said.none"))]
    ctx = PresentContext(now=utc_now(), translator=cli.translator)
    found = [_use(each, ctx) for each in report.providers]
    return [*found, _intervals(report, ctx)]


def _use(use: ProviderUse, ctx: PresentContext) -> Finding:
    values = {
        "provider": use.provider,
        "per_minute": number_text(use.per_minute),
        "requests": use.requests,
        "since": moment_text(use.since, ctx),
        "bytes": bytes_text(use.bytes_read),
        "ms": number_text(None if use.median_seconds is None else use.median_seconds * 1000),
        "at_once": use.reads_at_once,
    }
    last: datetime | None = use.throttled_at
    if last is None:
        return Finding("budget", Level.OK, say("requests.said.use", **values))
    values |= {"times": use.throttled, "last": moment_text(last, ctx)}
    return Finding("budget", Level.WARN, say("requests.said.use_throttled", **values))


def _intervals(report: RequestReport, ctx: PresentContext) -> Finding:
    feeds = [
        ctx.t("requests.said.every", feed=feed, seconds=number_text(seconds, 2))
        if seconds
        else ctx.t("requests.said.streamed", feed=feed)
        for feed, seconds in report.intervals.items()
    ]
    return Finding("budget", Level.OK, say("requests.said.intervals", feeds=", ".join(feeds)))
