"""The first reading of events: the newest whole, of the older ones what tells of failures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api_client.models.base import Page, Ref
from api_client.models.event import Event, EventReason
from api_client.paging import Pages
from console.state import listing
from console.state.listing import newest_events
from tests.console.fakes import T0

_FAILURES = {2, 7, 11, 13}


def _event(minutes_ago: int) -> Event:
    failed = minutes_ago in _FAILURES
    reason = EventReason.FAILURE_DETECTED if failed else EventReason.CHECKPOINT_SAVED
    return Event(
        id=f"e{minutes_ago}",
        kind="job",
        subject=Ref(kind="job", id="j"),
        time=T0 - timedelta(minutes=minutes_ago),
        reason=reason,
        message="",
    )


class _Server:
    """Lists events three to a page, newest first, and counts what was asked for."""

    def __init__(self, events: list[Event]) -> None:
        self.events, self.asked = events, 0

    def pages(self) -> Pages[Event]:
        async def fetch(cursor: str | None) -> Page[Event]:
            self.asked += 1
            start = int(cursor or 0)
            more = str(start + 3) if start + 3 < len(self.events) else None
            return Page(items=tuple(self.events[start : start + 3]), next_cursor=more)

        return Pages(fetch)


async def test_older_failures_are_asked_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_EVENTS", 5)
    everything = _Server([_event(ago) for ago in range(60)])
    failures = _Server([_event(ago) for ago in sorted(_FAILURES)])
    found: dict[str, Event] = {}
    cuts = []
    async for page, cut in newest_events(everything.pages(), failures.pages()):
        found |= {event.id: event for event in page.items}
        cuts.append(cut)
    assert set(found) == {
        *(f"e{ago}" for ago in range(3)),
        *(f"e{ago}" for ago in _FAILURES),
    }
    assert (everything.asked, failures.asked) == (2, 2)
    assert cuts[0] is False and all(cuts[1:]), "what is left out is told"


async def test_a_server_that_sends_every_event_is_read_no_longer_than_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "MOST_EVENTS", 2)
    monkeypatch.setattr(listing, "MOST_FAILURE_EVENTS", 2)
    server = _Server([_event(ago) for ago in range(60)])
    found: set[str] = set()
    async for page, _ in newest_events(server.pages(), server.pages()):
        found |= {event.id for event in page.items}
    assert found == {"e2", "e7"}
    assert server.asked == 1 + 3


async def test_failures_older_than_the_window_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_EVENTS", 3)
    long_ago = listing.EVENT_DAYS * 24 * 60
    monkeypatch.setitem(globals(), "_FAILURES", {2, long_ago + 1})
    everything = _Server([_event(ago) for ago in range(9)])
    failures = _Server([_event(2), _event(long_ago + 1), *map(_event, range(100_000, 100_009))])
    found: set[str] = set()
    async for page, _ in newest_events(everything.pages(), failures.pages()):
        found |= {event.id for event in page.items}
    assert found == {"e0", "e1", "e2"}
    assert failures.asked == 1
