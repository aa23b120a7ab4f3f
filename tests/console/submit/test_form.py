from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client.models.job import FailureAction, FailureRule, JobSpec
from console.submit import form
from console.submit.parsing import (
    FieldError,
    name_like,
    parse_duration,
    parse_name,
    parse_pairs,
    parse_rules,
    write_duration,
    write_rules,
)
from console.text import Translator
from tests.console.fakes import PRICES

SPEC = JobSpec(
    name="train-7b",
    command="python train.py\n--x",
    workers=4,
    accelerators_per_worker=8,
    env={"A": "1=2", "B": " x"},
    tags={"team": "nlp"},
    backoff_limit=-1,
    hang_seconds=90,
    max_run_seconds=5400,
    rules=(
        FailureRule(
            exit_codes="137,143",
            action=FailureAction.RESTART_JOB,
            mark_node_unschedulable=True,
        ),
        FailureRule(action=FailureAction.FAIL_JOB),
    ),
    checkpoint_dir="/data/ckpt",
)


def test_a_spec_survives_the_form() -> None:
    checked = form.check(form.values_of(SPEC))
    assert checked.errors == {} and checked.spec == SPEC


def test_each_wrong_field_has_its_own_error() -> None:
    wrong = {
        "name": "Train_7B",
        "command": " ",
        "workers": "0",
        "accelerators": "many",
        "rules": "137:RESTART_JBO",
        "env": "RANK=1",
        "hang": "soon",
        "backoff": "-2",
        "checkpoint_dir": "relative/x",
        "priority": "urgent",
    }
    checked = form.check({**form.values_of(SPEC), **wrong})
    assert checked.spec is None and set(checked.errors) == set(wrong)
    translator = Translator("en")
    said = {name: translator.say(message) for name, message in checked.errors.items()}
    assert "train-7b" in said["name"]
    assert "did you mean RESTART_JOB" in said["rules"]
    assert all("{" not in text and not text.startswith("submit.") for text in said.values())


def test_a_taken_name_is_an_error_with_a_free_one() -> None:
    error = form.check_field("name", "train", {"train", "train-2"})
    assert error is not None and error.values["suggestion"] == "train-3"
    assert form.free_name("train-2", {"train-2", "train-3"}) == "train-4"
    assert form.clone(SPEC, {SPEC.name})["name"] not in {SPEC.name}


def test_the_example_is_valid_as_it_stands() -> None:
    checked = form.check(form.example({"charlm"}), {"charlm"})
    assert checked.spec is not None and checked.spec.name == "charlm-2"
    assert checked.spec.workers == 2
    assert form.example_script().is_file()


def test_estimate_and_differences() -> None:
    estimate = form.estimate(SPEC, PRICES)
    assert estimate is not None and estimate.money.amount == Decimal("320")
    assert form.estimate(SPEC, None) is None
    changed = SPEC.model_copy(update={"workers": 2})
    (difference,) = form.differences(SPEC, changed)
    assert (difference.field, difference.before, difference.after) == ("workers", "4", "2")


@given(st.integers(min_value=1, max_value=10_000_000))
def test_durations_round_trip(seconds: int) -> None:
    assert parse_duration(write_duration(seconds)) == seconds


@given(st.text(max_size=80))
def test_any_text_becomes_a_valid_name(text: str) -> None:
    assert parse_name(name_like(text))


def test_rules_read_and_written() -> None:
    rules = parse_rules("99, 101-255 : restart_worker ; *:FAIL_JOB\n137：RESTART_JOB！")
    assert [rule.action.value for rule in rules] == ["RESTART_WORKER", "FAIL_JOB", "RESTART_JOB"]
    assert rules[2].mark_node_unschedulable
    assert parse_rules(write_rules(rules)) == rules


@pytest.mark.parametrize("text", ["137", "300:FAIL_JOB", "9-1:FAIL_JOB", "*:FAIL_JOB!", ":"])
def test_bad_rules(text: str) -> None:
    with pytest.raises(FieldError):
        parse_rules(text)


def test_pairs_keep_values_and_refuse_doubles() -> None:
    assert parse_pairs("A=x = y\n# note\n\nB=", variables=True) == {"A": "x = y", "B": ""}
    for text in ("A", "=x", "A=1\nA=2", "1A=x", "QUARTERDECK_X=1"):
        with pytest.raises(FieldError):
            parse_pairs(text, variables=True)
