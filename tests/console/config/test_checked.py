"""What the checks made of the configuration is kept, and only for exactly that text."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console import paths
from console.problems import ConfigError
from console.profiles import load_profiles
from console.settings import load_settings

TEXT = """theme = "mine"
refresh_seconds = 7
default_profile = "lab"
[keys]
preset = "k9s"
bindings = { "list.open" = "o", "global.help" = false }
[profiles.lab]
provider = "tenant"
url = "http://127.0.0.1:1"
token_env = "LAB_TOKEN"
read_only = true
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTERDECK_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_second_reading_is_equal_and_loads_no_checks(config: Path, cache: Path) -> None:
    config.write_text(TEXT)
    settings, profiles = load_settings(), load_profiles()
    assert (settings, profiles) == (load_settings(), load_profiles())
    assert settings.keys.bindings == {"list.open": "o", "global.help": False}
    assert profiles.get().choice("training").options == {"url": "http://127.0.0.1:1"}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\nfrom console.settings import load_settings\n"
            "from console.profiles import load_profiles\n"
            "print(load_settings().theme, load_profiles().get().name, 'pydantic' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["mine", "lab", "False"]
    kept = sorted(cache.rglob("*.json"))
    assert [file.name for file in kept] == ["profiles.json", "settings.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}


def test_a_changed_text_is_checked_again(config: Path) -> None:
    config.write_text(TEXT)
    load_settings()
    config.write_text(TEXT.replace("refresh_seconds = 7", "refresh_seconds = 0"))
    with pytest.raises(ConfigError, match=r":2:1: refresh_seconds: .*greater than or equal to 1"):
        load_settings()
    config.write_text(TEXT.replace("refresh_seconds = 7", "refresh_seconds = 9"))
    assert load_settings().refresh_seconds == 9


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b'["0.0.0", "", {}]', b"\xff"])
def test_a_damaged_file_is_as_none(config: Path, cache: Path, content: bytes) -> None:
    config.write_text(TEXT)
    first = load_settings()
    for file in cache.rglob("*.json"):
        file.write_bytes(content)
    assert load_settings() == first


def test_what_cannot_be_kept_is_checked_each_time(config: Path, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    config.write_text(TEXT)
    assert load_settings() == load_settings()
    assert paths.cache_dir() == cache
