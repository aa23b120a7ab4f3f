"""Labelled fields, one below the other, each with its own error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from console.present.table import Tone
from screens.widgets.cells import visible
from screens.widgets.editing import LineInput
from screens.widgets.ink import Inked
from screens.widgets.lines_input import LinesInput


@dataclass(frozen=True, slots=True)
class FormField:
    """One line to fill in: `hint` says what is allowed and is shown beside the label."""

    id: str
    label: str
    value: str = ""
    placeholder: str = ""
    hint: str = ""
    required: bool = False
    multiline: bool = False


class OneLine(LineInput):
    """A field of one line; `Enter` goes on at once, before the keys typed behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next_field", show=False, priority=True)
    ]

    def action_next_field(self) -> None:
        self.screen.focus_next()


class Lines(LinesInput):
    """A field of several lines; as high as what is in it, within bounds."""

    DEFAULT_CSS = """
    Lines { height: auto; min-height: 1; max-height: 6; border: none; padding: 0 1; }
    Lines:focus { border: none; }
    """

    def __init__(self, text: str, placeholder: str, *, id: str) -> None:  # noqa: A002
        super().__init__(
            text,
            id=id,
            placeholder=placeholder,
            compact=True,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
        )

    @property
    def value(self) -> str:
        """What is in it."""
        return self.text

    @value.setter
    def value(self, text: str) -> None:
        if text != self.text:
            self.load_text(text)
            self._to_end()

    def on_mount(self) -> None:
        self._to_end()

    def _to_end(self) -> None:
        self.move_cursor(self.document.end)


class Form(Inked, VerticalScroll, can_focus=False):
    """Text by field id. The caller checks it and hands errors back; nothing typed is ever lost.

    `Tab` and `Enter` go to the next field; `review` never submits by itself.
    """

    DEFAULT_CSS = """
    Form Static { height: auto; }
    Form Input { height: 1; border: none; padding: 0 1; margin: 0 0 1 0; }
    Form Input:focus { border: none; }
    Form Lines { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f8", "review", id="form.review"),
        Binding("escape", "cancel"),
        # At once, before the keys typed behind it: they are meant for the next field.
        Binding("tab", "step(1)", id="form.next_field", priority=True),
        Binding("shift+tab", "step(-1)", id="form.prev_field", priority=True),
    ]

    @dataclass
    class Review(Message):
        """The fields are to be checked and shown for confirmation."""

        form: Form
        values: dict[str, str]

        @property
        def control(self) -> Form:
            return self.form

    @dataclass
    class Changed(Message):
        """One field is different: check it, and keep the draft."""

        form: Form
        field: str
        values: dict[str, str]

        @property
        def control(self) -> Form:
            return self.form

    @dataclass
    class Cancelled(Message):
        """Left without review; `values` is the draft to keep."""

        form: Form
        values: dict[str, str]

        @property
        def control(self) -> Form:
            return self.form

    def __init__(
        self,
        fields: Sequence[FormField],
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._fields = {field.id: field for field in fields}
        self._errors: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        for field in self._fields.values():
            yield Static(self._label(field), markup=False, id=f"label-{field.id}")
            if field.multiline:
                yield Lines(field.value, field.placeholder, id=f"field-{field.id}")
                continue
            yield OneLine(
                field.value,
                placeholder=field.placeholder,
                id=f"field-{field.id}",
                compact=True,
                select_on_focus=False,
            )

    @property
    def values(self) -> dict[str, str]:
        """What is in every field now, by field id."""
        return {name: self._input(name).value for name in self._fields}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Put a draft into the fields it names."""
        for name, value in values.items():
            if name in self._fields:
                self._input(name).value = value

    def relabel(self, fields: Sequence[FormField]) -> None:
        """Say labels and hints anew, in another language; what is typed stays."""
        for field in fields:
            if field.id in self._fields:
                self._fields[field.id] = field
                self._label_of(field.id).update(self._label(field))
                self._input(field.id).placeholder = field.placeholder

    def set_errors(self, errors: Mapping[str, str], *, focus: bool = False) -> None:
        """Show a translated sentence at each of these fields, and none at the others."""
        before, self._errors = self._errors, dict(errors)
        for name, field in self._fields.items():
            if before.get(name) != errors.get(name):
                self._label_of(name).update(self._label(field))
        if focus:
            first = next((name for name in self._fields if name in errors), None)
            if first is not None:
                self._input(first).focus()

    def focus_first(self) -> None:
        """Take the keys to the first field."""
        for name in self._fields:
            self._input(name).focus()
            return

    def action_step(self, step: int) -> None:
        if step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_review(self) -> None:
        self.post_message(self.Review(self, self.values))

    def action_cancel(self) -> None:
        self.post_message(self.Cancelled(self, self.values))

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _field_changed(self, event: Input.Changed | TextArea.Changed) -> None:
        event.stop()
        field = event.control
        name = ((field.id if field is not None else "") or "").removeprefix("field-")
        self.post_message(self.Changed(self, name, self.values))

    def _input(self, name: str) -> Input | Lines:
        found = self.query_one(f"#field-{name}")
        if not isinstance(found, Input | Lines):
            raise TypeError(f"{name} is no field")
        return found

    def _label_of(self, name: str) -> Static:
        return self.query_one(f"#label-{name}", Static)

    def _label(self, field: FormField) -> Text:
        ink = self.ink
        text = Text(visible(field.label), style=ink.tone(Tone.PLAIN))
        text.append(" *" if field.required else "", ink.tone(Tone.ACCENT))
        if field.hint:
            text.append(f"  {visible(field.hint)}", ink.tone(Tone.DIM))
        error = self._errors.get(field.id)
        if error:
            text.append(f"\n{self.glyphs['warning']} {visible(error)}", ink.tone(Tone.FAILED))
        return text
