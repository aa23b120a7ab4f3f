"""What the console says, in the language of the person: catalogues and their translator.

A key is `area.section.name`; the area is the file `locales/<language>/<area>.toml`. A file is
read when the first of its keys is asked for. A table with the keys `one` and `other` is a plural
chosen by `n`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from console.cells import ELLIPSIS, Side, cell_width, cut, pad, visible
from console.message import Message

__all__ = [
    "ELLIPSIS",
    "FALLBACK",
    "LANGUAGES",
    "Catalogue",
    "Side",
    "Translator",
    "cell_width",
    "cut",
    "language_of",
    "pad",
    "visible",
]

FALLBACK: Final = "en"
LANGUAGES: Final = ("en", "zh_CN")

_LOCALES = Path(__file__).with_name("locales")
_PLURAL = frozenset({"one", "other"})

Entry = str | Mapping[str, str]
"""A template, or the templates of a plural by form."""


def language_of(tag: str) -> str:
    """The language of ours that serves a locale tag such as `zh_CN.UTF-8`, `zh-Hans` or `C`."""
    return "zh_CN" if tag.casefold().startswith("zh") else FALLBACK


def _flatten(table: Mapping[str, Any], prefix: str) -> dict[str, Entry]:
    flat: dict[str, Entry] = {}
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, str) or set(value) <= _PLURAL:
            flat[key] = value
        else:
            flat |= _flatten(value, key)
    return flat


def _read(path: Path) -> Mapping[str, Any]:
    # Imported late: a command that says nothing does not pay for the parser.
    import tomllib

    return tomllib.loads(path.read_text("utf-8"))


class _Kept(dict[str, Any]):
    """Values of a template; one that was not given stays visible as its placeholder."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


class Catalogue:
    """The sentences of one language, read area by area when first needed."""

    def __init__(self, language: str, folder: Path = _LOCALES) -> None:
        self.language = language
        self._folder = folder / language
        self._areas: dict[str, Mapping[str, Entry]] = {}

    def areas(self) -> tuple[str, ...]:
        """The names of all areas, read or not."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.toml")))

    def area(self, name: str) -> Mapping[str, Entry]:
        """All entries of one area by their whole key; empty where there is no such area."""
        if name not in self._areas:
            path = self._folder / f"{name}.toml"
            # The name comes from a key in our own code; only plain names may become a path.
            known = name.isidentifier() and path.is_file()
            self._areas[name] = _flatten(_read(path), name) if known else {}
        return self._areas[name]

    def entry(self, key: str) -> Entry | None:
        """What is written under a key, `None` where nothing is."""
        return self.area(key.partition(".")[0]).get(key)


class Translator:
    """Says keys in the current language; set `language` to switch at once.

    Falls back to English, then to the key itself.
    """

    def __init__(self, language: str = FALLBACK, folder: Path = _LOCALES) -> None:
        self._folder = folder
        self._catalogues: dict[str, Catalogue] = {}
        self._language = FALLBACK
        self._listeners: list[Callable[[], None]] = []
        self.language = language

    @property
    def language(self) -> str:
        """One of `LANGUAGES`."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"{language!r} is not one of {', '.join(LANGUAGES)}")
        changed = language != self._language
        self._language = language
        if changed:
            for listener in tuple(self._listeners):
                listener()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each switch of language; the result unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def has(self, key: str) -> bool:
        """Whether any language has words for the key."""
        return self._entry(key) is not None

    def t(self, key: str, **values: Any) -> str:
        """The sentence of a key with its values put in; `n` chooses the plural."""
        entry = self._entry(key)
        if entry is None:
            return key
        if not isinstance(entry, str):
            entry = entry.get("one", entry["other"]) if values.get("n") == 1 else entry["other"]
        # Most words of a list hold no value; formatting them costs as much as finding them.
        return entry.format_map(_Kept(values)) if "{" in entry else entry

    def say(self, message: Message) -> str:
        """A message in the current language; a value that is a message is said first.

        Other values are untrusted: what would act on a terminal is made visible.
        """
        values = {name: self._value(value) for name, value in message.values.items()}
        return self.t(message.key, **values)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Message):
            return self.say(value)
        return visible(value) if isinstance(value, str) else value

    def _entry(self, key: str) -> Entry | None:
        entry = self._catalogue(self._language).entry(key)
        if entry is None and self._language != FALLBACK:
            entry = self._catalogue(FALLBACK).entry(key)
        return entry

    def _catalogue(self, language: str) -> Catalogue:
        if language not in self._catalogues:
            self._catalogues[language] = Catalogue(language, self._folder)
        return self._catalogues[language]
