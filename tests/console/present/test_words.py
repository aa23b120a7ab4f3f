"""Consequences and errors in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api_client import errors
from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
from api_client.models.job import JobState, Progress
from console.analysis.consequence import (
    Deed,
    delete_consequence,
    node_consequence,
    restart_consequence,
    stop_consequence,
)
from console.present.consequences import consequence_lines
from console.present.errors import error_text
from tests.console.analysis.stories import PRICES, a_job, at
from tests.console.present.contexts import context

CTX = context()
NODE = NodeSummary(
    name="node-1",
    pool="default",
    health=NodeHealth.HEALTHY,
    scheduling=Scheduling.OPEN,
    accelerators=8,
    allocated=8,
    jobs=("demo",),
)


def test_stopping_says_what_is_lost_freed_and_saved() -> None:
    assert consequence_lines(stop_consequence(a_job(), PRICES, at(60)), CTX) == (
        "demo stops on all nodes; what ran since its last checkpoint is lost.",
        "demo (ada) loses 20 steps and 1m 10s since its checkpoint at step 100",
        "frees 16 accelerators",
        "≈CN¥576.00/h no longer spent while it is stopped",
        "Undo: restart it from its checkpoint.",
    )


def test_a_job_without_a_checkpoint_loses_everything() -> None:
    job = a_job(progress=Progress(step=120, updated=at(0)))
    lines = consequence_lines(stop_consequence(job, PRICES, at(60)), CTX)
    assert "has no checkpoint: it loses everything, 8m 20s so far" in lines[1]


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    job = a_job(progress=Progress())
    lines = consequence_lines(stop_consequence(job, None, at(60)), CTX)
    assert lines[1] == "demo (ada): what it loses is not known"
    assert not any("no longer spent" in line for line in lines)


def test_draining_names_every_job_it_hurts() -> None:
    jobs = [a_job(), a_job("other", nodes=("node-9",)), a_job("queued", state=JobState.QUEUED)]
    drain = node_consequence(Deed.DRAIN, NODE, jobs, PRICES, at(60))
    assert [loss.job for loss in drain.jobs] == ["demo"]
    assert drain.owners == ("ada",)
    assert drain.accelerators_freed == 8
    assert consequence_lines(drain, CTX)[-1] == "Undo: uncordon the node."
    cordon = node_consequence(Deed.CORDON, NODE, jobs, PRICES, at(60))
    assert cordon.jobs == ()


def test_restarting_says_what_it_costs_and_whether_it_stops_first() -> None:
    running = consequence_lines(restart_consequence(a_job(), PRICES, at(60)), CTX)
    assert running[0] == "demo stops and starts again from its last checkpoint."
    assert running[-1] == "costs ≈CN¥576.00/h while it runs"
    ended = a_job(state=JobState.FAILED, nodes=())
    scratch = restart_consequence(ended, PRICES, at(60), from_checkpoint=False)
    assert consequence_lines(scratch, CTX)[0] == (
        "demo starts again from nothing; its checkpoints are not used."
    )


def test_deleting_has_no_way_back() -> None:
    job = a_job(state=JobState.SUCCEEDED, nodes=())
    lines = consequence_lines(delete_consequence(job, PRICES, at(60)), CTX)
    assert lines[-1] == "This cannot be undone."
    assert lines[1] == "demo (ada) is not running: no work is lost"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("deed", list(Deed))
def test_every_deed_has_its_words(deed: Deed, language: str) -> None:
    ctx = context(language)
    consequence = replace(restart_consequence(a_job(), PRICES, at(60)), deed=deed)
    for line in consequence_lines(consequence, ctx):
        assert "facts." not in line
        assert "{" not in line


def _all_errors() -> list[type[errors.CloudError]]:
    known = [value for value in vars(errors).values() if isinstance(value, type)]
    return [kind for kind in known if issubclass(kind, errors.CloudError)]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("kind", _all_errors())
def test_every_error_is_a_clear_sentence(kind: type[errors.CloudError], language: str) -> None:
    said = error_text(kind("read job demo", "\x1b[31mno"), context(language))
    assert "read job demo" in said.sentence
    assert "␛[31mno" in said.sentence
    assert said.hint
    assert "{" not in str(said)
    assert "errors." not in str(said)


def test_an_error_says_fields_when_and_who() -> None:
    wrong = errors.InvalidRequest(
        "create job demo", fields={"workers": "too many"}, provider="tenant", request_id="r1"
    )
    assert error_text(wrong, CTX).details == (
        "workers: too many",
        "provider tenant",
        "request r1",
    )
    limited = errors.RateLimited("list jobs", retry_after=90)
    assert error_text(limited, CTX).details == ("again in 1m 30s",)


def test_a_hint_of_its_own_wins() -> None:
    error = errors.Unsupported("read a log", hint="set `log_root` to the shared folder")
    assert error_text(error, context("zh_CN")).hint == "set `log_root` to the shared folder"


def test_a_class_of_tomorrow_speaks_as_its_parent() -> None:
    class Melted(errors.TimedOut):
        pass

    assert "no answer in time" in error_text(Melted("list jobs"), CTX).sentence
