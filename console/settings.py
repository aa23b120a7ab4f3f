"""What the user sets about the console itself, read from the configuration file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console import paths
from console.problems import ConfigError
from console.toml_file import edit_toml, read_toml
from console.validation import problems_of

NOT_SETTINGS = frozenset({"profiles", "default_profile", "views"})
"""Top-level keys of the same file that `profiles` and `lists` own."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class KeySettings(_Strict):
    """Which keys do what."""

    preset: Literal["default", "k9s", "turm", "lazyslurm", "htop", "arrows", "emacs"] = "default"
    """The map to start from."""
    bindings: dict[str, str | bool] = {}
    """Action id -> keys, comma-separated (`"d,x c"`); `false` unbinds."""


class NotificationSettings(_Strict):
    """How the console says that a watched job ended or began to recover."""

    toast: bool = True
    bell: bool = True
    desktop: bool = False


class Settings(_Strict):
    """Everything a person can set; every field has a working default."""

    theme: str = "quarterdeck-dark"
    language: Literal["auto", "en", "zh_CN"] = "auto"
    """`auto` follows the locale."""
    glyphs: Literal["unicode", "ascii"] = "unicode"
    plain: bool = False
    """Every screen as linear text, for screen readers and pipes."""
    mouse: bool = True
    hints: bool = True
    """Say which key to use when a habit from another program is pressed."""
    quit_asks: bool = True
    """`q` at the top level must be pressed twice."""
    confirm_accelerators: Annotated[int, Field(ge=1)] = 64
    """From so many accelerators on, stopping asks for the typed name."""
    refresh_seconds: Annotated[float, Field(ge=1, le=3600)] = 5
    """How often sources that cannot stream are asked."""
    keys: KeySettings = KeySettings()
    columns: dict[str, list[str]] = {}
    """List name -> column ids, in order."""
    notifications: NotificationSettings = NotificationSettings()


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; a missing file gives the defaults.

    Raises:
        ConfigError: with file, line and key of every mistake.
    """
    path = path or paths.config_file()
    data, text = read_toml(path)
    mine = {key: value for key, value in data.items() if key not in NOT_SETTINGS}
    return _checked(mine, path, text)


def _checked(data: dict[str, Any], path: Path, text: str) -> Settings:
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise ConfigError(problems_of(error, file=path, text=text, model=Settings)) from None


def change_setting(key: str, value: Any, path: Path | None = None) -> Settings:
    """Set one dotted key (`keys.preset`) in the file, keeping its comments, and read it back.

    Raises:
        ConfigError: the key or the value is not allowed; the file is then unchanged.
    """
    path = path or paths.config_file()
    data, text = read_toml(path)
    mine = {name: entry for name, entry in data.items() if name not in NOT_SETTINGS}
    *tables, last = key.split(".")
    target = mine
    for table in tables:
        below = target.setdefault(table, {})
        target[table] = target = dict(below) if isinstance(below, dict) else {}
    target[last] = value
    settings = _checked(mine, path, text)

    def put(document: Any) -> None:
        node = document
        for table in tables:
            node = node.setdefault(table, {})
        node[last] = value

    edit_toml(path, put)
    return settings
