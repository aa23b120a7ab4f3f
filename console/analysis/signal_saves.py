"""Which checkpoint a line says was written."""

from __future__ import annotations

import re

from console.analysis.signal_formats import SAVES

_STEP = re.compile(
    rb"(?i)\b(?:iteration|iter|global step|global_step|step|checkpoints? for)"
    rb"[ =:,]{1,4}(\d{1,12})\b"
)
_PATH = re.compile(
    rb"(?i)(?:\b(?:to|at|into|in|as|path)\b|:|=)[ =:]*['\"`]?"
    rb"([^\s'\"`,;]*(?:[/\\]|\.(?:pt|pth|ckpt|bin|npz|safetensors|pdparams)\b)[^\s'\"`,;]*)"
)
_TARGET = re.compile(rb"(?i)\b(?:to|into)[ =:]+['\"`]?([^\s'\"`,;]+)")
_NAMED = re.compile(
    rb"(?i)([^\s'\"`]*(?:step|checkpoint|ckpt|iter|model|state|epoch)[-_=]?(\d{1,12})[^\s'\"`,;]*)"
)
_STEP_IN_NAME = re.compile(
    rb"(?i)(?:step|checkpoint|ckpt|iter(?:ation)?|model|state)[-_=]?(\d{1,12})(?!\d)"
)


def saved_in(line: bytes) -> tuple[int | None, str]:
    """The step of the checkpoint and where it lies; `None` and empty where not said."""
    said = SAVES.search(line)
    words = line[said.start() :] if said else line
    path = _PATH.search(words) or _NAMED.search(words) or _TARGET.search(words)
    where = path[1] if path else b""
    step = _STEP.search(words) or (_STEP_IN_NAME.search(where) if where else None)
    return (int(step[1]) if step else None), where.rstrip(b".,:").decode("utf-8", "replace")
