"""Commands that load late and speak the person's language: the classes all verbs are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from console.cli.context import Cli
from console.cli.help_text import Formatter
from console.problems import nearest
from console.text import LANGUAGES, visible

Lazy = str | Mapping[str, "Lazy"]
"""`module:attribute` of a command, or the verbs of a noun."""

pass_cli = click.make_pass_decorator(Cli)


def _set(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Options said after the command count as much as those before it."""
    cli = ctx.find_object(Cli)
    if cli is not None and param.name and value not in (None, False):
        setattr(cli, param.name, value)


def _translate(ctx: click.Context, key: str) -> str:
    cli = ctx.find_object(Cli)
    return cli.t(key) if cli is not None else key


class Option(click.Option):
    """An option whose help is a catalogue key, `cli.option.<name>` unless another is given."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        key = self.help or f"cli.option.{self.name}"
        self.help = _translate(ctx, key)
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = key


def option(*names: str, **settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an option of a command."""
    return click.option(*names, cls=Option, **settings)


def _common() -> list[click.Parameter]:
    shared: dict[str, Any] = {"expose_value": False, "callback": _set, "is_eager": True}
    return [
        Option(["--profile"], metavar="NAME", shell_complete=_complete_profile, **shared),
        Option(["--json"], is_flag=True, **shared),
        Option(["--plain"], is_flag=True, **shared),
        Option(["--lang"], type=click.Choice(LANGUAGES), **shared),
        Option(["--no-color", "no_color"], is_flag=True, **shared),
        Option(["--verbose", "-v"], is_flag=True, **shared),
    ]


def _complete_profile(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from console.cli.known_names import profile_names

    return [name for name in profile_names() if name.startswith(incomplete)]


class _Speaking(click.Command):
    """Help in the person's language, with the common options last."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.own = list(self.params)
        self.params = [*self.own, *_common()]

    def help_key(self, ctx: click.Context) -> str:
        """Catalogue key of what the command does."""
        return f"cli.command.{_path(ctx)}"

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        heading = _translate(ctx, "cli.help.usage")
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{heading} ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_translate(ctx, self.help_key(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._section(ctx, formatter, "cli.help.options", self.own)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        rest = [param for param in self.get_params(ctx) if param not in self.own]
        self._section(ctx, formatter, "cli.help.common", rest)

    def _section(
        self,
        ctx: click.Context,
        formatter: click.HelpFormatter,
        heading: str,
        params: Sequence[click.Parameter],
    ) -> None:
        options = [param for param in params if isinstance(param, click.Option)]
        records = [param.get_help_record(ctx) for param in options]
        found = [record for record in records if record is not None]
        if found:
            with formatter.section(_translate(ctx, heading)):
                formatter.write_dl(found)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = _translate(ctx, "cli.option.help")
        return found


def _path(ctx: click.Context) -> str:
    names: list[str] = []
    at: click.Context | None = ctx
    while at is not None and at.parent is not None:
        names.insert(0, str(at.info_name))
        at = at.parent
    return "_".join(names) or "root"


class Context(click.Context):
    """Writes help by terminal cells."""

    formatter_class = Formatter


class Command(_Speaking):
    """One verb."""

    context_class = Context


class Group(_Speaking, click.Group):
    """A noun or the whole program; each command is imported when it is first needed."""

    context_class = Context

    def __init__(self, name: str, lazy: Mapping[str, Lazy], **settings: Any) -> None:
        super().__init__(name, **settings)
        self._lazy = lazy

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # A noun alone lists; completion and help are about its verbs.
        verb = bool(args) and not args[0].startswith("-")
        if "ls" in self._lazy and not verb and not ctx.resilient_parsing:
            if not {"--help", *self._lazy}.intersection(args):
                args = ["ls", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = self._lazy.get(cmd_name)
        if target is None:
            return None
        if not isinstance(target, str):
            return Group(cmd_name, target, no_args_is_help=False)
        module, _, attribute = target.partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self._lazy:
            values = {"word": visible(args[0]), "known": ", ".join(self._lazy)}
            close = nearest(args[0], self._lazy)
            text = _translated(ctx, "cli.error.command", **values)
            if close:
                text = f"{text} {_translated(ctx, 'cli.error.nearest', word=close)}"
            raise click.UsageError(text, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        path = "" if ctx.parent is None else f"{_path(ctx)}_"
        with formatter.section(_translate(ctx, "cli.help.commands")):
            formatter.write_dl(
                [(name, _translate(ctx, f"cli.command.{path}{name}")) for name in self._lazy]
            )


def _translated(ctx: click.Context, key: str, **values: Any) -> str:
    cli = ctx.find_object(Cli)
    return cli.t(key, **values) if cli is not None else key


def command(name: str, **settings: Any) -> Callable[[Callable[..., Any]], Command]:
    """Declare a verb; its function is given the `Cli` first."""

    def declare(function: Callable[..., Any]) -> Command:
        made: Command = click.command(name, cls=Command, **settings)(pass_cli(function))
        return made

    return declare


@contextmanager
def as_program(name: str) -> Iterator[click.Context]:
    """A bare context, for walking the commands outside of a run."""
    with Context(click.Command(name), info_name=name) as ctx:
        yield ctx
