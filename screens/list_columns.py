"""The columns of a list as a person wants them: asked for, kept, put into force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from console.present.table import Column, Tone
from console.problems import ConfigError
from console.settings import change_setting
from screens.base import View
from screens.desk import Desk
from screens.messages import SettingsChanged
from screens.widgets.columns_dialog import ColumnChoice, ColumnsDialog
from screens.widgets.grid import Grid


def wanted_columns(desk: Desk, name: str, every: Sequence[Column]) -> Sequence[Column]:
    """The columns kept for the list of that name, in order; all of them where none are."""
    by_id = {column.id: column for column in every}
    kept = [_parts(each)[0] for each in desk.settings.columns.get(name, ())]
    return [by_id[each] for each in kept if each in by_id] or every


def kept_widths(desk: Desk, name: str) -> dict[str, int]:
    """The widths kept for columns of the list of that name, in cells."""
    kept = map(_parts, desk.settings.columns.get(name, ()))
    return {column: width for column, width in kept if width is not None}


def choose_columns(
    view: View, name: str, every: Sequence[Column], grid: Grid, chosen: Callable[[set[str]], None]
) -> None:
    """Let the person show, hide, move and size columns of `grid`, keep that and tell `chosen`.

    `name` is that of the list; the dialog starts from what the grid shows.
    """
    t = view.desk.t
    in_grid = {column.id for column in grid.all_columns}
    shown = [column for column in grid.all_columns if column in every]
    hidden = [column for column in every if column.id not in in_grid]
    widths, drawn = grid.column_widths, grid.drawn_widths
    choices = [
        ColumnChoice(
            column.id,
            t(column.title_key),
            column.id in in_grid,
            widths.get(column.id),
            drawn.get(column.id, column.min_width),
        )
        for column in (*shown, *hidden)
    ]

    def keep(choices: tuple[ColumnChoice, ...] | None) -> None:
        if choices is not None:
            _keep(view, name, [_written(choice) for choice in choices])
            chosen({choice.id for choice in choices})

    dialog = ColumnsDialog(t("screen.columns.title"), t("screen.columns.hint"), choices)
    view.app.push_screen(dialog, keep)


def _written(choice: ColumnChoice) -> str:
    return choice.id if choice.width is None else f"{choice.id}:{choice.width}"


def _parts(written: str) -> tuple[str, int | None]:
    """A column and its width, as `name` or `name:24`."""
    name, _, width = written.partition(":")
    return name, int(width) if width.isdecimal() else None


def _keep(view: View, name: str, ids: Sequence[str]) -> None:
    desk = view.desk
    try:
        desk.settings = change_setting(f"columns.{name}", list(ids))
    except (ConfigError, OSError) as error:
        columns = {**desk.settings.columns, name: list(ids)}
        desk.settings = replace(desk.settings, columns=columns)
        view.say(desk.t("screen.not_kept", why=str(error)), tone=Tone.WARNING)
    view.post_message(SettingsChanged("columns"))
