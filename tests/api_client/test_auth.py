from __future__ import annotations

import sys
from pathlib import Path

import pytest

from api_client.auth import CommandToken, EnvironmentToken, NoToken, StaticToken
from api_client.errors import Authentication
from api_client.redaction import redact


async def test_no_token_sends_none() -> None:
    assert await NoToken().token() is None


async def test_a_static_token_hides_itself() -> None:
    source = StaticToken(" abc-123\n")
    assert await source.token() == "abc-123"
    assert "abc" not in repr(source)


@pytest.mark.parametrize("bad", ["", " \n", "a b", "a\nb: c", "é", "a" * 70_000])
def test_a_token_that_no_header_can_carry_is_refused(bad: str) -> None:
    with pytest.raises(Authentication) as caught:
        StaticToken(bad)
    assert not bad.strip() or bad not in str(caught.value)


async def test_an_environment_token_is_read_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    source = EnvironmentToken("QD_TEST_TOKEN")
    monkeypatch.delenv("QD_TEST_TOKEN", raising=False)
    with pytest.raises(Authentication, match="QD_TEST_TOKEN is not set"):
        await source.token()
    monkeypatch.setenv("QD_TEST_TOKEN", "one")
    assert await source.token() == "one"
    assert "one" not in repr(source)


async def test_a_command_runs_once_until_its_token_is_refused(tmp_path: Path) -> None:
    count = tmp_path / "count"
    script = f"open({str(count)!r}, 'a').write('x'); print('secret-' + open({str(count)!r}).read())"
    source = CommandToken([sys.executable, "-c", script])
    assert await source.token() == "secret-x"
    assert await source.token() == "secret-x"
    source.forget()
    assert await source.token() == "secret-xx"
    assert "secret" not in repr(source)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import sys; print('hidden'); sys.exit(3)", "exit code 3"),
        ("import time; print('hidden', flush=True); time.sleep(60)", "no answer in 0.5 s"),
        ("pass", "is empty"),
    ],
)
async def test_a_failing_command_says_why_and_shows_nothing(script: str, why: str) -> None:
    source = CommandToken([sys.executable, "-c", script], timeout_seconds=0.5)
    with pytest.raises(Authentication, match=why) as caught:
        await source.token()
    assert "hidden" not in str(caught.value)


async def test_a_missing_command_says_so() -> None:
    with pytest.raises(Authentication, match="cannot be run"):
        await CommandToken("/nonexistent/program --now").token()


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer SECRET1",
        "authorization=SECRET1",
        '{"access_token": "SECRET1"}',
        "x-api-key: SECRET1",
        "https://h/?token=SECRET1&x=1",
        "bearer SECRET1",
        "it holds SECRET1 somewhere",
    ],
)
def test_redaction_hides_what_looks_like_a_credential(text: str) -> None:
    assert "SECRET1" not in redact(text, ["SECRET1"] if "somewhere" in text else ())


def test_redaction_leaves_ordinary_sentences_alone() -> None:
    text = "job tokenizer: loss 2.3 tokens/s 100; basic setup; no such secret job"
    assert redact(text) == text
