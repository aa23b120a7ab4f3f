"""Slim records: what they take from the wire, what they refuse, how they are written."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import asdict

from api_client.models.base import Money, Page
from api_client.models.billing import Charge, PriceList
from api_client.models.compute import Accelerator, AcceleratorSample
from api_client.models.event import Event
from api_client.models.job import Job, JobSpec, JobState, JobSummary, Progress
from api_client.models.slim import Malformed, from_json, indented, plain, replace, to_json
from api_client.models.watch import Change, ChangeOp
from api_client.services import EventQuery, JobQuery

T0 = datetime(2026, 1, 1, tzinfo=UTC)
JOB = {"name": "a", "uid": "u", "owner": "o", "state": "RUNNING", "workers": 1,
       "accelerators": 1, "created": "2026-01-01T00:00:00Z"}  # fmt: skip
CHARGE: dict[str, Any] = {
    "billed_cost": Decimal("1E+2"), "effective_cost": Decimal("0.0000001"),
    "list_cost": Decimal(1), "contracted_cost": Decimal(1), "billing_currency": "CNY",
    "billing_period_start": T0, "billing_period_end": T0,
    "charge_period_start": T0, "charge_period_end": T0,
}  # fmt: skip


def job(**changes: Any) -> JobSummary:
    return from_json(json.dumps({**JOB, **changes}), JobSummary)


def test_what_is_written_is_read_again() -> None:
    spec = JobSpec(name="a", command="true", env={"K": "ü"})
    progress = Progress(step=1, loss=2.5, updated=T0 + timedelta(milliseconds=250))
    whole = Job(**(asdict(job()) | {"spec": spec, "progress": progress}))
    assert from_json(to_json(whole), Job) == whole
    change = Change(resource_version=3, op=ChangeOp.PUT, kind="job", id="a", job=job())
    assert from_json(to_json((change, change)), tuple[Change, ...]) == (change, change)


def test_lists_load_no_pydantic() -> None:
    names = "base, job, compute, event, watch, identity, telemetry, slim"
    program = (
        f"from api_client.models import {names}\n"
        "import api_client.services, api_client.providers.tenant, sys\n"
        "slim.from_json('{\"items\": []}', base.Page[job.JobSummary])\n"
        "print('pydantic' in sys.modules)\n"
        "print(job.JobSpec(name='a', command='b').workers, 'pydantic' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["False", "1", "True"]


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (T0, "2026-01-01T00:00:00Z"),
        (T0 + timedelta(microseconds=123_456), "2026-01-01T00:00:00.123Z"),
        (T0.astimezone(timezone(timedelta(hours=8))), "2026-01-01T00:00:00Z"),
    ],
)
def test_moments_are_written_in_utc_and_milliseconds(moment: datetime, written: str) -> None:
    summary = replace(job(), created=moment, progress=Progress(updated=moment))
    assert plain(summary)["created"] == written
    said = json.loads(to_json(Page(items=(summary,))))["items"][0]
    assert (said["created"], said["progress"]["updated"]) == (written, written)


@pytest.mark.parametrize("said", ["2026-01-01T08:00:00+08:00", "2025-12-31T17:00:00-07:00"])
def test_moments_are_utc_inside(said: str) -> None:
    page = from_json(
        json.dumps({"items": [JOB, {**JOB, "created": said, "progress": {"updated": said}}]}),
        Page[JobSummary],
    )
    for moment in (page.items[1].created, page.items[1].progress.updated):
        assert moment == T0
        assert moment is not None and moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({**JOB, "created": "2026-01-01T00:00:00"}, "created"),
        ({**JOB, "created": 5}, "created"),
        ({**JOB, "workers": "1"}, "workers"),
        ({**JOB, "nodes": ["a", 1]}, "nodes.1"),
        ({**JOB, "progress": {"step": []}}, "progress.step"),
        ({key: JOB[key] for key in JOB if key != "uid"}, "uid"),
        ([], ""),
    ],
)
def test_what_is_wrong_is_refused_and_placed(document: Any, place: str) -> None:
    with pytest.raises(Malformed) as told:
        from_json(json.dumps(document), JobSummary)
    assert told.value.place == place
    assert told.value.why


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b'{"name": "\xff"}', b'{"name": "\\ud800"}', b"nonsense"]
)
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        from_json(content, JobSummary)


def test_a_moment_without_a_utc_date_is_refused() -> None:
    with pytest.raises(Malformed):
        job(created="0001-01-01T00:00:00+08:00")


def test_a_part_that_a_person_wrote_is_checked_as_such() -> None:
    with pytest.raises(Malformed, match="workers"):
        from_json(json.dumps({**JOB, "spec": {"name": "a", "command": "b", "workers": 0}}), Job)
    prices = b'{"items": [{"sku": "s", "amount": "-1", "currency": "CNY"}]}'
    with pytest.raises(Malformed, match="amount"):
        from_json(prices, PriceList)


def test_amounts_are_exact_and_without_exponent() -> None:
    said = json.loads(to_json(Charge(**CHARGE)))
    assert (said["BilledCost"], said["EffectiveCost"]) == ("100", "0.0000001")
    assert plain(Charge(**CHARGE))["billed_cost"] == "100"
    assert from_json(json.dumps(said), Charge).effective_cost == Decimal("1E-7")
    assert json.loads(to_json(Money(amount=Decimal("1E+3"), currency="CNY")))["amount"] == "1000"


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_amounts_are_finite(amount: str) -> None:
    said = json.loads(to_json(Charge(**CHARGE)))
    with pytest.raises(Malformed):
        from_json(json.dumps({**said, "ConsumedQuantity": amount}), Charge)
    with pytest.raises(ValueError):
        Money(amount=Decimal(amount), currency="CNY")


def test_figures_nobody_can_draw_are_null() -> None:
    sample = AcceleratorSample(time=T0, utilisation=float("nan"), power_watts=float("inf"))
    device = Accelerator(id="n/0", node="n", index=0, sample=sample)
    for said in (json.loads(to_json(device)), plain(device), json.loads(indented(device))):
        assert said["sample"]["utilisation"] is None
        assert said["sample"]["power_watts"] is None


def test_records_never_change() -> None:
    summary = job()
    with pytest.raises(AttributeError):
        summary.name = "b"  # type: ignore[misc]
    assert replace(summary, name="b").name == "b"
    assert summary.name == "a"


def test_words_of_many_records_are_kept_once() -> None:
    said = json.dumps({"items": [{**JOB, "owner": "zoë-1", "nodes": ["node-17"]}] * 2})
    first, second = from_json(said, Page[JobSummary]).items
    assert first.owner is second.owner
    assert first.nodes[0] is second.nodes[0]
    event = {"resource_version": 1, "op": "PUT", "kind": "job", "job": {**JOB, "owner": "zoë-1"}}
    changed = from_json(json.dumps(event), Change).job
    assert changed is not None and changed.owner is first.owner


def test_words_in_any_case_are_known() -> None:
    assert job(state="running").state is JobState.RUNNING
    assert job(state="ODD").state is JobState.UNKNOWN


def test_fields_of_events_keep_their_kinds() -> None:
    fields = {"a": 1, "b": 1.5, "c": True, "d": None, "e": "x"}
    said = {"id": "1", "time": "2026-01-01T00:00:00Z", "kind": "job",
            "subject": {"kind": "job", "id": "a"}, "reason": "R", "fields": fields}  # fmt: skip
    found = from_json(json.dumps(said), Event).fields
    assert {key: type(value) for key, value in found.items()} == {
        key: type(value) for key, value in fields.items()
    }


def test_accelerator_seconds_keep_their_fraction() -> None:
    assert job(accelerator_seconds=7.5).accelerator_seconds == 7.5
    assert type(job(accelerator_seconds=7).accelerator_seconds) is int


@pytest.mark.parametrize("kind", [JobQuery, EventQuery])
def test_a_page_has_a_size(kind: Any) -> None:
    for limit in (0, 1001):
        with pytest.raises(ValueError):
            kind(limit=limit)
