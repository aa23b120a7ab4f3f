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
from console.present.errors import error_text
from console.present.table import Tone
from console.session import Session
from screens.desk import Desk
from screens.log_pane import LogTarget

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


async def end_of_log(session: Session, target: LogTarget) -> tuple[bytes, int]:
    """The last bytes of a log and the length of the whole.

    Raises:
        CloudError: it cannot be read.
    """
    rank, attempt = target.rank, target.attempt
    last = await session.read_log(target.job, rank, attempt=attempt, start=-1, length=1)
    total = last.total or 0
    start = max(0, total - COPY_BYTES)
    pieces: list[bytes] = []
    while start < total:
        chunk = await session.read_log(
            target.job, rank, attempt=attempt, start=start, length=min(_PIECE, total - start)
        )
        if not chunk.data:
            break
        pieces.append(chunk.data)
        start += len(chunk.data)
    return b"".join(pieces), total


def plain_lines(data: bytes) -> str:
    """The lines as the console shows them: no sequence in them acts on a terminal."""
    return "".join(f"{decode_line(line).text}\n" for line in data.split(b"\n"))


async def show_in_pager(view: Asks, target: LogTarget) -> None:
    """Copy, suspend the console, run the pager, come back and take the copy away."""
    t = view.desk.t
    command = pager_command()
    if command is None:
        view.say(t("logs_view.no_pager"), tone=Tone.WARNING)
        return
    try:
        data, total = await end_of_log(view.desk.session, target)
    except CloudError as error:
        view.say(error_text(error, view.desk.present()).sentence, tone=Tone.FAILED)
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
