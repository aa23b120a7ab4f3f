"""Moments at the ends of the calendar are shown, whatever the zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from api_client.models.scalars import from_unix, in_zone
from api_client.replies import read_refusal, retry_after_seconds

LAST = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
FIRST = datetime(1, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_zone_that_has_no_such_day_leaves_utc(zone: str) -> None:
    there = ZoneInfo(zone)
    assert in_zone(LAST, there) == LAST and in_zone(FIRST, there) == FIRST
    assert in_zone(datetime(2026, 11, 23, 12, tzinfo=UTC), there).utcoffset()


def test_seconds_beyond_the_calendar_are_its_ends() -> None:
    assert from_unix(0, UTC) == datetime(1970, 1, 1, tzinfo=UTC)
    assert from_unix(1e300, UTC).year == 9999
    assert from_unix(-1e300, UTC).year == 1


@pytest.mark.parametrize("asked", ["9" * 12, "9" * 300, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_pause_of_years_is_one_of_minutes(asked: str) -> None:
    assert retry_after_seconds(asked, datetime(2026, 11, 23, tzinfo=UTC)) == 900
    assert retry_after_seconds("-1", datetime(2026, 11, 23, tzinfo=UTC)) is None


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_a_pause_until_a_moment_is_by_the_clock_that_named_it(hours: int) -> None:
    headers = {
        "date": "Mon, 23 Nov 2026 12:00:00 GMT",
        "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT",
    }
    ours = datetime(2026, 11, 23, 12 + hours, tzinfo=UTC)
    assert read_refusal(429, headers, b"", "", ours).retry_after == 30
    undated = read_refusal(429, headers | {"date": "soon"}, b"", "", ours).retry_after
    assert undated == {-1: 900, 0: 30, 1: 0}[hours]
