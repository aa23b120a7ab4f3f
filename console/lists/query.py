"""A saved view as one string: `jobs?state=failed%20owner=me&sort=-age&group=owner`.

After the noun and `?` stands the filter (with `filter=` before it or without), then what else is
said, each after `&`:

- `sort=column`, or `sort=-column` the other way round
- `group=column`
- `fold=*` folds every group, `fold=a,b` these, `fold=*,-a` all but these, `fold=-` none
- `arrays=folded` puts the members of an array under one row
- `columns=name,state,age:8` are shown in this order, `age` eight cells wide

Blanks, `&`, `%`, `#` and control characters are written as in a web address (`%20`). Where the
filter begins like one of the words above, its `=` is written `%3D`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

from console.lists.arrangement import Arrangement, Folds, Sort, Width

NOUNS: Final = ("jobs", "nodes", "incidents", "events", "charges")

_WORDS: Final = ("filter", "sort", "group", "fold", "arrays", "columns")
_SAID = re.compile(rf"({'|'.join(_WORDS)})=", re.IGNORECASE)
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SAFE: Final = "=<>!~:/\"'*+@()[]{}|^;.-_$\\`"
_WIDEST: Final = 500


class QueryError(ValueError):
    """A view that cannot be read.

    Attributes:
        key: catalogue key of what is wrong; `values` go into it.
    """

    def __init__(self, key: str, **values: str) -> None:
        self.key = key
        self.values = values
        super().__init__(f"{key}: {values}")


def _written(text: str, safe: str = _SAFE + ",?") -> str:
    return "".join(
        each if each in safe or each.isalnum() else quote(each, safe="", errors="surrogatepass")
        for each in text
    )


def _read(text: str) -> str:
    return unquote(text, errors="surrogatepass")


def query_text(arrangement: Arrangement) -> str:
    """The arrangement as one string, which `parse_query` reads to the same again."""
    filtered = _written(arrangement.filter.strip())
    if _SAID.match(filtered):
        filtered = filtered.replace("=", "%3D", 1)
    parts = [filtered] if filtered else []
    if arrangement.sort.column:
        parts.append(f"sort={sort_text(arrangement.sort)}")
    if arrangement.group:
        parts.append(f"group={arrangement.group}")
    folds = _folds_text(arrangement.folds)
    if folds:
        parts.append(f"fold={folds}")
    if arrangement.arrays:
        parts.append("arrays=folded")
    if arrangement.columns:
        parts.append(f"columns={','.join(map(column_text, arrangement.columns))}")
    return arrangement.noun + ("?" + "&".join(parts) if parts else "")


def sort_text(sort: Sort) -> str:
    """`age`, or `-age` the other way round; empty for the natural order."""
    return f"{'-' if sort.descending else ''}{sort.column}"


def column_text(width: Width) -> str:
    """`age`, or `age:8` where it has a width."""
    return width.column if width.cells is None else f"{width.column}:{width.cells}"


def _folds_text(folds: Folds) -> str:
    if folds.closed is None:
        return ""
    sign = "-" if folds.closed else ""
    names = [sign + (_written(name, "._") or "%00") for name in sorted(folds.but)]
    if folds.closed:
        return ",".join(("*", *names))
    return ",".join(names) or "-"


def parse_query(text: str, noun: str = "") -> Arrangement:
    """Read a view. `noun` is meant where the text begins with `?`.

    Raises:
        QueryError: it is no view; the filter itself is not read here.
    """
    name, _, rest = text.strip().partition("?")
    name = name.casefold() or noun
    if name not in NOUNS:
        raise QueryError("lists.error.noun", word=name, known=", ".join(NOUNS))
    arrangement = Arrangement(noun=name)
    for number, part in enumerate(rest.split("&")):
        said = _SAID.match(part)
        if said is not None and said[1].casefold() == "filter":
            terms = (arrangement.filter, _read(part[said.end() :]).strip())
            arrangement = arrangement.but(filter=" ".join(filter(None, terms)))
        elif said is not None:
            arrangement = _with(arrangement, said[1].casefold(), part[said.end() :])
        elif number == 0:
            arrangement = arrangement.but(filter=_read(part).strip())
        elif part:
            raise QueryError("lists.error.word", word=_read(part), known=", ".join(_WORDS))
    return arrangement


def _with(arrangement: Arrangement, word: str, value: str) -> Arrangement:
    if word == "sort":
        return arrangement.but(sort=read_sort(value))
    if word == "group":
        return arrangement.but(group=_column(_read(value)))
    if word == "fold":
        return arrangement.but(folds=_folds(value.split(",")))
    if word == "arrays":
        if value not in ("folded", "yes", "no"):
            raise QueryError("lists.error.arrays", word=_read(value))
        return arrangement.but(arrays=value != "no")
    return arrangement.but(columns=read_columns(_read(value)))


def read_sort(text: str) -> Sort:
    """`age`, or `-age` the other way round. Raises `QueryError`."""
    text = _read(text)
    return Sort(_column(text.removeprefix("-")), text.startswith("-"))


def read_columns(text: str) -> tuple[Width, ...]:
    """`name,state,age:8`. Raises `QueryError`."""
    widths: list[Width] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, colon, cells = part.partition(":")
        if colon and not (cells.isascii() and cells.isdigit() and 0 < int(cells[:4]) <= _WIDEST):
            raise QueryError("lists.error.width", word=part)
        widths.append(Width(_column(name), int(cells) if colon else None))
    return tuple({width.column: width for width in widths}.values())


def _column(name: str) -> str:
    if not _COLUMN.match(name):
        raise QueryError("lists.error.column", word=name)
    return name.casefold()


def _folds(parts: Iterable[str]) -> Folds:
    names = [part for part in parts if part]
    closed = "*" in names
    names = [name for name in names if name not in ("*", "-")]
    if closed:
        names = [name.removeprefix("-") for name in names]
    return Folds(closed, frozenset(_read(name).replace("\x00", "") for name in names))
