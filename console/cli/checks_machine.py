"""What the doctor sees without asking a cloud: terminal, configuration, keys, keyring, disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from console import paths
from console.cli.context import Cli
from console.cli.finding import Finding, Level
from console.cli.keys import keymap_of, problems_of
from console.message import Message, say
from console.present.units import bytes_text
from console.problems import ConfigError
from console.profiles import load_profiles
from console.secrets import keyring_backend

_SMALLEST = (60, 16)
_LOW_BYTES = 1 << 30
_SLOW_ESCAPE_MS = 50


def machine_checks(cli: Cli) -> Iterator[Finding]:
    """Every check of this machine, in the order they are printed."""
    yield _terminal()
    yield _unicode()
    yield _colour(cli)
    yield _clipboard()
    yield _tmux()
    config = _config(cli)
    yield config
    if config.level is not Level.FAIL:
        yield _keys(cli)
    yield _keyring()
    yield _disk()


def _said(word: str, **values: object) -> Message:
    return say(f"cli.doctor.said.{word}", **values)


def _remedy(word: str) -> Message:
    return say(f"cli.doctor.remedy.{word}")


def _terminal() -> Finding:
    if not sys.stdout.isatty():
        return Finding("terminal", Level.WARN, _said("no_terminal"), _remedy("terminal"))
    size = shutil.get_terminal_size()
    values = {"columns": size.columns, "lines": size.lines}
    if size.columns < _SMALLEST[0] or size.lines < _SMALLEST[1]:
        return Finding("terminal", Level.WARN, _said("small", **values), _remedy("size"))
    return Finding("terminal", Level.OK, _said("size", **values))


def _unicode() -> Finding:
    encoding = (sys.stdout.encoding or "").lower()
    if encoding.replace("-", "") == "utf8":
        return Finding("unicode", Level.OK, _said("utf8"))
    return Finding("unicode", Level.WARN, _said("not_utf8", encoding=encoding), _remedy("utf8"))


def _colour(cli: Cli) -> Finding:
    term = os.environ.get("TERM", "")
    if os.environ.get("NO_COLOR") or cli.no_color:
        return Finding("colour", Level.OK, _said("no_colour"))
    if term in ("", "dumb"):
        return Finding("colour", Level.WARN, _said("no_term"), _remedy("term"))
    return Finding("colour", Level.OK, _said("term", term=term))


def _clipboard() -> Finding:
    if not os.environ.get("TMUX"):
        return Finding("clipboard", Level.OK, _said("osc52"))
    setting = _tmux_option("set-clipboard")
    if setting in ("on", "external"):
        return Finding("clipboard", Level.OK, _said("osc52"))
    return Finding("clipboard", Level.WARN, _said("osc52_tmux"), _remedy("clipboard"))


def _tmux() -> Finding:
    if not os.environ.get("TMUX"):
        return Finding("tmux", Level.OK, _said("no_tmux"))
    setting = _tmux_option("escape-time")
    if not setting.isdigit():
        return Finding("tmux", Level.WARN, _said("tmux_silent"), _remedy("tmux"))
    if int(setting) > _SLOW_ESCAPE_MS:
        return Finding("tmux", Level.WARN, _said("tmux_slow", ms=setting), _remedy("tmux"))
    return Finding("tmux", Level.OK, _said("tmux_fast", ms=setting))


def _tmux_option(name: str) -> str:
    try:
        done = subprocess.run(
            ["tmux", "show-options", "-sv", name], capture_output=True, text=True, timeout=2
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _config(cli: Cli) -> Finding:
    file = paths.config_file()
    try:
        cli.settings()
        load_profiles()
    except ConfigError as error:
        return Finding("config", Level.FAIL, say("cli.text", text=str(error)), _remedy("config"))
    word = "config_ok" if file.exists() else "config_none"
    return Finding("config", Level.OK, _said(word, file=str(file)))


def _keys(cli: Cli) -> Finding:
    problems = problems_of(keymap_of(cli))
    if problems:
        said = say("cli.text", text="; ".join(problems))
        return Finding("keys", Level.FAIL, said, _remedy("keys"))
    return Finding("keys", Level.OK, _said("keys_ok", preset=cli.settings().keys.preset))


def _keyring() -> Finding:
    backend = keyring_backend()
    if not backend:
        return Finding("keyring", Level.WARN, _said("keyring_none"), _remedy("keyring"))
    return Finding("keyring", Level.OK, _said("keyring_ok", backend=backend))


def _disk() -> Finding:
    home = paths.local_home()
    free = shutil.disk_usage(_existing(home)).free
    values = {"free": bytes_text(free), "path": str(home)}
    if free < _LOW_BYTES:
        return Finding("disk", Level.WARN, _said("disk_low", **values), _remedy("disk"))
    return Finding("disk", Level.OK, _said("disk_ok", **values))


def _existing(path: Path) -> Path:
    """The folder itself or the nearest one above that is there."""
    while not path.exists():
        path = path.parent
    return path
