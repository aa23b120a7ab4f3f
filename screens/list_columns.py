"""The columns of a list as a person wants them: asked for, kept, put into force."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.present.table import Column, Tone
from console.problems import ConfigError
from console.settings import change_setting
from screens.base import View
from screens.desk import Desk
from screens.messages import SettingsChanged
from screens.widgets.columns_dialog import ColumnChoice, ColumnsDialog


def wanted_columns(desk: Desk, name: str, every: Sequence[Column]) -> Sequence[Column]:
    """The columns kept for the list of that name, in order; all of them where none are."""
    by_id = {column.id: column for column in every}
    wanted = [by_id[each] for each in desk.settings.columns.get(name, ()) if each in by_id]
    return wanted or every


def choose_columns(
    view: View, name: str, every: Sequence[Column], chosen: Callable[[Sequence[str]], None]
) -> None:
    """Let the person show, hide and move columns, keep that and tell `chosen`."""
    t = view.desk.t
    shown = wanted_columns(view.desk, name, every)
    hidden = [column for column in every if column not in shown]
    choices = [
        ColumnChoice(column.id, t(column.title_key), column in shown)
        for column in (*shown, *hidden)
    ]

    def keep(ids: tuple[str, ...] | None) -> None:
        if ids is not None:
            _keep(view, name, ids)
            chosen(ids)

    dialog = ColumnsDialog(t("screen.columns.title"), t("screen.columns.hint"), choices)
    view.app.push_screen(dialog, keep)


def _keep(view: View, name: str, ids: Sequence[str]) -> None:
    desk = view.desk
    try:
        desk.settings = change_setting(f"columns.{name}", list(ids))
    except (ConfigError, OSError) as error:
        columns = {**desk.settings.columns, name: list(ids)}
        desk.settings = desk.settings.model_copy(update={"columns": columns})
        view.say(desk.t("screen.not_kept", why=str(error)), tone=Tone.WARNING)
    view.post_message(SettingsChanged("columns"))
