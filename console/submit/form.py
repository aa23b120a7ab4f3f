"""The fields of a job, their checks, and where a form's first values come from."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from api_client.models.base import Money
from api_client.models.billing import Estimate, PriceList
from api_client.models.job import JobSpec, Priority, QuotaType
from console.analysis.rates import price_for
from console.message import Message, say
from console.submit import parsing
from console.submit.parsing import FieldError

_PRIORITIES = tuple(p.value for p in Priority if p is not Priority.UNKNOWN)
_QUOTAS = tuple(q.value for q in QuotaType if q is not QuotaType.UNKNOWN)
_MOST_RESTARTS = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, the spec's, and how its text is read and written."""

    name: str
    spec: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    choices: tuple[str, ...] = ()
    multiline: bool = False
    advanced: bool = False

    @property
    def title_key(self) -> str:
        """Catalogue key of its label."""
        return f"submit.field.{self.name}"


FIELDS: tuple[Field, ...] = (
    Field("name", "name", lambda t: parsing.parse_name(t.strip())),
    Field(
        "command",
        "command",
        lambda t: parsing.parse_text(t, 65_536, required=True),
        multiline=True,
    ),
    Field("workers", "workers", lambda t: parsing.parse_whole(t, 1, 4096)),
    Field("accelerators", "accelerators_per_worker", lambda t: parsing.parse_whole(t, 0, 64)),
    Field("pool", "pool", lambda t: parsing.parse_text(t.strip(), 256, required=True)),
    Field("project", "project", lambda t: parsing.parse_text(t.strip(), 256)),
    Field("backoff", "backoff_limit", lambda t: parsing.parse_whole(t, -1, _MOST_RESTARTS)),
    Field("hang", "hang_seconds", parsing.parse_duration, parsing.write_duration, advanced=True),
    Field(
        "max_run", "max_run_seconds", parsing.parse_duration, parsing.write_duration, advanced=True
    ),
    Field(
        "rules",
        "rules",
        parsing.parse_rules,
        parsing.write_rules,
        multiline=True,
        advanced=True,
    ),
    Field(
        "env",
        "env",
        lambda t: parsing.parse_pairs(t, variables=True),
        parsing.write_pairs,
        multiline=True,
        advanced=True,
    ),
    Field("working_dir", "working_dir", lambda t: parsing.parse_folder(t.strip()), advanced=True),
    Field(
        "checkpoint_dir",
        "checkpoint_dir",
        lambda t: parsing.parse_folder(t.strip()),
        advanced=True,
    ),
    Field("framework", "framework", lambda t: parsing.parse_text(t.strip(), 64), advanced=True),
    Field(
        "priority",
        "priority",
        lambda t: parsing.parse_choice(t.strip(), _PRIORITIES),
        choices=_PRIORITIES,
        advanced=True,
    ),
    Field(
        "quota",
        "quota_type",
        lambda t: parsing.parse_choice(t.strip(), _QUOTAS),
        choices=_QUOTAS,
        advanced=True,
    ),
    Field(
        "tags",
        "tags",
        lambda t: parsing.parse_pairs(t, variables=False),
        parsing.write_pairs,
        multiline=True,
        advanced=True,
    ),
)
"""Every field of the form, in order."""

Values = Mapping[str, str]
"""Field name -> what is typed there."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The spec where every field is right, else what is wrong with which."""

    spec: JobSpec | None
    errors: Mapping[str, Message]


def check_field(name: str, text: str, taken: Collection[str] = ()) -> Message | None:
    """What is wrong with one field; `None` where nothing is."""
    field = next(field for field in FIELDS if field.name == name)
    try:
        value = field.read(text)
    except FieldError as error:
        return error.message
    if name == "name" and value in taken:
        return say("submit.error.taken", suggestion=free_name(value, taken))
    return None


def check(values: Values, taken: Collection[str] = ()) -> Checked:
    """Check every field; one that is absent has its default."""
    values = {**DEFAULTS, **values}
    errors = {
        field.name: error
        for field in FIELDS
        if (error := check_field(field.name, values[field.name], taken)) is not None
    }
    if errors:
        return Checked(None, errors)
    try:
        spec = JobSpec(**{field.spec: field.read(values[field.name]) for field in FIELDS})
    except ValidationError as error:
        # The model is the last word; its complaint goes to the field it names.
        return Checked(None, _model_errors(error))
    return Checked(spec, {})


def _model_errors(error: ValidationError) -> dict[str, Message]:
    by_spec = {field.spec: field.name for field in FIELDS}
    return {
        by_spec.get(str(detail["loc"][0]), "name"): say("submit.error.model", why=detail["msg"])
        for detail in error.errors(include_input=False)
    }


def values_of(spec: JobSpec) -> dict[str, str]:
    """What a form shows for a spec; `check` reads the same spec back."""
    return {field.name: field.write(getattr(spec, field.spec)) for field in FIELDS}


DEFAULTS: Mapping[str, str] = {
    **values_of(JobSpec(name="job", command="true")),
    "name": "",
    "command": "",
}
"""An empty form."""


def free_name(name: str, taken: Collection[str]) -> str:
    """The name itself if it is free, else with the next number: `train` -> `train-2`."""
    if name not in taken:
        return name
    base = re.sub(r"-\d+$", "", name)
    number = 2
    while (candidate := f"{base[: 62 - len(str(number))]}-{number}") in taken:
        number += 1
    return candidate


def clone(spec: JobSpec, taken: Collection[str]) -> dict[str, str]:
    """A form filled from an existing job under a free name."""
    return {**values_of(spec), "name": free_name(spec.name, taken)}


def example_script() -> Path:
    """The training program shipped with the console."""
    return Path(__file__).resolve().parents[2] / "examples" / "train_charlm.py"


def example(taken: Collection[str] = ()) -> dict[str, str]:
    """The ready-filled first job: a small language model on two workers."""
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(example_script()))}"
    return {
        **DEFAULTS,
        "name": free_name("charlm", taken),
        "command": command,
        "workers": "2",
        "accelerators": "1",
        "project": "examples",
        "framework": "numpy",
    }


def estimate(spec: JobSpec, prices: PriceList | None) -> Estimate | None:
    """What the job costs an hour while it runs; `None` where there is no price for it."""
    price = price_for(prices, quota_type=spec.quota_type)
    if price is None:
        return None
    count = spec.workers * spec.accelerators_per_worker
    return Estimate(
        money=Money(amount=price.amount * Decimal(count), currency=price.currency),
        basis=f"{count} accelerators at {price.amount} {price.currency} an hour",
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs from the original."""

    field: str
    title_key: str
    before: str
    after: str


def differences(before: JobSpec, after: JobSpec) -> tuple[Difference, ...]:
    """The fields in which two specs differ, in form order."""
    old, new = values_of(before), values_of(after)
    return tuple(
        Difference(field.name, field.title_key, old[field.name], new[field.name])
        for field in FIELDS
        if old[field.name] != new[field.name]
    )
