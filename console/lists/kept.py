"""Views with a name, in the person's configuration, and how each list was left, in the state."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

from console import paths
from console.lists.arrangement import Arrangement
from console.lists.query import QueryError, parse_query, query_text
from console.problems import ConfigError, Problem, nearest
from console.toml_file import edit_toml, locate, read_toml, write_atomic

NAME: Final = re.compile(r"[\w.-]{1,64}\Z")
"""What a view may be called."""

_LARGEST: Final = 1 << 20
_NONE: Final = "is not a table of views; nothing was changed"


def named_views(path: Path | None = None) -> dict[str, str]:
    """Every named view as its query; empty where the file cannot be read."""
    try:
        data, _ = read_toml(path or paths.config_file())
    except ConfigError:
        return {}
    views = data.get("views")
    if not isinstance(views, dict):
        return {}
    return {name: text for name, text in views.items() if isinstance(text, str)}


def save_view(name: str, arrangement: Arrangement, path: Path | None = None) -> None:
    """Keep a view under a name, in place of one that had it.

    Raises:
        QueryError: the name is none.
        ConfigError: the file cannot be read or written; it is then unchanged.
    """
    if not NAME.match(name):
        raise QueryError("lists.error.name", word=name)

    path = path or paths.config_file()

    def put(document: Any) -> None:
        views = document.setdefault("views", {})
        if not isinstance(views, MutableMapping):
            raise ConfigError(
                [Problem(path, *locate(read_toml(path)[1], ("views",)), "views", _NONE)]
            )
        views[name] = query_text(arrangement)

    edit_toml(path, put)


def forget_view(name: str, path: Path | None = None) -> bool:
    """Take a named view away; False where there is none.

    Raises:
        ConfigError: the file cannot be read or written.
    """
    if name not in named_views(path):
        return False

    def take(document: Any) -> None:
        del document["views"][name]

    edit_toml(path or paths.config_file(), take)
    return True


def find_view(text: str, noun: str = "", views: Mapping[str, str] | None = None) -> Arrangement:
    """The view a person means: a name of theirs, or a query.

    Raises:
        QueryError: there is no such view, or it cannot be read, or it is of another noun.
    """
    known = named_views() if views is None else views
    text = text.strip()
    query = known.get(text, text)
    if "?" not in query and query.casefold() != noun and query == text:
        raise QueryError("lists.error.view", word=text, near=nearest(text, known))
    arrangement = parse_query(query, noun)
    if noun and arrangement.noun != noun:
        raise QueryError("lists.error.other", word=text, noun=arrangement.noun)
    return arrangement


class LeftLists:
    """How each list was left the last time: everything but its filter, which nobody would see."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or paths.state_dir() / "lists.json"
        self._left: dict[str, str] | None = None

    def get(self, noun: str) -> Arrangement:
        """The arrangement a list was left in; the usual one where it was never changed."""
        try:
            found = parse_query(self._read().get(noun, noun), noun).but(filter="")
        except QueryError:
            return Arrangement(noun)
        return found if found.noun == noun else Arrangement(noun)

    def keep(self, arrangement: Arrangement) -> None:
        """Remember an arrangement. Raises `OSError` where that cannot be written."""
        text = query_text(arrangement.but(filter=""))
        left = self._read()
        if left.get(arrangement.noun, arrangement.noun) == text:
            return
        left[arrangement.noun] = text
        write_atomic(self._path, json.dumps(left, indent=1, ensure_ascii=False).encode())

    def _read(self) -> dict[str, str]:
        if self._left is None:
            self._left = {}
            try:
                text = self._path.read_bytes()[:_LARGEST]
                data = json.loads(text)
            except (OSError, ValueError, RecursionError):
                # Never written, or broken: the lists start as they come.
                return self._left
            if isinstance(data, dict):
                self._left = {str(noun): str(query) for noun, query in data.items()}
        return self._left
