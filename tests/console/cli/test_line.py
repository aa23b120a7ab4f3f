"""How the command line is read, what it refuses, and what it says, without any cloud."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from api_client import errors
from api_client.models.job import JobState
from console import paths
from console.cells import cell_width
from console.cli.app import program
from console.cli.commands import Group, Option, as_program
from console.cli.context import Cli
from console.cli.exits import code_of, sentence_of
from console.cli.help_text import wrapped
from console.cli.log_sink import LogSink
from console.cli.submit import _name_from
from console.cli.wait import verdict
from console.cli.writes import worst
from console.text import Catalogue, Translator
from tests.console.cli.runs import COMMAND, ROOT, inside, qd


def test_help_names_every_noun_and_every_exit_code(capsys: Any) -> None:
    said = inside(capsys, "--help")
    assert said.code == 0 and said.err == ""
    for noun in ("jobs", "nodes", "incidents", "events", "cost", "local", "profiles", "doctor"):
        assert f"\n  {noun} " in said.out
    for code in ("0", "124", "130"):
        assert f"\n  {code} " in said.out


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_help_page_is_translated_and_fits(
    language: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for path in _every_path():
        said = inside(capsys, "--lang", language, *path, "--help")
        assert said.code == 0, path
        assert "cli." not in said.out, path
        assert max(cell_width(line) for line in said.out.splitlines()) <= 80, path


def _every_path() -> list[tuple[str, ...]]:
    with as_program("quarterdeck") as ctx:
        return _below(program, ctx, ())


def _below(
    group: click.Command, ctx: click.Context, path: tuple[str, ...]
) -> list[tuple[str, ...]]:
    found = [path]
    if isinstance(group, Group):
        for name in group.list_commands(ctx):
            each = group.get_command(ctx, name)
            assert each is not None
            found += _below(each, ctx, (*path, name))
    return found


def test_the_catalogue_has_no_words_nobody_says() -> None:
    entries = Catalogue("en").area("cli")
    said = {f"cli.command.{'_'.join(path) or 'root'}" for path in _every_path()}
    assert {key for key in entries if key.startswith("cli.command.")} == said
    with as_program("quarterdeck") as ctx:
        options = {"cli.option.help"} | _option_keys(program, ctx)
    assert {key for key in entries if key.startswith("cli.option.")} == options


def _option_keys(command: click.Command, ctx: click.Context) -> set[str]:
    keys = {p.help or f"cli.option.{p.name}" for p in command.params if isinstance(p, Option)}
    if isinstance(command, Group):
        for name in command.list_commands(ctx):
            each = command.get_command(ctx, name)
            assert each is not None
            keys |= _option_keys(each, ctx)
    return keys


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("job",), "Did you mean jobs?"),
        (("jobs", "lst"), "Did you mean ls?"),
        (("jobs", "ls", "--limt", "3"), "Did you mean --limit?"),
        (("jobs", "get"), "NAME"),
        (("jobs", "stop"), "--filter"),
        (("jobs", "submit"), "--example"),
        (("jobs", "submit", "--command", "true", "--", "true"), "twice"),
        (("jobs", "wait", "x", "--timeout", "soon"), "--timeout"),
        (("jobs", "logs", "x", "--grep", "("), "--grep"),
        (("\x1b[31m",), "\u241b[31m"),
    ],
)
def test_wrong_lines_end_with_2_and_a_sentence(
    arguments: tuple[str, ...], said: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.cli.opening.opened", None)
    ran = inside(capsys, *arguments)
    assert ran.code == 2
    assert said in ran.err and "\x1b" not in ran.err
    assert ran.out == ""


def test_an_unknown_profile_names_the_closest(capsys: Any) -> None:
    ran = inside(capsys, "--profile", "locl", "jobs", "ls")
    assert ran.code == 2 and "'local'" in ran.err


def test_the_application_needs_a_terminal(capsys: Any) -> None:
    ran = inside(capsys)
    assert ran.code == 2 and "terminal" in ran.err


def test_a_wrong_configuration_names_file_line_and_key(capsys: Any) -> None:
    file = paths.config_file()
    file.parent.mkdir(parents=True)
    file.write_text('theme = "x"\nthem = 3\n')
    ran = inside(capsys, "keys", "list")
    assert ran.code == 2
    assert f"{file}:2:1: them" in ran.err and "theme" in ran.err


def test_the_language_comes_from_the_line_then_the_file_then_the_locale(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "用法" in inside(capsys, "--help").out
    paths.config_file().parent.mkdir(parents=True)
    paths.config_file().write_text('language = "en"\n')
    assert "Usage" in inside(capsys, "--help").out
    assert "用法" in inside(capsys, "--help", "--lang", "zh_CN").out


def test_profiles_from_add_to_remove(capsys: Any) -> None:
    made = inside(capsys, "profiles", "add", "lab", "--set", "url=https://x", "--token-env", "LAB")
    assert (made.code, made.out) == (0, "lab\n"), made.err
    table = tomllib.loads(paths.config_file().read_text())["profiles"]["lab"]
    assert table == {"provider": "tenant", "url": "https://x", "token_env": "LAB"}
    assert inside(capsys, "profiles", "use", "lab").code == 0
    listed = json.loads(inside(capsys, "profiles", "ls", "--json").out)
    assert [p["name"] for p in listed if p["default"]] == ["lab"]
    assert inside(capsys, "profiles", "remove", "lab").code == 2
    assert inside(capsys, "profiles", "remove", "lab", "--yes").code == 0
    assert inside(capsys, "profiles", "remove", "lab", "--yes").code == 2
    secret = inside(capsys, "profiles", "add", "bad", "--set", "token=s3cret")
    assert secret.code == 2 and "s3cret" not in secret.err


def test_a_profile_out_of_reach_ends_with_5_and_without_a_credential_with_4(
    capsys: Any, tmp_path: Path
) -> None:
    url = f"url=unix://{tmp_path}/none.sock"
    inside(capsys, "profiles", "add", "lab", "--set", url)
    inside(capsys, "profiles", "add", "who", "--set", url, "--token-env", "NOT_THERE")
    away = inside(capsys, "jobs", "ls", "--profile", "lab", "--json")
    assert (away.code, away.out) == (5, "")
    assert inside(capsys, "jobs", "ls", "--profile", "who").code == 4


def test_the_doctor_looks_and_never_starts_anything(capsys: Any) -> None:
    ran = inside(capsys, "doctor", "--json")
    found = {each["check"]: each for each in json.loads(ran.out)}
    assert ran.code == 0, ran.out
    assert found["embedded"]["level"] == "ok"
    assert found["keyring"]["level"] == "warn" and found["keyring"]["remedy"]
    assert not paths.local_home().exists()
    inside(capsys, "profiles", "add", "lab", "--set", "url=http://127.0.0.1:9", "--token-env", "NO")
    ill = inside(capsys, "doctor", "--profile", "lab", "--json")
    levels = {each["check"]: each["level"] for each in json.loads(ill.out)}
    assert ill.code == 1 and levels["credential"] == levels["profile"] == "fail"


def test_the_spec_holds_commands_fields_actions_and_keys(capsys: Any) -> None:
    spec = json.loads(inside(capsys, "--spec").out)
    nouns = {command["name"]: command for command in spec["commands"]["commands"]}
    assert {"ls", "submit", "wait"} <= {verb["name"] for verb in nouns["jobs"]["commands"]}
    assert "state" in spec["filters"]["jobs"] and spec["columns"]["nodes"]
    twins = {action["cli"] for action in spec["actions"] if action["cli"]}
    for twin in twins:
        noun, _, verb = twin.partition(" ")
        known = {each["name"] for each in nouns[noun].get("commands", ())}
        assert not verb or verb in known, twin


def test_keys_are_listed_and_linted(capsys: Any) -> None:
    assert "x c" in inside(capsys, "keys", "list", "x_job.cancel").out
    assert inside(capsys, "keys", "lint").code == 0
    assert inside(capsys, "keys", "list", "--preset", "k9s", "--json").code == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_serve_both_names(shell: str, capsys: Any) -> None:
    script = inside(capsys, "completion", shell).out
    assert "_QD_COMPLETE" in script and "_QUARTERDECK_COMPLETE" in script


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        [
            "bash",
            "-c",
            f"{' '.join(COMMAND)} --spec | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_the_verdict_of_waiting() -> None:
    assert verdict(JobState.RUNNING, "succeeded") is None
    assert verdict(JobState.RUNNING, "running") == 0
    assert verdict(JobState.SUCCEEDED, "succeeded") == 0
    assert verdict(JobState.FAILED, "succeeded") == verdict(JobState.STOPPED, "running") == 1
    assert verdict(JobState.FAILED, "ended") == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.NotFound("read"), 3),
        (errors.Permission("read"), 4),
        (errors.TimedOut("read"), 5),
        (errors.OutcomeUnknown("stop"), 6),
        (errors.Conflict("stop"), 7),
        (errors.BadReply("read"), 1),
    ],
)
def test_every_error_has_its_code_and_its_sentence(error: errors.CloudError, code: int) -> None:
    assert code_of(error) == code
    for language in ("en", "zh_CN"):
        said = sentence_of(error, Cli(translator=Translator(language)))
        assert said and "errors." not in said


def test_one_exit_code_for_many_results() -> None:
    assert (worst([0, 0]), worst([0, 3]), worst([3, 3]), worst([3, 7])) == (0, 3, 3, 1)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python train.py --lr 3", "train"),
        ("torchrun --nproc 2 /srv/My_Model.py", "my-model"),
        ("sh -c 'echo 1; sleep 2'", "job"),
        ("./launch 3", "launch"),
        ("echo 'unclosed", "echo"),
    ],
)
def test_a_name_is_suggested_from_the_command(command: str, name: str) -> None:
    assert _name_from(command) == name


def test_chinese_wraps_by_cells_and_keeps_its_full_stops() -> None:
    lines = wrapped("节点上的工作移到别处，并不再调度。", 10)
    assert all(cell_width(line) <= 12 for line in lines)
    assert "".join(lines) == "节点上的工作移到别处，并不再调度。"
    assert not any(line.startswith(("，", "。")) for line in lines)


def test_a_filtered_log_keeps_bytes_and_joins_split_lines(capfdbinary: Any) -> None:
    sink = LogSink("[3] ", re.compile(rb"keep"))
    for piece in (b"kee", b"p \xff\x1b[1m\ndrop\nke", b"ep end"):
        sink.feed(piece)
    sink.end()
    assert capfdbinary.readouterr().out == b"[3] keep \xff\x1b[1m\n[3] keep end\n"


def test_help_imports_nothing_heavy() -> None:
    for arguments in (["--help"], ["jobs", "--help"], ["--version"]):
        code = (
            f"import sys; sys.argv = ['qd', *{arguments!r}]\n"
            "from console.__main__ import main\n"
            "main()\n"
            "print(*{name.split('.')[0] for name in sys.modules})"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        loaded = set(done.stdout.splitlines()[-1].split())
        assert not loaded & {"textual", "rich", "pydantic", "httpx", "keyring", "babel", "screens"}


def test_local_passes_its_exit_code_and_json_on() -> None:
    ran = qd("local", "status", "--json")
    assert ran.code == 3 and ran.json["running"] is False
    assert qd("local", "up", "--nodes", "0").code == 2


def test_the_documentation_has_every_command_and_exit_code(capsys: Any) -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    for path in _every_path():
        assert all(f"`{word}" in page or f" {word}" in page for word in path), path
    spec = json.loads(inside(capsys, "--spec").out)
    for code in spec["exit_codes"]:
        assert f"| {code} |" in page
