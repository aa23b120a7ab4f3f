"""Ctrl+S in a list: what is shown, as a file, written between two keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from console.export import csv_text, export_path, json_text, write_export
from console.present.table import Column, Row, Tone
from console.text import visible
from screens.base import View
from screens.widgets.grid import Grid
from screens.widgets.path_dialog import PathDialog

_PIECE: Final = 100
"""Rows put into words at a time."""

_TOLD: Final = 20
"""Pieces after which it is said how far it is."""


class Exported(Protocol):
    """A list whose rows can be written."""

    @property
    def grid(self) -> Grid: ...

    def exported(self) -> Sequence[Any]:
        """The objects of what is shown, in order."""
        ...

    def exported_rows(self) -> Sequence[Row]:
        """Their rows, each made when it is taken."""
        ...


def save_list(view: View, shown: Exported) -> None:
    """Ask for a path and write the rows there: `.json` the objects, anything else CSV."""
    t = view.desk.t
    stamp = view.desk.clock().astimezone(view.desk.zone).strftime("%Y%m%d-%H%M%S")
    grid = shown.grid

    def check(path: str) -> str:
        return t("screen.save.there", path=path) if export_path(path).exists() else ""

    def chosen(name: str | None) -> None:
        if name is None:
            return
        path = export_path(name)
        if path.suffix.casefold() == ".json":
            work = _write_objects(view, path, shown.exported())
        else:
            work = _write_rows(view, path, grid.columns, shown.exported_rows())
        view.run_worker(work, group="save", exclusive=True)

    title = t("screen.save.title", n=len(shown.exported_rows()))
    dialog = PathDialog(title, t("screen.save.hint"), f"{view.VIEW}-{stamp}.csv", check)
    view.app.push_screen(dialog, chosen)


async def _write_rows(
    view: View, path: Path, columns: Sequence[Column], rows: Sequence[Row]
) -> None:
    titles = {column.id: view.desk.t(column.title_key) for column in columns}

    def piece(start: int) -> str:
        text = csv_text(columns, titles, rows[start : start + _PIECE])
        # The headings stand over the first piece alone.
        return text if start == 0 else text.partition("\n")[2]

    await _write(view, path, len(rows), piece, "".join)


async def _write_objects(view: View, path: Path, objects: Sequence[Any]) -> None:
    def piece(start: int) -> str:
        return (
            json_text(objects[start : start + _PIECE]).strip().removeprefix("[").removesuffix("]")
        )

    def whole(pieces: list[str]) -> str:
        inner = ",".join(each.rstrip() for each in pieces if each.strip())
        return f"[{inner}\n]\n" if inner else "[]\n"

    await _write(view, path, len(objects), piece, whole)


async def _write(
    view: View,
    path: Path,
    count: int,
    piece: Callable[[int], str],
    whole: Callable[[list[str]], str],
) -> None:
    t = view.desk.t
    pieces: list[str] = []
    for number, start in enumerate(range(0, max(1, count), _PIECE), start=1):
        pieces.append(piece(start))
        if number % _TOLD == 0:
            view.say(t("lists.save.writing", done=f"{start:,}", total=f"{count:,}"), tone=Tone.DIM)
        await asyncio.sleep(0)
    try:
        await asyncio.to_thread(lambda: write_export(path, whole(pieces)))
    except OSError as error:
        why = visible(error.strerror or str(error))
        view.say(t("screen.save.failed", path=visible(str(path)), why=why), tone=Tone.FAILED)
    else:
        view.say(t("screen.save.done", n=count, path=visible(str(path))), tone=Tone.OK)
