"""Themes of the user's own, from TOML files; every colour is checked before Textual sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from console.problems import ConfigError, Problem, nearest
from console.toml_file import KeyPath, locate, read_toml
from themes.library import DEFAULT_THEME, PALETTES, theme
from themes.tokens import COLOUR_FIELDS, HEAT_STEPS, SERIES_COUNT, Palette

_TOP = ("name", "base", "dark", "colors")
_LISTS = {"series": SERIES_COUNT, "heat": HEAT_STEPS}


def load_themes(folder: Path) -> tuple[list[Theme], list[Problem]]:
    """Every good theme of `folder` (`*.toml`) and every mistake in the others."""
    found: list[Theme] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(load_theme(path))
        except ConfigError as error:
            problems.extend(error.problems)
    return found, problems


def load_theme(path: Path) -> Theme:
    """The theme in one file: `base` names the theme it changes, `[colors]` what it changes.

    Raises:
        ConfigError: with the file, line and key of every mistake.
    """
    data, text = read_toml(path)
    reader = _Reader(path, text)
    reader.known(data, _TOP, ())
    base = reader.choice(data.get("base", DEFAULT_THEME), tuple(PALETTES), ("base",))
    palette, dark = PALETTES[base]
    dark = reader.boolean(data.get("dark", dark), ("dark",))
    name = reader.name(data.get("name", path.stem))
    changes = reader.colours(data.get("colors", {}))
    if reader.problems:
        raise ConfigError(reader.problems)
    return theme(name, _changed(palette, changes), dark)


def _changed(palette: Palette, changes: dict[str, Any]) -> Palette:
    return replace(palette, **changes)


class _Reader:
    """Checks one file, collecting mistakes with their places."""

    def __init__(self, path: Path, text: str) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._text = text

    def _wrong(self, at: KeyPath, detail: str, allowed: tuple[str, ...] = ()) -> None:
        line, column = locate(self._text, at)
        close = nearest(at[-1], allowed) if allowed else ""
        self.problems.append(
            Problem(self._path, line, column, ".".join(at), detail, allowed, close)
        )

    def known(self, table: dict[str, Any], allowed: tuple[str, ...], under: KeyPath) -> None:
        for key in table:
            if key not in allowed:
                self._wrong((*under, key), "is not a key of a theme", allowed)

    def choice(self, value: object, allowed: tuple[str, ...], at: KeyPath) -> str:
        if value in allowed:
            return str(value)
        self._wrong(at, f"there is no theme {value!r} to start from", allowed)
        return allowed[0]

    def boolean(self, value: object, at: KeyPath) -> bool:
        if not isinstance(value, bool):
            self._wrong(at, "must be true or false")
        return bool(value)

    def name(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip() or value in PALETTES:
            self._wrong(("name",), "must be a name no built-in theme has")
        return str(value)

    def colours(self, table: object) -> dict[str, Any]:
        if not isinstance(table, dict):
            self._wrong(("colors",), "must be a table of colours")
            return {}
        self.known(table, (*COLOUR_FIELDS, *_LISTS), ("colors",))
        found: dict[str, Any] = {}
        for key, value in table.items():
            at = ("colors", key)
            if key in COLOUR_FIELDS:
                found[key] = self._colour(value, at)
            elif key in _LISTS:
                found[key] = self._list(value, _LISTS[key], at)
        return found

    def _list(self, value: object, count: int, at: KeyPath) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) != count:
            self._wrong(at, f"must be a list of {count} colours")
            return ()
        return tuple(self._colour(item, at) for item in value)

    def _colour(self, value: object, at: KeyPath) -> str:
        try:
            parsed = Color.parse(value) if isinstance(value, str) else None
        except ColorParseError:
            parsed = None
        if parsed is None or parsed.a != 1 or parsed.ansi is not None:
            self._wrong(at, f"{value!r} is not an opaque colour such as '#6cb6ff'")
            return "#000000"
        return parsed.hex6
