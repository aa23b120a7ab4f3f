"""Actions of one context written as lines: a verb and its keys."""

from __future__ import annotations

from console.actions.action import Action


def rows_of(context: str, group: str, rows: str, *, worded: bool = True) -> list[Action]:
    """Read `verb: keys` lines; the `:` word is the verb with dashes."""
    actions: list[Action] = []
    for row in rows.strip().splitlines():
        verb, _, keys = row.strip().partition(":")
        actions.append(
            Action(
                id=f"{context}.{verb}",
                context=context,
                keys=tuple(keys.strip().split(",")) if keys.strip() else (),
                word=verb.replace("_", "-") if worded else "",
                group=group,
            )
        )
    return actions
