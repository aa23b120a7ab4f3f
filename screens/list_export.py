"""Ctrl+S in a list: what is shown, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api_client.models.slim import Slim
from console.export import csv_text, export_path, json_text, write_export
from console.present.table import Column, Tone
from console.text import visible
from screens.base import View
from screens.widgets.grid import Grid
from screens.widgets.path_dialog import PathDialog


def save_list(view: View, grid: Grid, columns: Sequence[Column], objects: Sequence[Slim]) -> None:
    """Ask for a path and write the rows there: `.json` the objects, anything else CSV."""
    t = view.desk.t
    stamp = view.desk.clock().astimezone(view.desk.zone).strftime("%Y%m%d-%H%M%S")

    def check(path: str) -> str:
        return t("screen.save.there", path=path) if export_path(path).exists() else ""

    def chosen(name: str | None) -> None:
        if name is None:
            return
        path = export_path(name)
        if path.suffix.casefold() == ".json":
            text = json_text(objects)
        else:
            titles = {column.id: t(column.title_key) for column in columns}
            text = csv_text(columns, titles, grid.rows)
        _write(view, path, text, len(grid.rows))

    title = t("screen.save.title", n=len(grid.rows))
    dialog = PathDialog(title, t("screen.save.hint"), f"{view.VIEW}-{stamp}.csv", check)
    view.app.push_screen(dialog, chosen)


def _write(view: View, path: Path, text: str, rows: int) -> None:
    t = view.desk.t
    try:
        write_export(path, text)
    except OSError as error:
        why = visible(error.strerror or str(error))
        view.say(t("screen.save.failed", path=visible(str(path)), why=why), tone=Tone.FAILED)
    else:
        view.say(t("screen.save.done", n=rows, path=visible(str(path))), tone=Tone.OK)
