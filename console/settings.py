"""What the user sets about the console itself, read from the configuration file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from console import checked, paths
from console.toml_file import edit_toml, read_toml

NOT_SETTINGS = frozenset({"profiles", "default_profile", "views"})
"""Top-level keys of the same file that `profiles` and `lists` own."""

_STRICT = {"extra": "forbid", "hide_input_in_errors": True}
"""How the checks treat these classes; the checks are loaded only for a file that changed."""


@dataclass(frozen=True, slots=True)
class _Between:
    """The least and the most of a number, as the checks want to be told."""

    least: float
    most: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        schema = handler(source)
        schema["ge"] = self.least
        return schema if self.most is None else {**schema, "le": self.most}


@dataclass(frozen=True, slots=True)
class KeySettings:
    """Which keys do what."""

    __pydantic_config__: ClassVar = _STRICT

    preset: Literal["default", "k9s", "turm", "lazyslurm", "htop", "arrows", "emacs"] = "default"
    """The map to start from."""
    bindings: dict[str, str | bool] = field(default_factory=dict)
    """Action id -> keys, comma-separated (`"d,x c"`); `false` unbinds."""


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """How the console says that a watched job ended or began to recover."""

    __pydantic_config__: ClassVar = _STRICT

    toast: bool = True
    bell: bool = True
    desktop: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a person can set; every field has a working default."""

    __pydantic_config__: ClassVar = _STRICT

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
    confirm_accelerators: Annotated[int, _Between(1)] = 64
    """From so many accelerators on, stopping asks for the typed name."""
    refresh_seconds: Annotated[float, _Between(1, 3600)] = 5
    """How often sources that cannot stream are asked."""
    keys: KeySettings = field(default_factory=KeySettings)
    columns: dict[str, list[str]] = field(default_factory=dict)
    """List name -> column ids, in order."""
    notifications: NotificationSettings = field(default_factory=NotificationSettings)


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
    if not data:
        return Settings()
    kept = checked.recall("settings", text, Settings)
    if kept is not None:
        return kept
    from console.validation import validated

    settings = validated(Settings, data, file=path, text=text)
    checked.keep("settings", text, settings)
    return settings


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
    from console.validation import validated

    settings = validated(Settings, mine, file=path, text=text)

    def put(document: Any) -> None:
        node = document
        for table in tables:
            node = node.setdefault(table, {})
        node[last] = value

    edit_toml(path, put)
    return settings
