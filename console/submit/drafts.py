"""Half-filled forms kept on disk, so that no way out of the console loses what was typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from console import paths
from console.toml_file import write_atomic

_LOG = logging.getLogger(__name__)

MOST_DRAFTS = 20


class Drafts:
    """Drafts of one profile by what they began as; readable by their owner alone."""

    def __init__(self, profile: str, file: Path | None = None) -> None:
        self._file = file or paths.state_dir() / "drafts" / f"{profile}.json"
        self._drafts = self._load()
        self._changed = False

    def get(self, origin: str) -> Mapping[str, str] | None:
        """What was typed, by field name; `None` where there is no draft."""
        return self._drafts.get(origin)

    def put(self, origin: str, values: Mapping[str, str]) -> None:
        """Remember what is typed; `save` writes it down."""
        self._drafts.pop(origin, None)
        self._drafts[origin] = dict(values)
        while len(self._drafts) > MOST_DRAFTS:
            del self._drafts[next(iter(self._drafts))]
        self._changed = True

    def drop(self, origin: str) -> None:
        """Forget one: it was sent, or emptied."""
        if self._drafts.pop(origin, None) is not None:
            self._changed = True

    def save(self) -> None:
        """Write them down where they changed.

        Raises:
            OSError: they cannot be written; they live on in memory.
        """
        if self._changed:
            write_atomic(self._file, json.dumps(self._drafts, ensure_ascii=False).encode())
            self._changed = False

    def _load(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return {
                str(origin): {str(name): str(value) for name, value in values.items()}
                for origin, values in found.items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError):
            _LOG.warning("the drafts in %s cannot be read; starting without", self._file)
            return {}
