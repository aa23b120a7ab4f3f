"""What every test stands on: an empty home, no keyring, a plain terminal; a cloud on demand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cloud import EmbeddedCloud

_XDG = {
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": ".run",
}
_STRAY = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "COLORTERM", "RANK", "WORLD_SIZE")


@pytest.fixture(autouse=True)
def isolated_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An empty home folder of this test alone, outside its `tmp_path`; returns it."""
    home = tmp_path_factory.mktemp("home")
    for name in [n for n in os.environ if n.startswith(("QUARTERDECK_", "TEXTUAL"))]:
        monkeypatch.delenv(name)
    for name in _STRAY:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in _XDG.items():
        path = home / folder
        path.mkdir(parents=True, mode=0o700)
        monkeypatch.setenv(name, str(path))
    # The fail backend raises as on a server without a desktop: nothing reaches a real keyring.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    return home


@pytest.fixture
def start_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., EmbeddedCloud]]:
    """Starts real embedded clouds; each is taken down, and must leave no process."""
    started: list[EmbeddedCloud] = []

    def start(*, nodes: int = 2, accelerators: int = 2) -> EmbeddedCloud:
        cloud = EmbeddedCloud()
        started.append(cloud)
        cloud.up(nodes=nodes, accelerators=accelerators)
        monkeypatch.setenv("QUARTERDECK_LOCAL_HOME", str(cloud.home))
        return cloud

    yield start
    for cloud in started:
        cloud.close()


@pytest.fixture
def embedded_cloud(start_cloud: Callable[..., EmbeddedCloud]) -> EmbeddedCloud:
    """A running embedded cloud of 4 nodes with 8 accelerators each."""
    return start_cloud(nodes=4, accelerators=8)
