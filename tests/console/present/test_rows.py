"""Rows of every noun: all columns filled, the right words, nothing that acts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec.structs import asdict

from api_client.models.base import Ref
from api_client.models.billing import Charge
from api_client.models.compute import (
    Accelerator,
    AcceleratorSample,
    Condition,
    Node,
    NodeHealth,
    Pool,
    Scheduling,
)
from api_client.models.event import Event, EventReason, IncidentOutcome, Severity
from api_client.models.job import Job, JobSpec, JobState, Progress, Worker, WorkerState
from console.analysis.recovery import incidents
from console.analysis.spend import GroupBy
from console.present.charges import CHARGE_COLUMNS, charge_row, spend_columns, spend_rows
from console.present.events import EVENT_COLUMNS, event_row
from console.present.facts import condition_facts, incident_facts, job_facts, node_facts
from console.present.incidents import INCIDENT_COLUMNS, incident_row, phases
from console.present.jobs import JOB_COLUMNS, job_row
from console.present.nodes import (
    DEVICE_COLUMNS,
    NODE_COLUMNS,
    POOL_COLUMNS,
    device_rows,
    node_row,
    pool_row,
)
from console.present.states import job_face, outcome_face, worker_face
from console.present.table import Column, Row, Tone
from console.present.units import DASH
from console.present.workers import WORKER_COLUMNS, worker_row
from console.text import cell_width
from tests.console.analysis.stories import PRICES, Story, a_job, at
from tests.console.present.contexts import context

HOSTILE = "\x1b[31m[/x]\u202eevil\udc80\n"
SHOWN = "␛[31m[/x]⟪RLO⟫evil⟪DC80⟫␊"
CTX = context()

NODE = Node(
    name="node-1",
    pool="default",
    health=NodeHealth.HEALTHY,
    scheduling=Scheduling.CORDONED,
    reason=HOSTILE,
    accelerators=8,
    allocated=4,
    jobs=("demo",),
    utilisation=0.5,
    last_heartbeat=at(58),
    conditions=(Condition(type="Ready", status=True, reason=HOSTILE, since=at(0)),),
    devices=(
        Accelerator(id="node-1/1", node="node-1", index=1, memory_bytes=2**33),
        Accelerator(
            id="node-1/0",
            node="node-1",
            index=0,
            job="demo",
            rank=0,
            sample=AcceleratorSample(time=at(59), utilisation=0.25, memory_used_bytes=2**32),
        ),
    ),
)


def a_charge(**changes: object) -> Charge:
    fields: dict[str, object] = {
        "billed_cost": Decimal("1.20"),
        "effective_cost": Decimal("1.20"),
        "list_cost": Decimal("1.20"),
        "contracted_cost": Decimal("1.20"),
        "billing_currency": "CNY",
        "billing_period_start": at(-86_400),
        "billing_period_end": at(86_400),
        "charge_period_start": at(0),
        "charge_period_end": at(60),
        "consumed_quantity": Decimal(120),
        "consumed_unit": "accelerator-seconds",
        "resource_name": "demo",
        "sku_id": "any",
        "tags": {"user": "ada", "pool": "default"},
    }
    return Charge(**(fields | changes))


def _incident_row() -> Row:
    story = Story().fails(10, 0, cause=HOSTILE).recovers(11, 1)
    (incident,) = incidents(story.events, prices=PRICES)
    return incident_row(incident, CTX)


def _event() -> Event:
    return Event(
        id="1",
        time=at(0),
        kind="job",
        severity=Severity.WARNING,
        subject=Ref(kind="job", id="demo"),
        reason=EventReason.WORKER_EXITED,
        message=HOSTILE,
    )


def _worker(**changes: object) -> Worker:
    fields: dict[str, object] = {
        "job": "demo",
        "rank": 1,
        "attempt": 0,
        "state": WorkerState.RUNNING,
        "node": HOSTILE,
        "accelerators": (0, 1),
        "started": at(0),
    }
    return Worker(**(fields | changes))


EVERY: list[tuple[Sequence[Column], Row]] = [
    (JOB_COLUMNS, job_row(a_job(reason=HOSTILE), CTX)),
    (NODE_COLUMNS, node_row(NODE, CTX)),
    (DEVICE_COLUMNS, device_rows(NODE, CTX)[0]),
    (POOL_COLUMNS, pool_row(Pool(name=HOSTILE), CTX)),
    (EVENT_COLUMNS, event_row(_event(), CTX)),
    (INCIDENT_COLUMNS, _incident_row()),
    (CHARGE_COLUMNS, charge_row(a_charge(resource_name=HOSTILE), CTX)),
    (
        spend_columns(GroupBy.JOB),
        spend_rows([a_charge(resource_name=HOSTILE)], GroupBy.JOB, CTX)[0],
    ),
    (WORKER_COLUMNS, worker_row(_worker(), CTX)),
]


@pytest.mark.parametrize(("columns", "row"), EVERY)
def test_every_column_has_its_cell_and_its_heading(columns: Sequence[Column], row: Row) -> None:
    assert [column.id for column in columns if column.id not in row.cells] == []
    assert set(row.cells) <= {column.id for column in columns}
    for column in columns:
        assert CTX.translator.has(column.title_key), column.title_key
        for language in ("en", "zh_CN"):
            assert cell_width(context(language).t(column.title_key)) <= column.max_width


@pytest.mark.parametrize(("columns", "row"), EVERY)
def test_no_cell_acts_on_a_terminal(columns: Sequence[Column], row: Row) -> None:
    text = "".join(cell.text for cell in row.cells.values())
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)


def test_hostile_text_is_shown_not_hidden() -> None:
    assert job_row(a_job(reason=HOSTILE), CTX).cells["reason"].text == SHOWN


def test_a_running_job() -> None:
    cells = job_row(a_job(backoff_limit=3, restarts=1, utilisation=0.914), CTX).cells
    texts = {name: cell.text for name, cell in cells.items()}
    assert texts["progress"] == "120/600"
    # 480 steps at two a second, a minute of which has gone since they were read.
    assert texts["eta"] == "3m"
    assert texts["workers"] == "2×8"
    assert texts["utilisation"] == "91%"
    assert texts["restarts"] == "1/3"
    assert texts["age"] == "11m"
    assert texts["rate"] == "≈CN¥576.00"
    assert texts["cost"] == "≈CN¥80.00"
    assert cells["state"].glyph == "running"
    assert cells["state"].tone is Tone.OK


def test_a_waiting_job_says_why_and_guesses_nothing() -> None:
    job = a_job(
        state=JobState.QUEUED,
        nodes=(),
        reason="needs 16, 5 free",
        progress=Progress(),
        started=None,
    )
    cells = job_row(job, CTX).cells
    assert cells["reason"].text == "needs 16, 5 free"
    for unknown in ("progress", "eta", "utilisation", "nodes"):
        assert cells[unknown].text == DASH
        assert cells[unknown].sort is None


def test_without_prices_money_is_unknown_not_free() -> None:
    cells = job_row(a_job(), replace(CTX, prices=None)).cells
    assert (cells["rate"].text, cells["cost"].text) == (DASH, DASH)


def test_unlimited_restarts() -> None:
    assert job_row(a_job(backoff_limit=-1, restarts=7), CTX).cells["restarts"].text == "7/∞"


def test_every_state_has_a_look_and_its_word_in_both_languages() -> None:
    for language in ("en", "zh_CN"):
        ctx = context(language)
        faces = [job_face(state, ctx) for state in JobState]
        faces += [worker_face(state, ctx) for state in WorkerState]
        faces += [outcome_face(outcome, ctx) for outcome in IncidentOutcome]
        assert all(face.word and "." not in face.word for face in faces)
        assert len({face.word for face in faces[: len(JobState)]}) == len(JobState)


def test_an_unknown_state_is_the_providers_own_word() -> None:
    face = job_face(JobState.UNKNOWN, CTX, "HIBERNATING\x1b")
    assert face.word == "HIBERNATING␛"
    assert job_face(JobState.UNKNOWN, CTX).word == "unknown"


def test_an_incident_with_its_phases() -> None:
    cells = {name: cell.text for name, cell in _incident_row().cells.items()}
    assert cells["detect"] == "2.0s"
    assert cells["reschedule"] == "2.0s"
    assert cells["restore"] == "1.0s"
    assert cells["recover"] == "6.0s"
    assert cells["steps"] == "20"
    assert cells["cause"] == SHOWN


def test_a_phase_that_is_missing_hides_no_time() -> None:
    story = Story().fails(10, 0).tell(14, EventReason.TRAINING_RESUMED, attempt=1, step=101)
    (incident,) = incidents(story.events)
    took = {phase.name: phase.took for phase in phases(incident, CTX)}
    assert took["restored"] is None
    assert took["resumed"] is not None
    assert took["resumed"].total_seconds() == 4


def test_devices_in_order_with_what_is_measured() -> None:
    first, second = device_rows(NODE, CTX)
    assert (first.key, second.key) == ("0", "1")
    assert first.cells["memory"].text == "4.0 GiB"
    assert second.cells["memory"].text == f"{DASH}/8.0 GiB"
    assert second.cells["utilisation"].text == DASH


def test_a_signal_is_no_exit_code() -> None:
    cells = worker_row(_worker(signal=9, exit_code=137, ended=at(30)), CTX).cells
    assert cells["exit"].text == "SIG9"
    assert cells["duration"].text == "30s"


def test_facts_name_their_labels_and_leave_out_what_is_not_there() -> None:
    spec = JobSpec(name="demo", command="python train.py\nrm -rf /", workers=2)
    job = Job(**(asdict(a_job()) | {"spec": spec}))
    facts = {fact.id: fact for fact in job_facts(job, CTX)}
    assert facts["command"].text == "python train.py␊rm -rf /"
    assert facts["checkpoint"].text == "100, 1m 10s ago"
    assert facts["speed"].text == "2 steps/s"
    assert "exit" not in facts
    assert "ended" not in facts
    (incident,) = incidents(Story().fails(10, 0).events)
    for said in (job_facts(job, CTX), node_facts(NODE, CTX), incident_facts(incident, CTX)):
        assert all(not fact.label.startswith("facts.") for fact in said)
        assert len({fact.id for fact in said}) == len(said)


def test_conditions_are_in_the_providers_words() -> None:
    (fact,) = condition_facts(NODE, CTX)
    assert (fact.label, fact.text) == ("Ready", f"yes · {SHOWN} · 1m ago")


def test_sums_by_group_are_keyed_by_currency() -> None:
    rows = spend_rows([a_charge(), a_charge(billing_currency="USD")], GroupBy.USER, CTX)
    assert [row.key for row in rows] == ["ada|CNY", "ada|USD"]
    assert rows[1].cells["cost"].text == "$1.20"
