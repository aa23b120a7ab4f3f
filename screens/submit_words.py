"""The labels and hints of the form of a job, and what it says below the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from api_client.models.job import JobSpec
from console.present.table import Tone
from console.present.units import DASH, estimate_text
from console.submit import form as job_form
from console.text import visible
from screens.desk import Desk
from screens.widgets.form import FormField
from screens.widgets.ink import Ink

REQUIRED = ("name", "command", "workers", "accelerators", "pool")
MOST_DIFFERENCES = 3
"""Lines about what differs from the job the form was filled from."""

Values = Mapping[str, str]


def form_fields(desk: Desk) -> list[FormField]:
    """Every field in the current language."""
    return [
        FormField(
            field.name,
            desk.t(field.title_key),
            value=job_form.DEFAULTS[field.name],
            hint=_hint(field, desk),
            required=field.name in REQUIRED,
            multiline=field.multiline,
        )
        for field in job_form.FIELDS
    ]


def _hint(field: job_form.Field, desk: Desk) -> str:
    if field.choices:
        return " | ".join(field.choices)
    key = f"submit_view.hint.{field.name}"
    return desk.t(key) if desk.translator.has(key) else ""


def panel(
    desk: Desk,
    ink: Ink,
    values: Values,
    checked: job_form.Checked,
    pools: Mapping[str, Any],
    original: JobSpec | None,
) -> Text:
    """Price an hour, room in the pool, what is still wrong, what differs from the original."""
    text = Text()
    if checked.spec is not None:
        _add_price(text, desk, ink, checked.spec)
    _add_room(text, desk, ink, values, pools)
    if checked.errors:
        said = desk.t("submit_view.errors", n=len(checked.errors))
        text.append(f"\n{said}", ink.tone(Tone.WARNING))
    else:
        keys = desk.keymap.shown("form.review")
        said = desk.t("submit_view.ready", stroke=keys[0] if keys else "")
        text.append(f"\n{said}", ink.tone(Tone.OK))
    if original is not None and checked.spec is not None:
        _add_differences(text, desk, ink, original, checked.spec)
    return text


def _add_price(text: Text, desk: Desk, ink: Ink, spec: JobSpec) -> None:
    ctx = desk.present()
    price = estimate_text(job_form.estimate(spec, ctx.prices), ctx)
    words = price if price == DASH else ctx.t("common.money.per_hour", money=price)
    text.append(f"{words}   ", ink.tone(Tone.MONEY))


def _add_room(text: Text, desk: Desk, ink: Ink, values: Values, pools: Mapping[str, Any]) -> None:
    name = values.get("pool", "").strip()
    pool = pools.get(name)
    wanted = _product(values.get("workers", ""), values.get("accelerators", ""))
    if pool is None:
        if pools and name:
            said = desk.t("submit_view.no_pool", pool=visible(name), pools=", ".join(pools))
            text.append(said, ink.tone(Tone.WARNING))
        return
    free = DASH if pool.free is None else str(pool.free)
    said = desk.t("submit_view.room", wanted=DASH if wanted is None else wanted, free=free)
    short = wanted is not None and pool.free is not None and wanted > pool.free
    text.append(said, ink.tone(Tone.WAITING if short else Tone.PLAIN))
    if short:
        text.append(f" {desk.t('submit_view.will_wait')}", ink.tone(Tone.WAITING))


def _product(workers: str, accelerators: str) -> int | None:
    whole = workers.strip().isdecimal() and accelerators.strip().isdecimal()
    return int(workers) * int(accelerators) if whole else None


def _add_differences(text: Text, desk: Desk, ink: Ink, before: JobSpec, after: JobSpec) -> None:
    found = job_form.differences(before, after)
    for each in found[:MOST_DIFFERENCES]:
        words = desk.t(
            "submit_view.differs",
            field=desk.t(each.title_key),
            before=visible(each.before) or DASH,
            after=visible(each.after) or DASH,
        )
        line = Text(f"\n{words}", ink.tone(Tone.ACCENT), no_wrap=True, overflow="ellipsis")
        text.append_text(line)
    more = len(found) - MOST_DIFFERENCES
    if more > 0:
        text.append(f" {desk.t('submit_view.more', n=more)}", ink.tone(Tone.DIM))
