"""What an action is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Danger(StrEnum):
    """How far one stroke of an action may go."""

    SAFE = "safe"
    """Looks, moves, copies; Esc takes it back."""
    DRAFT = "draft"
    """Opens a form or picker; changes nothing by itself."""
    ASK = "ask"
    """Opens the confirmation dialog; lives only inside the `x` menus."""
    ACT = "act"
    """Changes the world; lives only inside the confirmation dialog."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    Attributes:
        id: `<group>.<verb>`; what is rebound, linted and documented.
        context: where its keys count: global, list, text, chart, map, form, dialog or an `x` menu.
        keys: default keys by Textual name; in an `x` menu the second stroke.
        word: the `:` command; empty only in dialogs and forms, which have no command line.
        needs: capability id without which it is dimmed.
        group: heading in help.
        cli: noun and verb of its twin in the CLI.
    """

    id: str
    context: str
    keys: tuple[str, ...]
    danger: Danger = Danger.SAFE
    irreversible: bool = False
    word: str = ""
    aliases: tuple[str, ...] = ()
    needs: str | None = None
    group: str = ""
    cli: str = ""

    @property
    def title_key(self) -> str:
        """Catalogue key of its name."""
        return f"action.{self.id}"

    @property
    def verb(self) -> str:
        """The id without its group."""
        return self.id.partition(".")[2]

    @property
    def in_menu(self) -> bool:
        """True for the second strokes of an `x` menu."""
        return self.context.startswith("x_")
