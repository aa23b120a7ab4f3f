"""The verbs that mean the same in every view, one method each."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.app import SuspendNotSupported

from console.actions.action import Action
from console.present.table import Tone
from console.problems import ConfigError
from console.settings import change_setting
from console.text import LANGUAGES
from screens.base import View
from screens.desk import Desk
from screens.navigation import Location, Navigator
from screens.palette import ActionPalette
from screens.patient import PatientScreen

if TYPE_CHECKING:
    # Loaded when first used: dialogs are a fifth of the console's imports.
    from screens.verbs import Verbs

TWICE_SECONDS = 2.0
"""Within this the second `q` at the top level quits."""

INTERRUPT_SECONDS = 1.0
"""Within this the second Ctrl+C quits."""


class GlobalVerbs(PatientScreen):
    """What the workspace does itself: going back, quitting, help, language, theme."""

    COMMANDS: ClassVar = {ActionPalette}

    desk: Desk
    navigator: Navigator
    view: View | None

    _quit_asked_at = float("-inf")
    _interrupted_at = float("-inf")

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """One line for the person."""
        raise TypeError("the workspace says things")

    def go(self, location: Location) -> None:
        """Open a location."""
        raise TypeError("the workspace goes places")

    async def show_here(self) -> None:
        """Show the navigator's current location."""
        raise TypeError("the workspace shows views")

    def means_something(self, action: Action) -> bool:
        """Whether a stroke of the action does anything in this view."""
        raise TypeError("the workspace knows what answers")

    def retranslate(self) -> None:
        """Say everything again in the current language."""
        raise TypeError("the workspace holds the views")

    # The way back.

    def do_back(self) -> None:
        """Esc: what is open inside the view first, then the way out."""
        if self.view is not None and self.view.clear_one_step():
            return
        if self.navigator.back():
            self.call_next(self.show_here)

    def do_history_back(self) -> None:
        self._step(self.navigator.back(), "screen.no_way_back")

    def do_history_forward(self) -> None:
        self._step(self.navigator.forward(), "screen.no_way_forward")

    def do_last_view(self) -> None:
        self._step(self.navigator.last_view(), "screen.no_way_back")

    def _step(self, moved: bool, otherwise: str) -> None:
        if moved:
            self.call_next(self.show_here)
        else:
            self.say(self.desk.t(otherwise), Tone.DIM)

    # Leaving.

    def do_close_or_quit(self) -> None:
        """`q`: out of a detail; at the top level twice to quit. Jobs keep running."""
        if self.navigator.at_top:
            self._quit_asked()
        elif self.navigator.back():
            self.call_next(self.show_here)
        else:
            self._quit_asked()

    def _quit_asked(self) -> None:
        now = time.monotonic()
        asks = self.desk.settings.quit_asks
        if not asks or now - self._quit_asked_at < TWICE_SECONDS:
            self.app.exit()
            return
        self._quit_asked_at = now
        self.say(self.desk.t("screen.quit_again"), Tone.WARNING)

    def do_quit(self) -> None:
        self.app.exit()

    def do_interrupt(self) -> None:
        """Ctrl+C: copies a selection; else the second within a second quits."""
        selected = self.get_selected_text()
        if selected:
            self.copy(selected)
            return
        now = time.monotonic()
        if now - self._interrupted_at < INTERRUPT_SECONDS:
            self.app.exit()
            return
        self._interrupted_at = now
        self.say(self.desk.t("screen.interrupt_again"), Tone.WARNING)

    def do_suspend(self) -> None:
        try:
            self.app.action_suspend_process()
        except SuspendNotSupported:
            self.say(self.desk.t("screen.no_suspend"), Tone.WARNING)

    # Looking.

    @cached_property
    def verbs(self) -> Verbs:
        """The writes; their dialogs are loaded with the first one."""
        from screens.verbs import Verbs

        return Verbs(self, self.desk)

    def do_help(self) -> None:
        from screens.help import help_dialog

        contexts = self.view.contexts() if self.view else ()
        self.app.push_screen(help_dialog(self.desk, contexts, self.means_something))

    def do_palette(self) -> None:
        self.app.action_command_palette()

    def do_actions(self) -> None:
        self.verbs.menu(self.view.subjects() if self.view else ())

    def do_refresh(self) -> None:
        """Read every feed of the view again, now."""
        if self.view is None:
            return
        for feed in self.view.feeds():
            self.run_worker(self.desk.session.refresh(feed), group="refresh", exit_on_error=False)
        self.say(self.desk.t("screen.refreshing"), Tone.DIM)

    def do_redraw(self) -> None:
        self.app.refresh(layout=True)

    def do_next_pane(self) -> None:
        self.focus_next()

    def do_prev_pane(self) -> None:
        self.focus_previous()

    def do_fullscreen(self) -> None:
        """Give the whole screen to the view; again takes it back."""
        self.toggle_class("-fullscreen")

    def do_copy(self) -> None:
        """Copy what the cursor is on to the terminal's clipboard (OSC 52)."""
        subjects = list(self.view.subjects()) if self.view else []
        if subjects:
            self.copy("\n".join(ref.id for ref in subjects))
        else:
            self.say(self.desk.t("screen.nothing_to_copy"), Tone.DIM)

    def copy(self, text: str) -> None:
        """Put text on the clipboard and say what it was."""
        self.app.copy_to_clipboard(text)
        shown = text if len(text) <= 60 and "\n" not in text else ""
        words = self.desk.t("screen.copied", text=shown) if shown else None
        self.say(words or self.desk.t("screen.copied_lines", n=text.count("\n") + 1), Tone.OK)

    # Making.

    def do_open_file(self) -> None:
        """Ask for the path of a log file."""
        self.ask_path()

    def ask_path(self) -> None:
        """Open the command line on the word that opens a file."""
        raise TypeError("the workspace has the lines")

    def do_new(self) -> None:
        self.go(Location("submit"))

    def do_example(self) -> None:
        self.go(Location("submit", detail="example"))

    # How it looks and what it speaks.

    def do_language(self, language: str = "") -> None:
        """The next language, or the one named."""
        at = LANGUAGES.index(self.desk.translator.language)
        wanted = language if language in LANGUAGES else LANGUAGES[(at + 1) % len(LANGUAGES)]
        self.desk.translator.language = wanted
        self._keep("language", wanted)
        self.retranslate()

    def do_theme(self, theme: str = "") -> None:
        """The next theme, or the one named."""
        names = [name for name in self.app.available_themes if name.startswith("quarterdeck-")]
        at = names.index(self.app.theme) if self.app.theme in names else -1
        wanted = theme if theme in self.app.available_themes else names[(at + 1) % len(names)]
        self.app.theme = wanted
        self._keep("theme", wanted)
        self.say(self.desk.t("screen.theme_is", theme=wanted), Tone.OK)

    def _keep(self, key: str, value: str) -> None:
        """Remember a choice in the configuration file; say so where that cannot be."""
        try:
            change_setting(key, value)
        except (ConfigError, OSError) as error:
            self.say(self.desk.t("screen.not_kept", why=str(error)), Tone.WARNING)
