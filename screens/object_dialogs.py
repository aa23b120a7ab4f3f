"""Dialogs about one object: its own data, the reasons for what is shown of it, what is near it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from api_client.models.base import Ref
from api_client.models.slim import Slim, indented
from console.present.facts import Fact
from console.present.table import Column, Row, Tone
from console.text import visible
from screens.base import View
from screens.widgets.dialogs import MessageDialog
from screens.widgets.menu_dialog import MenuDialog, MenuItem

_LETTERS = "123456789abcdefghijklmnopqrstuvwxyz"


def show_lines(view: View, title: str, lines: Sequence[str]) -> None:
    """Show text whole, wrapped and scrollable; `c` copies it."""
    view.app.push_screen(MessageDialog(title, lines, hint=view.desk.t("screen.dialog.hint")))


def show_raw(view: View, title: str, thing: Slim) -> None:
    """Show an object as the API returned it."""
    show_lines(view, title, indented(thing).split("\n"))


def fact_lines(facts: Iterable[Fact]) -> list[str]:
    """Facts as `label: value`, those without a value left out."""
    return [f"{fact.label}: {fact.text}" for fact in facts if fact.text.strip(" —")]


def row_lines(columns: Iterable[Column], row: Row, view: View) -> list[str]:
    """A row as `heading: value`, whole; cells without a value left out."""
    facts = [
        Fact(column.id, view.desk.t(column.title_key), cell.text)
        for column in columns
        if (cell := row.cells.get(column.id)) is not None
    ]
    return fact_lines(facts)


def go_to_one(view: View, refs: Sequence[Ref], title: str, nothing: str) -> None:
    """Open the one object there is, or let the person choose among several."""
    if not refs:
        view.say(nothing, tone=Tone.DIM)
    elif len(refs) == 1:
        view.go(refs[0].kind, refs[0].id)
    else:
        view.app.push_screen(_choice(view, refs, title), _opener(view))


def _choice(view: View, refs: Sequence[Ref], title: str) -> MenuDialog:
    letters = (*_LETTERS, *[""] * len(refs))
    items = [
        MenuItem(letter, f"{ref.kind} {ref.id}", _named(view, ref))
        for letter, ref in zip(letters, refs, strict=False)
    ]
    return MenuDialog(title, items)


def _named(view: View, ref: Ref) -> str:
    return f"{view.desk.t(f'screen.kind.{ref.kind}')} {visible(ref.id)}"


def _opener(view: View) -> Callable[[str | None], None]:
    def chosen(value: str | None) -> None:
        if value is not None:
            kind, _, name = value.partition(" ")
            view.go(kind, name)

    return chosen
