"""How fresh a snapshot is, in words and a tone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from console.present.errors import error_text
from console.present.table import Tone
from console.present.units import age_text, moment_text
from console.state.snapshot import Snapshot
from screens.desk import Desk, utc_now


@dataclass(frozen=True, slots=True)
class Freshness:
    """One line about a snapshot; empty where it is live."""

    text: str
    tone: Tone


def freshness(snapshot: Snapshot[Any], desk: Desk) -> Freshness:
    """What a person must know about how old this is and why."""
    ctx = desk.present()
    if snapshot.error is not None:
        why = error_text(snapshot.error, ctx).sentence
        if snapshot.stale_since is None or snapshot.fetched_at is None:
            return Freshness(why, Tone.FAILED)
        since = ctx.t("common.fresh.stale", time=moment_text(snapshot.stale_since, ctx))
        return Freshness(f"{since}: {why}", Tone.STALE)
    if snapshot.loading:
        return Freshness(ctx.t("common.fresh.loading"), Tone.DIM)
    if snapshot.from_disk:
        age = age_text(snapshot.fetched_at, utc_now())
        return Freshness(ctx.t("common.fresh.from_disk", age=age), Tone.STALE)
    return Freshness("", Tone.DIM)
