"""Which start of the machine this is."""

from __future__ import annotations

from pathlib import Path

import psutil

_LINUX = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """A word that changes when the machine restarts, and only then."""
    if _LINUX.is_file():
        return _LINUX.read_text(encoding="ascii").strip()
    return str(int(psutil.boot_time()))
