"""Errors in sentences."""

from __future__ import annotations

import pytest

from api_client import errors
from console.present.errors import error_text
from tests.console.present.contexts import context

CTX = context()


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
