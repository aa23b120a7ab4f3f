"""The places of the console and the views behind them: what the number keys open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One place: the number key that opens it, its word, the catalogue key of its title."""

    number: int
    view: str
    title_key: str


PLACES: tuple[Place, ...] = (
    Place(1, "overview", "action.place.overview"),
    Place(2, "jobs", "action.place.jobs"),
    Place(3, "compute", "action.place.compute"),
    Place(4, "incidents", "action.place.incidents"),
    Place(5, "tuning", "action.place.tuning"),
    Place(6, "billing", "action.place.billing"),
    Place(7, "alerts", "action.place.alerts"),
    Place(8, "models", "action.place.models"),
    Place(9, "settings", "action.place.settings"),
)

DETAIL_PARENTS: dict[str, str] = {
    "job": "jobs",
    "logs": "jobs",
    "file": "jobs",
    "submit": "jobs",
    "node": "compute",
    "incident": "incidents",
}
"""Views that show one object -> the place they belong to."""


def place_of(view: str) -> str:
    """The place a view belongs to; a place belongs to itself."""
    return DETAIL_PARENTS.get(view, view)


def needs_key(view: str) -> bool:
    """Whether a view shows one object and is nothing without its name."""
    return view in DETAIL_PARENTS and view != "submit"
