"""Values of the configuration that were checked before, kept until the file's text changes.

Loading the checks takes three times as long as reading the file. What they made of a text is kept
beside the whole text it came from; another text, another version or a damaged file is checked.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from console import paths
from console.version import VERSION

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class _Kept(msgspec.Struct):
    version: str
    text: str
    value: msgspec.Raw


def _file(name: str) -> Path:
    return paths.cache_dir() / "checked" / f"{name}.json"


def recall(name: str, text: str, kind: type[T]) -> T | None:
    """What the checks made of exactly this text; `None` where they have not seen it."""
    try:
        kept = msgspec.json.decode(_file(name).read_bytes(), type=_Kept)
        if (kept.version, kept.text) != (VERSION, text):
            return None
        return msgspec.json.decode(kept.value, type=kind)
    except (OSError, ValueError):
        return None


def keep(name: str, text: str, value: Any) -> None:
    """Keep what was made of a text, readable by the user alone; nothing where it cannot be."""
    from console.toml_file import write_atomic

    try:
        made = msgspec.json.encode(value)
        # A moment or another value JSON has no word for would come back as something else.
        if msgspec.json.decode(made, type=type(value)) != value:
            return
        kept = _Kept(VERSION, text, msgspec.Raw(made))
        write_atomic(_file(name), msgspec.json.encode(kept))
    except (OSError, ValueError, TypeError) as error:
        _LOG.info("the checked configuration is not kept: %s", error)
