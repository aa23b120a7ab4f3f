"""What may have been meant by a name that no object has."""

from __future__ import annotations

from console.problems import nearest
from console.state.store import Store
from console.text import visible

_FEEDS = {"job": "jobs", "node": "nodes", "incident": "incidents"}


def nearest_name(store: Store, kind: str, name: str) -> str:
    """The known name closest to one that is not known; empty where it is, or none is close."""
    known = store.snapshot(_FEEDS[kind]).items
    if name in known:
        return ""
    folded = {each.casefold(): each for each in known}
    close = folded.get(name.casefold()) or folded.get(nearest(name.casefold(), folded), "")
    return visible(close)
