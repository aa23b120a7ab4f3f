"""The command line arranges lists as the screens do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from api_client.models.job import JobState, JobSummary
from console.cli.context import Cli, Stop
from console.cli.jobs import NOUN
from console.cli.listing import ListOptions, show_list
from console.lists.query import parse_query
from console.present.context import PresentContext
from tests.console.fakes import make_job

CTX = PresentContext(now=datetime(2026, 11, 1, tzinfo=UTC))


def _jobs() -> list[JobSummary]:
    return [
        make_job("beta", JobState.FAILED, owner="kim"),
        make_job("alpha", JobState.RUNNING, owner="lee"),
        make_job("gamma", JobState.RUNNING, owner="kim"),
    ]


def _shown(capsys: Any, view: str, **given: Any) -> list[str]:
    arrangement = parse_query(view)
    columns = ",".join(width.column for width in arrangement.columns)
    values = {"sort": "", "limit": None, "columns": columns, "wide": True} | given
    show_list(Cli(), _jobs(), NOUN, ListOptions((), **values, view=arrangement), CTX)
    return [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]


def test_a_view_sorts_and_groups(capsys: Any) -> None:
    assert _shown(capsys, "jobs?columns=name", sort="-name") == ["gamma", "beta", "alpha"]
    grouped = _shown(capsys, "jobs?columns=name&group=owner", sort="name")
    assert [word for word in grouped if word in ("kim", "lee", "alpha", "beta", "gamma")] == [
        "kim",
        "beta",
        "gamma",
        "lee",
        "alpha",
    ]


def test_a_column_that_is_none_is_refused(capsys: Any) -> None:
    with pytest.raises(Stop):
        _shown(capsys, "jobs?group=ownr")
    with pytest.raises(Stop):
        _shown(capsys, "jobs", sort="ownr")
