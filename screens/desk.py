"""What every view is handed: the open session, the language, the keys, the glyphs, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from console.keymap import Keymap
from console.message import Message
from console.present.context import PresentContext
from console.session import Session
from console.settings import Settings
from console.text import Translator
from console.watcher import Pins
from screens.overview_counts import OverviewCounts


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def local_zone() -> tzinfo:
    """The zone of this machine."""
    return datetime.now().astimezone().tzinfo or UTC


@dataclass
class Desk:
    """One person's workplace. Handed down once; views keep it and ask it, never the app."""

    session: Session
    settings: Settings
    translator: Translator
    keymap: Keymap
    zone: tzinfo = field(default_factory=local_zone)
    clock: Callable[[], datetime] = utc_now
    """The tenant's now, which the open session keeps, unless another clock is given."""
    counts: OverviewCounts = field(default_factory=OverviewCounts)
    """Sums over the tenant: counted once, read by every view."""
    _pins: dict[str, Pins] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.clock is utc_now:
            self.clock = lambda: self.session.now()

    @property
    def pins(self) -> Pins:
        """The jobs somebody wants to hear of, of the profile that is open."""
        name = self.session.profile.name
        if name not in self._pins:
            self._pins[name] = Pins(name)
        return self._pins[name]

    def t(self, key: str, **values: Any) -> str:
        """The sentence of a catalogue key in the current language."""
        return self.translator.t(key, **values)

    def say(self, message: Message | str) -> str:
        """A message of the headless core in the current language."""
        return message if isinstance(message, str) else self.translator.say(message)

    def present(self) -> PresentContext:
        """What the presentation functions need to know right now."""
        session = self.session
        prices = session.store.snapshot("prices").items.get("prices")
        return PresentContext(
            now=self.clock(),
            translator=self.translator,
            zone=self.zone,
            currency=session.tenant.currency if session.tenant else "",
            prices=prices,
            me=session.me.name if session.me else "",
            ascii_only=self.settings.glyphs == "ascii",
        )

    def why_not(self, capability: str | None) -> str:
        """Empty where the profile can do something; else the reason and the remedy."""
        if capability is None:
            return ""
        there = self.session.capability(capability)
        if there.available:
            return ""
        return f"{there.reason}: {there.remedy}" if there.remedy else there.reason
