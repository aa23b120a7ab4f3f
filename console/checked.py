"""Values of the configuration that were checked before, kept until the file's text changes.

Loading the checks takes three times as long as reading the file. What they made of a text is kept
beside the whole text it came from; another text, another version or a damaged file is checked.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, TypeVar

from console import paths
from console.version import VERSION

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


def _file(name: str) -> Path:
    return paths.cache_dir() / "checked" / f"{name}.json"


def recall(name: str, text: str, kind: type[T]) -> T | None:
    """What the checks made of exactly this text; `None` where they have not seen it."""
    # Imported late, here and below: without a configuration there is nothing to decode.
    import msgspec

    try:
        version, seen, value = msgspec.json.decode(
            _file(name).read_bytes(), type=tuple[str, str, Any]
        )
        return msgspec.convert(value, kind) if (version, seen) == (VERSION, text) else None
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def keep(name: str, text: str, value: Any) -> None:
    """Keep what was made of a text, readable by the user alone; nothing where it cannot be."""
    import msgspec

    from console.toml_file import write_atomic

    try:
        made = msgspec.to_builtins(value)
        kept = msgspec.json.encode((VERSION, text, made))
        # A moment or another value JSON has no word for would come back as something else.
        if msgspec.convert(msgspec.json.decode(kept)[2], type(value)) == value:
            write_atomic(_file(name), kept)
    except (OSError, ValueError, TypeError, msgspec.MsgspecError) as error:
        _LOG.info("the checked configuration is not kept: %s", error)
