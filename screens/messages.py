"""What views tell the workspace. Widgets have messages of their own, beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

from api_client.models.base import Ref
from console.present.table import Tone
from screens.navigation import Location

if TYPE_CHECKING:
    from api_client.models.job_spec import JobSpec
    from console.operations.plan import Outcome


@dataclass
class OpenLocation(Message):
    """Go somewhere; `replace` leaves no way back to where one stands."""

    location: Location
    replace: bool = False


@dataclass
class SnapshotChanged(Message):
    """A feed the view watches knows something new. Several fold into one."""

    feed: str

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SnapshotChanged)


@dataclass
class Say(Message):
    """One line for the person; plain text, already translated."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass
class Perform(Message):
    """Do an action of the registry as if its key had been pressed."""

    action_id: str
    subjects: Sequence[Ref] = field(default_factory=tuple)


@dataclass
class FreshnessChanged(Message):
    """The status line should be drawn again."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, FreshnessChanged)


@dataclass
class FilterChanged(Message):
    """The view narrowed its list itself; the location should remember it."""

    text: str


@dataclass
class SettingsChanged(Message):
    """A setting is another one and kept; `desk.settings` has it."""

    key: str


@dataclass
class OpenProfile(Message):
    """Open another tenant in place of this one."""

    name: str


@dataclass
class CopyText(Message):
    """Put text on the clipboard."""

    text: str


@dataclass
class SubmitSpec(Message):
    """Show what creating this job means and create it when confirmed; `ended` is told how."""

    spec: JobSpec
    ended: Callable[[Outcome], None]
