"""The program: its nouns and verbs, how a run ends, and the way into the application."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

import click

from api_client.errors import CloudError
from console.cli.commands import Group, Lazy, Option
from console.cli.context import Cli, Stop, chosen_language
from console.cli.exits import EXITS, FAILED, INTERRUPTED, OK, USAGE, code_of, sentence_of
from console.problems import ConfigError, nearest
from console.start import open_profile
from console.text import Translator, visible
from console.version import version

_WRITES = ("stop", "restart", "delete")
_NODE_WRITES = ("cordon", "uncordon", "drain", "reboot")
_LOCAL = ("up", "down", "status", "logs")
_PROFILES = ("ls", "add", "remove", "use", "test", "token")

NOUNS: dict[str, Lazy] = {
    "jobs": {
        "ls": "console.cli.jobs:ls",
        "get": "console.cli.jobs:get",
        "submit": "console.cli.submit:submit",
        "logs": "console.cli.logs:logs",
        **{verb: f"console.cli.jobs:{verb}" for verb in _WRITES},
        "wait": "console.cli.wait:wait",
    },
    "logs": {
        "view": "console.cli.log_view:view",
        "diagnose": "console.cli.diagnose:diagnose",
        "signals": "console.cli.signals:signals",
    },
    "nodes": {verb: f"console.cli.nodes:{verb}" for verb in ("ls", "get", *_NODE_WRITES)},
    "incidents": {verb: f"console.cli.incidents:{verb}" for verb in ("ls", "get")},
    "events": "console.cli.events:events",
    "cost": "console.cli.cost:cost",
    "local": {verb: f"console.cli.local:{verb}" for verb in _LOCAL},
    "demo": "console.cli.demo:demo",
    "profiles": {verb: f"console.cli.profiles:{verb}" for verb in _PROFILES},
    "keys": {"list": "console.cli.keys:list_keys", "lint": "console.cli.keys:lint_keys"},
    "doctor": "console.cli.doctor:doctor",
    "completion": "console.cli.completion:completion",
}
"""Noun -> its verbs, each imported when it is called."""


class _Root(Group):
    """The program itself: help ends with the exit codes."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        cli = ctx.find_object(Cli) or Cli()
        with formatter.section(cli.t("cli.help.exits")):
            formatter.write_dl([(str(code), cli.t(key)) for code, key in EXITS.items()])


