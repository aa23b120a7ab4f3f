"""The `:` line: a word, the object or filter it is about, and the profile it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.actions.action import Action
from console.actions.registry import by_word, nearest_word, words

OBJECT_VIEWS = {"job": "job", "node": "node", "incident": "incident", "logs": "logs"}
"""Words that open one object when a name follows -> its view."""

OPENS_FILE = ("open", "open-file")
"""Words that open a log file when its path follows."""


@dataclass(frozen=True, slots=True)
class Command:
    """A line understood."""

    word: str
    rest: str = ""
    profile: str = ""
    action: Action | None = None
    suggestion: str = ""
    """The nearest word, where the word is none of ours."""

    @property
    def names_object(self) -> bool:
        """Whether the rest is one name rather than a filter."""
        return self.word in OBJECT_VIEWS and bool(self.rest) and not set(self.rest) & set("=~<>! ")


def parse_command(line: str, contexts: Sequence[str]) -> Command:
    """Read `jobs state=failed @lab`; the last `@name` is the profile."""
    parts = line.strip().lstrip(":").split()
    profile = ""
    if len(parts) > 1 and parts[-1].startswith("@"):
        profile = parts.pop()[1:]
    if not parts:
        return Command("")
    word, rest = parts[0].casefold(), " ".join(parts[1:])
    action = by_word(word, contexts)
    if action is None and word in OBJECT_VIEWS:
        return Command(word, rest, profile)
    return Command(word, rest, profile, action, "" if action else nearest_word(word))


def complete_command(line: str, names: Sequence[str]) -> tuple[str, ...]:
    """Words that continue the last one typed: verbs first, then names of objects."""
    parts = line.split(" ")
    typed = parts[-1].casefold()
    pool = sorted({*words(), *OBJECT_VIEWS}) if len(parts) == 1 else sorted(names)
    if not typed:
        return ()
    return tuple(word for word in pool if word.casefold().startswith(typed) and word != typed)[:6]
