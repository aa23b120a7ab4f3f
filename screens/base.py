"""What every view is: a part of the workspace that shows feeds and answers actions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import Vertical

from api_client.models.base import Ref
from console.state.snapshot import Snapshot
from screens.desk import Desk
from screens.live import LiveFeeds
from screens.messages import FreshnessChanged, OpenLocation, Say, SnapshotChanged
from screens.navigation import Location

if TYPE_CHECKING:
    # Loaded with the first list: the first view has no filter.
    from console.present.filters.fields import FieldSet


class View(Vertical):
    """One view of the workspace.

    A subclass says its `VIEW` name, the key context its keys belong to, the actions its footer
    hints at, and the feeds it needs; it draws in `draw` from what the feeds know and answers
    actions in methods named `do_<verb>` (`list.open` -> `do_open`), which return nothing and
    never wait for the network.
    """

    VIEW: ClassVar[str] = ""
    CONTEXT: ClassVar[str] = "list"
    HINTS: ClassVar[tuple[str, ...]] = ()
    OF_TENANT: ClassVar[bool] = True
    """Whether what is shown comes from the tenant: else nothing is said of it."""
    DEFAULT_CSS = "View { height: 1fr; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__(id=f"view-{self.VIEW}")
        self.desk = desk
        self.location = Location(self.VIEW)
        self.live = LiveFeeds(desk.session, self)

    # What a subclass says.

    def feeds(self) -> Sequence[str]:
        """The feeds the current location needs."""
        return ()

    def draw(self) -> None:
        """Show what the feeds know now."""

    def name_columns(self) -> None:
        """Give lists their columns under translated headings."""

    def title(self) -> str:
        """What the status line calls this view; untrusted parts already made visible."""
        return self.desk.t(f"action.place.{self.VIEW}")

    def subjects(self) -> Sequence[Ref]:
        """The objects an action would be about: the marked ones, else the one under the cursor."""
        return ()

    def focus_main(self) -> None:
        """Give the keyboard to the widget this view is about."""
        self.focus()

    def apply_filter(self, text: str) -> None:
        """Narrow what is shown. Raises `console.present.filters.FilterError` for a bad filter."""

    @property
    def silent_verbs(self) -> Collection[str]:
        """Verbs this view or the workspace could answer that mean nothing here now."""
        silent = {"filter"} if not self.searchable else set()
        return silent if self.feeds() else silent | {"refresh"}

    @property
    def searchable(self) -> bool:
        """Whether `/` means something here."""
        return self.fields() is not None

    def fields(self) -> FieldSet[Any] | None:
        """The fields a filter of this view may name."""
        return None

    def jump(self, text: str) -> bool:
        """Go to a place inside the view that a `:` line names; False where it names none."""
        return False

    def clear_one_step(self) -> bool:
        """What Esc undoes inside the view before it leaves it; False when nothing is left."""
        return False

    def contexts(self) -> tuple[str, ...]:
        """Key contexts in force, the narrowest first."""
        return (self.CONTEXT,)

    # What the workspace calls.

    def open(self, location: Location) -> None:
        """Show a location of this view and keep its feeds live."""
        self.location = location
        self.name_columns()
        self.live.hold(self.feeds())
        self.draw()

    def leave(self) -> None:
        """Let the feeds go; what is drawn stays for the way back."""
        self.live.release()

    def handler(self, verb: str) -> Callable[[], None] | None:
        """The method that answers an action's verb here, `None` where nothing does."""
        found: Any = getattr(self, f"do_{verb}", None)
        return found if callable(found) else None

    def retranslate(self) -> None:
        """Say everything again after the language, the theme or a setting changed."""
        self.name_columns()
        self.draw()

    # Conveniences.

    def snapshot(self, feed: str) -> Snapshot[Any]:
        """What is known of a feed."""
        return self.live.snapshot(feed)

    def go(self, view: str, key: str = "", *, filter: str = "", detail: str = "") -> None:  # noqa: A002
        """Ask the workspace to open another location."""
        self.post_message(OpenLocation(Location(view, key, filter, detail)))

    def say(self, text: str, **kwargs: Any) -> None:
        """Show one line to the person."""
        self.post_message(Say(text, **kwargs))

    @on(SnapshotChanged)
    def _redraw(self, event: SnapshotChanged) -> None:
        event.stop()
        self.live.taken()
        if self.display:
            self.draw()
            self.post_message(FreshnessChanged())
