"""The filter line and the command line: what is typed into them and what it does."""

from __future__ import annotations

from pathlib import Path

from textual import on

from console.present.table import Tone
from console.text import visible
from screens.command_line import OBJECT_VIEWS, OPENS_FILE, Command, complete_command, parse_command
from screens.list_commands import SAVED_VIEWS, SavedViewCommands
from screens.navigation import Location
from screens.near_names import nearest_name
from screens.refs import kinds
from screens.widgets.command_bar import CommandBar
from screens.widgets.filter_bar import FilterBar
from screens.widgets.line_bar import LineBar


class Lines(SavedViewCommands):
    """Opens the two lines, answers what is typed, and does what was meant."""

    filter_bar: FilterBar
    command_bar: CommandBar

    def do_filter(self) -> None:
        if self.view is None or not self.view.searchable:
            self.say(self.desk.t("screen.nothing_to_filter"), Tone.DIM)
            return
        self.filter_bar.open(self.view.location.filter)

    def do_command(self) -> None:
        self.command_bar.open("")

    def ask_path(self) -> None:
        self.command_bar.open("open-file ")

    @on(LineBar.Changed)
    def _line_changed(self, event: LineBar.Changed) -> None:
        event.stop()
        if isinstance(event.bar, CommandBar):
            event.bar.show_candidates(complete_command(event.text, self._names()))
        else:
            self._filter_typed(event)

    def _filter_typed(self, event: LineBar.Changed) -> None:
        fields = self.view.fields() if self.view else None
        if fields is None:
            return
        # Loaded with the first filter: the command line must answer before that.
        from console.present.filters.ast import FilterError
        from console.present.filters.complete import complete
        from console.present.filters.parse import parse
        from console.present.filters.wording import error_text

        ctx = self.desk.present()
        try:
            parse(event.text, fields)
        except FilterError as error:
            event.bar.show_error(error_text(error, ctx), error.position)
        else:
            event.bar.show_error("")
        found = complete(event.text, event.cursor, fields)
        event.bar.show_candidates([candidate.text for candidate in found][:6])

    @on(LineBar.Submitted)
    def _line_submitted(self, event: LineBar.Submitted) -> None:
        event.stop()
        if isinstance(event.bar, CommandBar):
            self._close_line(event.bar)
            self.run_command(event.text)
            return
        from console.present.filters.ast import FilterError
        from console.present.filters.wording import error_text

        try:
            if self.view is not None:
                self.view.apply_filter(event.text)
        except FilterError as error:
            event.bar.show_error(error_text(error, self.desk.present()), error.position)
            event.bar.stay()
            return
        self._close_line(event.bar)

    @on(LineBar.Cancelled)
    def _line_cancelled(self, event: LineBar.Cancelled) -> None:
        event.stop()
        self._close_line(event.bar)

    def _close_line(self, bar: LineBar) -> None:
        bar.close()
        if self.view is not None:
            self.view.focus_main()

    def _names(self) -> tuple[str, ...]:
        store = self.desk.session.store
        return (*store.snapshot("jobs").items, *store.snapshot("nodes").items)

    def run_command(self, line: str) -> None:
        """Do what a `:` line says, or say what is wrong with it."""
        if self.view is not None and self.view.jump(line.strip().lstrip(":").strip()):
            return
        contexts = (*(self.view.contexts() if self.view else ()), *self._menus(), "global")
        command = parse_command(line, contexts)
        if command.profile and command.profile != self.desk.session.profile.name:
            self.say(self.desk.t("screen.other_profile", profile=command.profile), Tone.WARNING)
        elif command.word in OPENS_FILE and command.rest:
            self.go(Location("file", str(Path(command.rest).expanduser().absolute())))
        elif command.names_object:
            self.go(Location(OBJECT_VIEWS[command.word], command.rest))
            self._suggest("job" if command.word == "logs" else command.word, command.rest)
        elif command.action is not None:
            self._run_action(command)
        elif command.word:
            key = "screen.no_word_near" if command.suggestion else "screen.no_word"
            text = self.desk.t(key, word=command.word, near=command.suggestion)
            self.say(text, Tone.FAILED)

    def _suggest(self, kind: str, name: str) -> None:
        """Say which object may be meant by a name that none has."""
        near = nearest_name(self.desk.session.store, kind, name)
        if near:
            word = self.desk.t(f"screen.kind.{kind}")
            text = self.desk.t("screen.no_object_near", kind=word, name=visible(name), near=near)
            self.say(text, Tone.WARNING)

    def _menus(self) -> tuple[str, ...]:
        subjects = self.view.subjects() if self.view else ()
        return tuple(f"x_{kind}" for kind in kinds(subjects))

    def _run_action(self, command: Command) -> None:
        action = command.action
        if action is None:
            return
        if action.in_menu and command.rest:
            kind = action.context.removeprefix("x_")
            self.perform_on(action.id, kind, command.rest.split())
        elif action.id.startswith("place.") and command.rest:
            self.go(Location(action.verb, filter=command.rest))
        elif action.id in SAVED_VIEWS and command.rest:
            self.run_saved_view(action.verb, command.rest)
        elif action.id == "global.language":
            self.do_language(command.rest)
        elif action.id == "global.theme":
            self.do_theme(command.rest)
        else:
            self.perform_id(action.id)

    def perform_on(self, action_id: str, kind: str, names: list[str]) -> None:
        """Ask about objects by name."""
        raise TypeError("the workspace performs actions")

    def perform_id(self, action_id: str) -> None:
        """Do an action of the registry."""
        raise TypeError("the workspace performs actions")
