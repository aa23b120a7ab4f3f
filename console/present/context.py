"""What every presentation needs to know and may not look up itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from console.text import Translator

if TYPE_CHECKING:
    from api_client.models.prices import PriceList


@dataclass(frozen=True, slots=True)
class PresentContext:
    """Handed to every function of `console.present`; nothing there reads a clock.

    Attributes:
        now: the moment ages and time left are counted from, timezone-aware.
        zone: the zone moments are shown in.
        currency: the tenant's currency, for sums of nothing.
        prices: what accelerators cost; `None` while unknown, so that money shows as unknown.
        me: the principal's name, which `owner=me` means.
        ascii_only: glyphs and charts in ASCII.
        accelerator_model: the model jobs run on, where the tenant has one only.
    """

    now: datetime
    translator: Translator = field(default_factory=Translator)
    zone: tzinfo = UTC
    currency: str = ""
    prices: PriceList | None = None
    me: str = ""
    ascii_only: bool = False
    accelerator_model: str = ""

    def t(self, key: str, **values: Any) -> str:
        """The sentence of a key in the current language."""
        return self.translator.t(key, **values)
