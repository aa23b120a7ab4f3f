"""`:view`, `:save-view` and `:forget-view` with what follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.present.table import Tone
from console.problems import ConfigError
from console.text import visible
from screens.global_verbs import GlobalVerbs
from screens.navigation import Location

if TYPE_CHECKING:
    # Loaded when first used: lists and their queries are a sixth of the console's imports.
    from console.lists.query import QueryError
    from screens.list_saved import SavedList

SAVED_VIEWS = ("list.views", "list.save_view", "list.forget_view")
"""Actions whose `:` word takes the name of a view, or a view itself."""

_PLACES = {
    "jobs": Location("jobs"),
    "nodes": Location("compute"),
    "incidents": Location("incidents"),
    "events": Location("inbox"),
    "charges": Location("billing", detail="rows"),
}
"""Where the lists of a noun are."""


class SavedViewCommands(GlobalVerbs):
    """Opens saved views of any list, from anywhere."""

    def run_saved_view(self, verb: str, name: str) -> None:
        """Open, keep or forget a view."""
        if verb == "views":
            self._open_view(name)
        elif verb == "forget_view":
            self._forget_view(name)
        elif (here := self._list()) is not None and here.NOUN:
            here.save_as(name)
        else:
            self.say(self.desk.t("lists.views.only_lists"), Tone.WARNING)

    def _list(self) -> SavedList | None:
        """The view, where it is a list."""
        from screens.list_saved import SavedList

        return self.view if isinstance(self.view, SavedList) else None

    def _open_view(self, name: str) -> None:
        from console.lists.kept import find_view, named_views
        from console.lists.query import QueryError, query_text

        shown = self._list()
        here = shown.NOUN if shown is not None else ""
        try:
            query = named_views().get(name, name)
            arrangement = find_view(query, here if query.startswith("?") else "")
        except QueryError as error:
            self._complain(error)
            return
        if shown is not None and arrangement.noun == here and not shown.sums:
            shown.open_named(name)
            return
        place = _PLACES[arrangement.noun]
        arranged = query_text(arrangement)
        self.go(Location(place.view, "", arrangement.filter, place.detail, arranged))

    def _forget_view(self, name: str) -> None:
        from console.lists.kept import forget_view
        from console.lists.query import QueryError

        try:
            done = forget_view(name)
        except ConfigError as error:
            self.say(self.desk.t("screen.not_kept", why=str(error)), Tone.WARNING)
            return
        if done:
            self.say(self.desk.t("lists.views.forgotten", name=visible(name)), Tone.OK)
        else:
            self._complain(QueryError("lists.error.view", word=name, near=""))

    def _complain(self, error: QueryError) -> None:
        values = {name: visible(value) for name, value in error.values.items()}
        key = f"{error.key}_near" if values.get("near") else error.key
        self.say(self.desk.t(key, **values), Tone.FAILED)

    def do_forget_view(self) -> None:
        """Without a name: say which there are."""
        from console.lists.kept import named_views

        known = ", ".join(named_views())
        key = "lists.views.which" if known else "lists.views.none"
        self.say(self.desk.t(key, known=visible(known)), Tone.DIM)

    def do_views(self) -> None:
        """Outside of a list: say which there are."""
        self.do_forget_view()
