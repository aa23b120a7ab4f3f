"""Reads how far a worker is from the end of its log and from its checkpoint folder."""

from __future__ import annotations

import os
import re
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_READ_AT_MOST = 65_536
_LINE_AT_MOST = 4_096
_CHECKPOINTS_AT_MOST = 10_000
_SPEED_WINDOW_SECONDS = 30.0

_NUMBER = r"([-+]?\d[\d,]{0,20}(?:\.\d{1,20})?(?:e[-+]?\d{1,3})?)"
_STEP = re.compile(
    r"(?<![\w./-])(?:global_)?(?:step|iter|iteration)\"?\s*[=:]?\s*\[?"
    r"(\d{1,15})(?!\d)(?:\s*/\s*(\d{1,15})(?!\d))?",
    re.IGNORECASE,
)
_LOSS = re.compile(rf"(?<![a-z])(?:train_)?loss\"?\s*[=:]?\s*{_NUMBER}", re.IGNORECASE)
_TOKENS = re.compile(
    rf"tok(?:en)?s?\s*(?:/|_per_)\s*s(?:ec(?:ond)?)?\"?\s*[=:]?\s*{_NUMBER}", re.IGNORECASE
)
_TOKENS_BEFORE = re.compile(rf"{_NUMBER}\s*tok(?:en)?s?\s*/\s*s", re.IGNORECASE)
_NAME_NUMBER = re.compile(r"(?<!\d)(\d{1,15})$")


@dataclass
class Figures:
    """The newest figures found; `None` was never seen. Times are seconds since 1970."""

    step: int | None = None
    total_steps: int | None = None
    loss: float | None = None
    tokens_per_second: float | None = None
    steps_per_second: float | None = None
    updated: float | None = None


class LogProgress:
    """Follows one log file; reads little even where the log grows fast."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._rest = b""
        self._steps: deque[tuple[float, int]] = deque()
        self.figures = Figures()
        self.size: int | None = None
        self.last_output: float | None = None

    def update(self) -> None:
        """Read what was written since the last call."""
        try:
            facts = self._path.stat()
        except OSError:
            return
        if facts.st_size > 0:
            self.last_output = facts.st_mtime
        self.size = facts.st_size
        if facts.st_size > self._offset:
            self._read(facts.st_size, facts.st_mtime)

    def as_report(self) -> dict[str, Any]:
        """The figures as the heartbeat carries them."""
        return asdict(self.figures)

    def _read(self, size: int, moment: float) -> None:
        start = self._offset
        if size - start > _READ_AT_MOST:
            # Only the newest figures count, so the middle of a flood is skipped.
            start, self._rest = size - _READ_AT_MOST, b""
        with self._path.open("rb") as log:
            log.seek(start)
            data = log.read(size - start)
        self._offset = start + len(data)
        lines = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        self._rest = lines.pop()[-_LINE_AT_MOST:]
        for line in lines:
            self._take(line[:_LINE_AT_MOST].decode("utf-8", "replace"), moment)

    def _take(self, line: str, moment: float) -> None:
        figures = self.figures
        if found := _STEP.search(line):
            figures.step = int(found[1])
            figures.total_steps = int(found[2]) if found[2] else figures.total_steps
            figures.updated = moment
            figures.steps_per_second = self._speed(moment, figures.step)
        if found := _LOSS.search(line):
            figures.loss = _number(found[1])
        if found := _TOKENS.search(line) or _TOKENS_BEFORE.search(line):
            figures.tokens_per_second = _number(found[1])

    def _speed(self, moment: float, step: int) -> float | None:
        if self._steps and step < self._steps[-1][1]:
            self._steps.clear()
        self._steps.append((moment, step))
        while moment - self._steps[0][0] > _SPEED_WINDOW_SECONDS and len(self._steps) > 2:
            self._steps.popleft()
        elapsed = moment - self._steps[0][0]
        return (step - self._steps[0][1]) / elapsed if elapsed >= 1.0 else None


def newest_checkpoint(folder: Path) -> tuple[int, float] | None:
    """Step and time of the checkpoint with the highest number; `None` where there is none."""
    best: tuple[int, float] | None = None
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                step = checkpoint_step(entry.name)
                if step is not None and (best is None or step > best[0]):
                    best = (step, entry.stat().st_mtime)
                if count >= _CHECKPOINTS_AT_MOST:
                    break
    except OSError:
        # No folder, or a file that went away while we looked: the next look finds what is there.
        return best
    return best


def checkpoint_step(name: str) -> int | None:
    """The number a checkpoint's name ends in (`step-000120.npz`), `None` for other names."""
    if name.startswith(".") or ".tmp" in name or name.endswith("~"):
        return None
    stem, dot, suffix = name.rpartition(".")
    whole = name if not dot or suffix.isdigit() else stem
    found = _NAME_NUMBER.search(whole)
    return int(found[1]) if found else None


def last_line(path: Path, longest: int = 200) -> str:
    """The last line with text in a log, control characters written out."""
    try:
        with path.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(0, size - _LINE_AT_MOST))
            data = log.read(_LINE_AT_MOST)
    except OSError:
        return ""
    lines = [line.strip() for line in data.decode("utf-8", "backslashreplace").splitlines()]
    text = next((line for line in reversed(lines) if line), "")
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
