"""Where files live. Nothing is created by asking; a `QUARTERDECK_*` variable overrides each."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("quarterdeck", appauthor=False)


def _place(variable: str, default: Path) -> Path:
    override = os.environ.get(variable)
    return Path(override).expanduser() if override else default


def config_dir() -> Path:
    """The folder of what the user writes."""
    return _place("QUARTERDECK_CONFIG_HOME", _DIRS.user_config_path)


def config_file() -> Path:
    """The one configuration file."""
    return _place("QUARTERDECK_CONFIG", config_dir() / "config.toml")


def state_dir() -> Path:
    """What the console remembers between runs: audit, last good state, pins."""
    return _place("QUARTERDECK_STATE_HOME", _DIRS.user_state_path)


def data_dir() -> Path:
    """What must not be lost."""
    return _place("QUARTERDECK_DATA_HOME", _DIRS.user_data_path)


def cache_dir() -> Path:
    """What may be deleted at any time."""
    return _place("QUARTERDECK_CACHE_HOME", _DIRS.user_cache_path)


def audit_file() -> Path:
    """The append-only record of writes."""
    return _place("QUARTERDECK_AUDIT", state_dir() / "audit.jsonl")


def crash_file() -> Path:
    """The traceback of the last crash of the console."""
    return state_dir() / "crash.log"


def requests_file(profile: str) -> Path:
    """What an open console asks of the providers of a profile."""
    return state_dir() / "requests" / f"{profile}.json"


def history_dir(profile: str) -> Path:
    """The last good state of one profile."""
    return state_dir() / "history" / profile


def local_home() -> Path:
    """The embedded cloud's own folder."""
    return _place("QUARTERDECK_LOCAL_HOME", data_dir() / "local")


def local_endpoint() -> Path:
    """The file that holds the path of the embedded cloud's socket."""
    return local_home() / "run" / "endpoint"


def demo_home() -> Path:
    """The simulation's own folder."""
    return _place("QUARTERDECK_DEMO_HOME", data_dir() / "demo" / "main")


def demo_endpoint() -> Path:
    """The file that holds the path of the simulation's socket."""
    return demo_home() / "run" / "endpoint"
