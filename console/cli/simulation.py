"""Talks to the simulation of this machine, a program of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Any

from console import paths
from console.cli.context import Cli, Stop
from console.cli.exits import NOT_FOUND

PRESETS = ("lab", "pod", "centre", "giant")
KINDS = (
    "xid", "network", "hang", "checkpoint-corrupt", "node", "ecc", "thermal", "disk-full",
    "api-slow", "api-down",
)  # fmt: skip
"""What can be broken on command."""

_PREFIX = "localcloud: "


def ask(
    cli: Cli, action: str, *words: str, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Run one action of the simulation and give what it says.

    Args:
        progress: told each line it prints on the way; without it the lines are kept for errors.

    Raises:
        Stop: it failed, or no simulation runs.
    """
    home = () if action == "replay" else ("--home", str(paths.demo_home()))
    command = [sys.executable, "-m", "localcloud", "simulate", action, *home, "--json", *words]
    lines: list[str] = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        talk = threading.Thread(target=_listen, args=(process.stderr, lines, progress))
        talk.start()
        try:
            said = _object(process.stdout.read() if process.stdout else "")
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
            talk.join()
    if code:
        raise _failed(cli, code, said, lines)
    return said


def _listen(
    stream: IO[str] | None, lines: list[str], progress: Callable[[str], None] | None
) -> None:
    for line in stream or ():
        text = line.rstrip("\n")
        if progress is not None and not text.startswith(_PREFIX):
            progress(text)
        else:
            lines.append(text)


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _failed(cli: Cli, code: int, said: dict[str, Any], lines: list[str]) -> Stop:
    """The sentence of a failure, in the person's language where we know it."""
    if code == NOT_FOUND and said.get("running") is False:
        return Stop(cli.t("demo.none"), NOT_FOUND)
    words = str(said.get("error") or "") or "\n".join(lines[-3:]).removeprefix(_PREFIX)
    return Stop(words or cli.t("demo.failed", code=code), code)