def _spec_wanted(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        from console.cli.spec import print_spec

        print_spec(ctx)
        ctx.exit(0)


def _version_wanted(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        print(f"quarterdeck {version()}")
        ctx.exit(0)


@click.pass_context
def _open(ctx: click.Context) -> int | None:
    return None if ctx.invoked_subcommand else open_app(ctx.ensure_object(Cli))


_LATE: dict[str, Any] = {"is_flag": True, "is_eager": True, "expose_value": False}

program = _Root(
    "quarterdeck",
    NOUNS,
    callback=_open,
    invoke_without_command=True,
    params=[
        Option(["--spec"], callback=_spec_wanted, **_LATE),
        Option(["--version", "-V"], callback=_version_wanted, **_LATE),
    ],
)


def open_app(cli: Cli, log: str = "") -> int:
    """Open the application on the chosen profile, or on a log file; returns its exit code.

    Raises:
        ConfigError: the configuration has mistakes.
        Stop: there is no such profile, or no terminal to draw on.
    """
    profile, settings = cli.open_profile(), cli.settings()
    if not log and (cli.plain or settings.plain):
        from console.cli.plain_overview import print_overview

        return print_overview(cli)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Stop(cli.t("cli.error.no_terminal"), USAGE)
    return open_profile(profile.name, settings, log=log)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code."""
    language, named = chosen_language(arguments)
    cli = Cli(lang=named, translator=Translator(language))
    output, talk = sys.stdout, sys.stderr
    try:
        code = _run(cli, list(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as ended:
        # click meets a closed pipe by putting other streams in place and ending with 1.
        if sys.stdout is output:
            raise
        sys.stdout, sys.stderr = output, talk
        return _reader_gone() if ended.code == FAILED else int(ended.code or OK)
    return code


def _reader_gone() -> int:
    """Whoever read our output has enough: that is no failure."""
    from console.cli.output import drop_output

    drop_output()
    return OK


def report(error: BaseException) -> int:
    """Say why the application ended, as a command that failed does; returns the exit code."""
    language, named = chosen_language(())
    cli = Cli(lang=named, translator=Translator(language))
    if isinstance(error, KeyboardInterrupt):
        cli.talk("")
        return INTERRUPTED
    if isinstance(error, Exception):
        return _failed(cli, error)
    raise error


def _run(cli: Cli, arguments: list[str]) -> int:
    try:
        answer = program.main(arguments, prog_name=program_name(), standalone_mode=False, obj=cli)
    except click.UsageError as error:
        return _usage(cli, error)
    except click.ClickException as error:
        cli.talk(error.format_message())
        return FAILED
    except (KeyboardInterrupt, click.Abort):
        cli.talk("")
        return INTERRUPTED
    except Stop as stop:
        cli.talk(stop.sentence)
        return stop.code
    except BrokenPipeError:
        raise
    except Exception as error:
        return _failed(cli, error)
    return answer if isinstance(answer, int) else OK


def program_name() -> str:
    """The name the person called, for help and completion."""
    called = sys.argv[0].rpartition("/")[2] if sys.argv else ""
    return called if called in ("qd", "quarterdeck") else "quarterdeck"


def _usage(cli: Cli, error: click.UsageError) -> int:
    """What is wrong with the line, and where help is. Words of the line are untrusted."""
    cli.talk(visible(_worded(cli, error)))
    if error.ctx is not None:
        cli.tell("cli.error.help", command=f"{error.ctx.command_path} --help")
    return USAGE


def _worded(cli: Cli, error: click.UsageError) -> str:
    name = getattr(error, "option_name", "")
    if isinstance(error, click.NoSuchOption):
        text = cli.t("cli.error.option", word=name)
        close = next(iter(error.possibilities or ()), "")
        return f"{text} {cli.t('cli.error.nearest', word=close)}" if close else text
    if isinstance(error, click.MissingParameter) and error.param is not None:
        shown = error.param.make_metavar(error.ctx) if error.ctx else str(error.param.name)
        return cli.t("cli.error.missing", word=shown)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _bad_value(cli, error, error.param)
    if error.message == "Missing command." and isinstance(error.ctx, click.Context):
        group = error.ctx.command
        known = group.list_commands(error.ctx) if isinstance(group, click.Group) else ()
        return cli.t("cli.error.verb", known=", ".join(known))
    return error.format_message()


def _bad_value(cli: Cli, error: click.BadParameter, param: click.Parameter) -> str:
    """Which value is wrong, and what may stand there."""
    name = param.opts[0] if isinstance(param, click.Option) else str(param.human_readable_name)
    if isinstance(param.type, click.Choice):
        text = cli.t("cli.error.choice", name=name, known=", ".join(param.type.choices))
        said = re.match(r"'(.*)' is not", error.message)
        close = nearest(said[1], param.type.choices) if said else ""
        return f"{text} {cli.t('cli.error.nearest', word=close)}" if close else text
    if isinstance(param.type, click.types.IntParamType | click.types.FloatParamType):
        whole = isinstance(param.type, click.types.IntParamType)
        text = cli.t("cli.error.whole" if whole else "cli.error.number", name=name)
        low, high = getattr(param.type, "min", None), getattr(param.type, "max", None)
        if low is None:
            return text
        key = "cli.error.least" if high is None else "cli.error.between"
        return f"{text} {cli.t(key, low=low, high=high)}"
    return error.format_message()


def _failed(cli: Cli, error: Exception) -> int:
    if isinstance(error, CloudError):
        cli.talk(sentence_of(error, cli))
        return code_of(error)
    if isinstance(error, ConfigError):
        cli.talk(str(error))
        return USAGE
    if cli.verbose:
        raise error
    kind = type(error).__name__
    cli.tell("cli.error.unexpected", kind=kind, detail=str(error))
    return FAILED
