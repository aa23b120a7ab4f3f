"""The context tests present in."""

from __future__ import annotations

from datetime import timedelta, timezone

from console.present.context import PresentContext
from console.text import Translator
from tests.console.analysis.stories import PRICES, at

SHANGHAI = timezone(timedelta(hours=8), "CST")


def context(language: str = "en", *, ascii_only: bool = False) -> PresentContext:
    """A minute after the stories began, in Shanghai, as ada."""
    return PresentContext(
        now=at(60),
        translator=Translator(language),
        zone=SHANGHAI,
        currency="CNY",
        prices=PRICES,
        me="ada",
        ascii_only=ascii_only,
    )
