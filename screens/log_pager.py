"""The end of a log in the person's own pager: a bounded copy, with nothing a terminal obeys."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Protocol

from textual.app import App, SuspendNotSupported

from api_client.errors import CloudError
from console.logs.decode import decode_line
from console.logs.source import LogError, LogSource
from console.present.table import Tone
from screens.desk import Desk
from screens.log_words import problem_text

COPY_BYTES = 8 * 1024 * 1024
"""Bytes from the end of a log that are copied for the pager."""

_PIECE = 1024 * 1024


class Asks(Protocol):
    """The view that asks: where it stands and how it speaks."""

    desk: Desk

    @property
    def app(self) -> App[object]: ...

    def say(self, text: str, *, tone: Tone = Tone.PLAIN) -> None: ...


def pager_command() -> list[str] | None:
    """`$PAGER` if it is there, else `less` or `more`; `None` where there is no pager."""
    wanted = shlex.split(os.environ.get("PAGER", ""))
    for command in (wanted, ["less"], ["more"]):
        if command and shutil.which(command[0]):
            return command
    return None


async def end_of_log(source: LogSource) -> tuple[bytes, int]:
    """The last bytes of a log and the length of the whole.

    Raises:
        CloudError, LogError: it cannot be read.
    """
    total = await source.size() or 0
    start = max(0, total - COPY_BYTES)
    pieces: list[bytes] = []
    while start < total:
        data = await source.read(start, min(_PIECE, total - start))
        if not data:
            break
        pieces.append(data)
        start += len(data)
    return b"".join(pieces), total


def plain_lines(data: bytes) -> str:
    """The lines as the console shows them: no sequence in them acts on a terminal."""
    return "".join(f"{decode_line(line).text}\n" for line in data.split(b"\n"))


def editor_command() -> list[str] | None:
    """`$VISUAL` or `$EDITOR` if it is there, else `vi` or `nano`; `None` where there is none."""
    named = (shlex.split(os.environ.get(name, "")) for name in ("VISUAL", "EDITOR"))
    for command in (*named, ["vi"], ["nano"]):
        if command and shutil.which(command[0]):
            return command
    return None


async def show_in_pager(view: Asks, source: LogSource) -> None:
    """Copy, suspend the console, run the pager, come back and take the copy away."""
    await _show_in(view, source, pager_command(), "logs_view.no_pager")


async def show_in_editor(view: Asks, source: LogSource) -> None:
    """The same in the editor; what is changed there is a copy and goes."""
    await _show_in(view, source, editor_command(), "logs_view.no_editor")


async def _show_in(
    view: Asks, source: LogSource, command: list[str] | None, otherwise: str
) -> None:
    t = view.desk.t
    if command is None:
        view.say(t(otherwise), tone=Tone.WARNING)
        return
    try:
        data, total = await end_of_log(source)
    except (CloudError, LogError) as error:
        view.say(problem_text(error, view.desk), tone=Tone.FAILED)
        return
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".log", encoding="utf-8") as copy:
            copy.write(plain_lines(data))
            copy.flush()
            problem = run_pager(view.app, [*command, copy.name])
    except OSError as error:
        problem = str(error)
    if problem:
        view.say(t("logs_view.pager_failed", why=problem), tone=Tone.FAILED)
    elif len(data) < total:
        view.say(t("logs_view.pager_part"), tone=Tone.DIM)


def run_pager(app: App[object], command: Sequence[str]) -> str:
    """Give the terminal to a program until it ends; what went wrong, or nothing."""
    try:
        with app.suspend():
            subprocess.run(command, check=False)
    except SuspendNotSupported as error:
        return str(error)
    return ""
