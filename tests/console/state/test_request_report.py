from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from api_client.budget import RequestBudget
from console.state.request_report import Requests, last_report
from tests.console.fakes import T0


def test_requests_are_counted_by_the_minute_and_kept_for_the_doctor(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "local.json"
    moment: list[datetime] = [T0]
    budget = [RequestBudget(requests=10)]
    requests = Requests(
        file,
        lambda: {"tenant": budget[0]},
        lambda: {"jobs": 0.0, "prices": 60.0},
        lambda: moment[0],
    )
    assert requests.report().providers[0].per_minute is None, "nothing to count in yet"
    for second in range(15, 121, 15):
        moment[0] = T0 + timedelta(seconds=second)
        budget[0] = RequestBudget(requests=10 + second, bytes_read=5, throttled=int(second >= 90))
        requests.report()
    report = last_report(file)
    assert report is not None and report.written == moment[0]
    (use,) = report.providers
    assert use.per_minute == 60.0 and use.requests == 130 and use.since == T0
    assert use.throttled_at == T0 + timedelta(seconds=90)
    assert report.intervals == {"jobs": 0.0, "prices": 60.0}


def test_a_file_that_cannot_be_read_is_as_good_as_none(tmp_path: Path) -> None:
    file = tmp_path / "local.json"
    assert last_report(file) is None
    file.write_text("{]")
    assert last_report(file) is None
