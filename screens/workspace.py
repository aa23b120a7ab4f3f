"""The one screen: status on top, a view in the middle, filter, command line and keys below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import ContentSwitcher, Input

from api_client.models.base import Ref
from console.actions.action import Action
from console.actions.registry import ACTIONS
from console.present.table import Tone
from screens import strokes
from screens.base import View
from screens.desk import Desk
from screens.lines import Lines
from screens.messages import (
    CopyText,
    FilterChanged,
    FreshnessChanged,
    OpenLocation,
    Perform,
    Say,
    SubmitSpec,
)
from screens.navigation import Location, Navigator
from screens.places import needs_key, place_of
from screens.status import draw_footer, draw_status
from screens.views import make_view, view_names
from screens.widgets.command_bar import CommandBar
from screens.widgets.filter_bar import FilterBar
from screens.widgets.grid import Grid
from screens.widgets.status_bar import Badge, FooterBar, StatusBar

MESSAGE_SECONDS = 6.0
"""How long one line stays in place of the key hints."""

MOVES = frozenset(("down", "up", "top", "bottom", "half_down", "half_up", "page_down", "page_up"))
"""Strokes that in a list only move the cursor: nothing around the list changes by them."""


class Workspace(Lines):
    """Holds the views, knows where the person is, and sends every stroke to what it means."""

    # Nothing is focused before the first view is: the framework would take the first input there
    # is, the one of the closed filter line, and what is typed ahead would vanish in it.
    AUTO_FOCUS = ""

    status = query_one("#status", StatusBar)
    views = query_one("#views", ContentSwitcher)
    filter_bar = query_one("#filter-bar", FilterBar)
    command_bar = query_one("#command-bar", CommandBar)
    footer = query_one("#footer", FooterBar)

    def __init__(self, desk: Desk, start: Location) -> None:
        super().__init__(id="workspace")
        self.desk = desk
        self.navigator = Navigator(start)
        self._message_timer: Any = None
        self._message_tone = Tone.PLAIN
        self._input_method_told = False

    def compose(self) -> ComposeResult:
        yield StatusBar(id="status")
        yield ContentSwitcher(id="views")
        yield FilterBar(id="filter-bar")
        yield CommandBar(id="command-bar")
        yield FooterBar(id="footer")

    async def on_mount(self) -> None:
        # The status line speaks of the tenant where no feed of the view is stale.
        store = self.desk.session.store
        self._unsubscribe = store.subscribe("tenant", lambda key, snapshot: self._tenant_news())
        await self.show_here()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _tenant_news(self) -> None:
        self.post_message(FreshnessChanged())

    # Where the person is.

    @property
    def view(self) -> View | None:  # type: ignore[override]
        """The view on the screen."""
        current = self.views.current
        return self.views.query_one(f"#{current}", View) if current else None

    async def show_here(self) -> None:
        """Show the navigator's current location; the view is made when first needed."""
        location = self.navigator.here
        name = f"view-{location.view}"
        before = self.view
        if not self.views.query(f"#{name}"):
            await self.views.mount(make_view(location.view, self.desk))
        if before is not None and before.id != name:
            before.leave()
            self.desk.session.release()
        self.views.current = name
        view = self.view
        if view is not None:
            view.open(location)
            if not (self.command_bar.is_open or self.filter_bar.is_open):
                view.focus_main()
        self.redraw_frame()

    def go(self, location: Location, *, replace: bool = False) -> None:
        """Open a location and remember the way back, unless it takes the place of this one."""
        if location.view not in view_names():
            return
        if needs_key(location.view) and not location.key:
            location = Location(place_of(location.view))
        if replace:
            self.navigator.here = location
        else:
            self.navigator.go(location)
        if self._message_tone is Tone.DIM:
            # A remark about the view that is left; how a write ended stays.
            self.footer.say(None)
        self.call_next(self.show_here)

    def redraw_frame(self) -> None:
        """Draw the status line and the key hints again."""
        view = self.view
        if view is not None:
            draw_status(self.status, self.desk, view)
            draw_footer(self.footer, self.desk, view)

    def retranslate(self) -> None:
        """Say everything again in the current language."""
        if self.view is not None:
            self.view.retranslate()
        self.redraw_frame()

    @on(OpenLocation)
    def _open_location(self, event: OpenLocation) -> None:
        event.stop()
        self.go(event.location, replace=event.replace)

    @on(FilterChanged)
    def _filter_changed(self, event: FilterChanged) -> None:
        event.stop()
        self.navigator.amend(filter=event.text)
        self.redraw_frame()

    @on(FreshnessChanged)
    def _freshness_changed(self, event: FreshnessChanged) -> None:
        event.stop()
        self.redraw_frame()

    # Saying things.

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """One line at the bottom, in place of the key hints, for a while."""
        self._message_tone = tone
        self.footer.say(Badge(text, tone))
        if self._message_timer is not None:
            self._message_timer.stop()
        self._message_timer = self.set_timer(MESSAGE_SECONDS, lambda: self.footer.say(None))

    @on(Say)
    def _say(self, event: Say) -> None:
        event.stop()
        self.say(event.text, event.tone)

    @on(CopyText)
    def _copy_text(self, event: CopyText) -> None:
        event.stop()
        self.copy(event.text)

    @on(SubmitSpec)
    def _submit_spec(self, event: SubmitSpec) -> None:
        event.stop()
        self.verbs.submit(event.spec, event.ended)

    # Strokes and actions.

    def on_key(self, event: events.Key) -> None:
        bar = next((b for b in (self.command_bar, self.filter_bar) if b.is_open), None)
        if bar is not None and not bar.holds_keys:
            # Something late took the focus away; what is typed still belongs to the open line.
            event.stop()
            event.prevent_default()
            bar.take(event)
            return
        view = self.view
        if view is None:
            return
        typing = isinstance(self.focused, Input)
        contexts = ("form",) if typing and view.CONTEXT != "form" else view.contexts()
        action = strokes.action_for(self.desk.keymap, contexts, event.key, typing=typing)
        if action is None:
            self._hint_habit(event.key, typing)
            self._hint_input_method(event, typing)
            return
        event.stop()
        event.prevent_default()
        self.perform(action)

    def _hint_input_method(self, event: events.Key, typing: bool) -> None:
        """Letters an input method composed cannot be rescued: say so, the first time."""
        composed = event.character is not None and not event.character.isascii()
        if composed and not typing and not self._input_method_told:
            self._input_method_told = True
            self.say(self.desk.t("screen.input_method"), Tone.WARNING)

    def _hint_habit(self, key: str, typing: bool) -> None:
        looked_for = strokes.HABITS.get(key)
        if looked_for is None or typing or not self.desk.settings.hints:
            return
        title = self.desk.t(ACTIONS[looked_for].title_key)
        keys = " ".join(self.desk.keymap.shown(looked_for))
        self.say(self.desk.t("screen.habit", title=title, keys=keys), Tone.WARNING)

    def perform(self, action: Action, subjects: tuple[Ref, ...] = ()) -> None:
        """Do an action, or say why it cannot be done here and now."""
        reason = self.desk.why_not(action.needs)
        place = action.id.startswith("place.")
        if reason and not place:
            self.say(f"{self.desk.t(action.title_key)}: {reason}", Tone.WARNING)
            return
        if action.in_menu:
            self.verbs.ask(action.id, subjects or self._subjects())
            return
        if place:
            self.go(Location(action.verb))
            return
        handler = self.meaning(action)
        if handler is None:
            self.say(self.desk.t("screen.not_here", title=self.desk.t(action.title_key)), Tone.DIM)
            return
        try:
            handler()
        except SkipAction:
            self.say(self.desk.t("screen.not_here", title=self.desk.t(action.title_key)), Tone.DIM)
            return
        if not self._only_moves(action, handler):
            self.redraw_frame()

    def _only_moves(self, action: Action, handler: Callable[[], None]) -> bool:
        return action.verb in MOVES and isinstance(getattr(handler, "__self__", None), Grid)

    def meaning(self, action: Action) -> Callable[[], None] | None:
        """What answers an action here and now; `None` where nothing does."""
        view, verb = self.view, action.verb
        found = view.handler(verb) if view else None
        if found is not None and self._only_moves(action, found):
            return found
        owner = getattr(found, "__self__", None)
        if verb in getattr(owner, "silent_verbs", ()) or (view and verb in view.silent_verbs):
            return None
        return found or getattr(self, f"do_{verb}", None)

    def means_something(self, action: Action) -> bool:
        """Whether a stroke of the action does anything in this view."""
        opens = action.in_menu or action.id.startswith("place.")
        return opens or self.meaning(action) is not None

    @on(Perform)
    def _perform(self, event: Perform) -> None:
        event.stop()
        self.perform(ACTIONS[event.action_id], tuple(event.subjects))

    def perform_id(self, action_id: str) -> None:
        self.perform(ACTIONS[action_id])

    def perform_on(self, action_id: str, kind: str, names: list[str]) -> None:
        self.perform(ACTIONS[action_id], tuple(Ref(kind=kind, id=name) for name in names))

    def _subjects(self) -> Sequence[Ref]:
        return self.view.subjects() if self.view else ()
