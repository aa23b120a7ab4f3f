"""The last screen of an earlier run, shown while the console is still being loaded.

Loading the framework takes longer than reading a screen from disk. The picture is painted raw,
with a line on top that says how old it is; the application replaces it with what it knows.
Nothing heavy is imported here.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

_SGR = re.compile(r"\x1b\[[0-9;]*m")
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J"
_LEAVE = "\x1b[?1049l\x1b[?25h"
_LARGEST = 1_000_000
"""Bytes of a picture; more is no picture of ours."""


def _file(profile: str) -> Path:
    # Imported here so that reading `--version` costs nothing.
    from console.paths import state_dir

    return state_dir() / "frames" / f"{profile}.txt"


def keep(profile: str, size: tuple[int, int], lines: list[str]) -> None:
    """Keep a picture of `size` (columns, rows): one line of text and colours each.

    Raises:
        OSError: it cannot be kept.
    """
    file = _file(profile)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = "\n".join([f"{size[0]} {size[1]}", *lines])
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def show(profile: str) -> bool:
    """Paint the picture kept for a profile, or the frame of an empty one.

    False where this is no terminal that can be drawn on.
    """
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        return False
    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return False
    lines = _picture(profile, columns, rows) or [_bar(" Quarterdeck …", columns)]
    if os.environ.get("NO_COLOR"):
        lines[1:] = [_SGR.sub("", line) for line in lines[1:]]
    sys.stdout.write(_ENTER + "\r\n".join(f"{line}\x1b[0m" for line in lines))
    sys.stdout.flush()
    return True


def _picture(profile: str, columns: int, rows: int) -> list[str]:
    """The lines of the picture; none where there is none for a terminal of that size."""
    try:
        file = _file(profile)
        age = time.time() - file.stat().st_mtime
        head, *lines = file.read_text(encoding="utf-8")[:_LARGEST].split("\n")
    except (OSError, UnicodeDecodeError):
        return []
    if head != f"{columns} {rows}" or len(lines) != rows:
        return []
    return [_age_line(age, columns), *lines[1:]]


def hide() -> None:
    """Give the terminal back when the application could not start."""
    sys.stdout.write(_LEAVE)
    sys.stdout.flush()


def _age_line(age: float, columns: int) -> str:
    """Says that this is a picture and how old; in both languages of the console at once."""
    seconds = max(0, int(age))
    unit, size = next(
        (u, s)
        for u, s in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
        if seconds >= s or s == 1
    )
    return _bar(f" Quarterdeck … last seen / 上次所见 -{seconds // size}{unit}", columns)


def _bar(text: str, columns: int) -> str:
    return f"\x1b[7m{text[:columns]}\x1b[0m"
