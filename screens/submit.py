"""Submit: the form of a new job, checked as it is typed, reviewed before it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Static

from api_client.errors import Conflict, InvalidRequest, NotFound
from api_client.models.base import Ref
from api_client.models.job import Job, JobSpec
from console.operations.plan import Outcome
from console.present.errors import error_text
from console.present.table import Tone
from console.submit import form as job_form
from console.submit.drafts import Drafts
from console.text import visible
from screens.base import View
from screens.desk import Desk
from screens.messages import OpenLocation, Perform, SubmitSpec
from screens.navigation import Location
from screens.submit_words import form_fields, panel
from screens.widgets.form import Form
from screens.widgets.ink import Ink

COPYING = ("clone", "edit")
"""Words before the colon of a detail that fill the form from a job."""


class SubmitView(View):
    """A form. `detail` is empty, `example`, `clone:<job>` or `edit:<job>`."""

    VIEW = "submit"
    CONTEXT = "form"
    HINTS: ClassVar = ("form.review", "form.next_field", "global.back")
    DEFAULT_CSS = """
    SubmitView Form { height: 1fr; scrollbar-size-vertical: 1; }
    SubmitView .submit--panel { height: auto; max-height: 6; background: $qd-panel; }
    """

    form = query_one("Form", Form)
    panel = query_one(".submit--panel", Static)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._drafts = Drafts(desk.session.profile.name)
        self._origin: str | None = None
        """Detail of the location whose values are in the form; `None` while they are awaited."""
        self._loaded: Mapping[str, str] = {}
        self._touched: set[str] = set()
        self._all_shown = False

    def compose(self) -> ComposeResult:
        yield Form(form_fields(self.desk))
        yield Static("", classes="submit--panel", markup=False)

    # Where the first values come from.

    @property
    def _source(self) -> str:
        """The job the form is filled from; empty where there is none."""
        word, colon, name = self.location.detail.partition(":")
        return name if colon and word in COPYING else ""

    @property
    def _original(self) -> JobSpec | None:
        if not self._source:
            return None
        job: Job | None = self.snapshot(f"job/{self._source}").items.get(self._source)
        return job.spec if job is not None else None

    def feeds(self) -> Sequence[str]:
        source = [f"job/{self._source}"] if self._source else []
        return ("jobs", "pools", "prices", *source)

    @property
    def _taken(self) -> frozenset[str]:
        return frozenset(self.snapshot("jobs").items)

    def _first_values(self) -> Mapping[str, str] | None:
        if self.location.detail == "example":
            return job_form.example(self._taken)
        if not self._source:
            return job_form.DEFAULTS
        original = self._original
        return None if original is None else job_form.clone(original, self._taken)

    def _fill(self) -> None:
        """Put the first values, or the draft made of them, into the form once they are known."""
        values, origin = self._first_values(), self.location.detail
        if values is None or origin == self._origin:
            return
        draft = self._drafts.get(origin)
        self._origin, self._loaded = origin, values
        self._touched, self._all_shown = set(), False
        self.form.set_errors({})
        self.form.set_values({**values, **(draft or {})})
        if draft:
            self._touched = {name for name, text in draft.items() if text != values.get(name)}
            self.say(self.desk.t("submit_view.draft_back"), tone=Tone.DIM)
        self.form.focus_first()

    # Showing and leaving.

    def open(self, location: Location) -> None:
        if location.detail != self.location.detail:
            self._origin = None
        self.form.relabel(form_fields(self.desk))
        super().open(location)

    def leave(self) -> None:
        super().leave()
        self._save()

    def on_unmount(self) -> None:
        self._save()

    def _save(self) -> None:
        try:
            self._drafts.save()
        except OSError as error:
            self.say(self.desk.t("screen.not_kept", why=str(error)), tone=Tone.WARNING)

    def title(self) -> str:
        if self._source:
            return self.desk.t("submit_view.title_from", name=visible(self._source))
        return self.desk.t("submit_view.title")

    def subjects(self) -> Sequence[Ref]:
        return ()

    def focus_main(self) -> None:
        self.form.focus_first()

    def draw(self) -> None:
        self._fill()
        self.form.display = self._origin is not None
        if self._origin is None:
            self.panel.update(self._waiting_words())
            return
        checked = job_form.check(self.form.values, self._taken)
        shown = {
            name: self.desk.say(message)
            for name, message in checked.errors.items()
            if self._all_shown or name in self._touched
        }
        self.form.set_errors(shown)
        self.panel.update(self._panel(checked))

    def _waiting_words(self) -> Text:
        error = self.snapshot(f"job/{self._source}").error
        ink = Ink(self.app.theme_variables)
        if isinstance(error, NotFound):
            text = self.desk.t("job_view.no_job", name=visible(self._source))
        elif error is not None:
            text = str(error_text(error, self.desk.present()))
        else:
            return Text(self.desk.t("common.fresh.loading"), ink.tone(Tone.DIM))
        return Text(text, ink.tone(Tone.FAILED))

    def _panel(self, checked: job_form.Checked) -> Text:
        pools = self.snapshot("pools").items
        ink = Ink(self.app.theme_variables)
        return panel(self.desk, ink, self.form.values, checked, pools, self._original)

    def retranslate(self) -> None:
        self.form.relabel(form_fields(self.desk))
        super().retranslate()

    # Typing.

    @on(Form.Changed)
    def _typed(self, event: Form.Changed) -> None:
        event.stop()
        if self._origin is None:
            return
        values = self.form.values
        if event.field and values.get(event.field) != self._loaded.get(event.field):
            self._touched.add(event.field)
        changed = {
            name: text for name, text in values.items() if text != self._loaded.get(name, "")
        }
        if changed:
            self._drafts.put(self._origin, changed)
        else:
            self._drafts.drop(self._origin)
        self.draw()

    @on(Form.Cancelled)
    def _cancelled(self, event: Form.Cancelled) -> None:
        event.stop()
        self.post_message(Perform("global.back"))

    @on(Form.Review)
    def _review_asked(self, event: Form.Review) -> None:
        event.stop()
        self.do_review()

    def do_next_field(self) -> None:
        self.screen.focus_next()

    def do_prev_field(self) -> None:
        self.screen.focus_previous()

    def do_review(self) -> None:
        """Check everything; show what it means, and send it once that is confirmed."""
        if self._origin is None:
            return
        reason = self.desk.why_not("jobs.write")
        if reason:
            self.say(reason, tone=Tone.WARNING)
            return
        checked = job_form.check(self.form.values, self._taken)
        self._all_shown = True
        if checked.spec is None:
            errors = {name: self.desk.say(words) for name, words in checked.errors.items()}
            self.form.set_errors(errors, focus=True)
            self.say(self.desk.t("submit_view.errors", n=len(errors)), tone=Tone.FAILED)
            self.draw()
            return
        self._save()
        self.post_message(SubmitSpec(checked.spec, self._ended))

    def _ended(self, outcome: Outcome) -> None:
        """Created: on to the job. Refused: what the service says stands at its field."""
        if outcome.ok is True:
            self._created(outcome.plan.target.id)
        elif isinstance(outcome.error, InvalidRequest) and outcome.error.fields:
            names = {field.spec: field.name for field in job_form.FIELDS}
            found = outcome.error.fields.items()
            errors = {names.get(spec, "name"): visible(problem) for spec, problem in found}
            self.form.set_errors(errors, focus=True)
        elif isinstance(outcome.error, Conflict):
            self.form.set_errors({"name": visible(outcome.error.detail)}, focus=True)

    def _created(self, name: str) -> None:
        if self._origin is not None:
            self._drafts.drop(self._origin)
        self._origin = None
        try:
            self.desk.pins.add(name)
        except OSError as error:
            self.say(self.desk.t("screen.not_kept", why=str(error)), tone=Tone.WARNING)
        self.post_message(OpenLocation(Location("job", name), replace=True))
