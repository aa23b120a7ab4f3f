"""What one run of the command line knows: its options, its language, where it writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from console.message import Message
from console.text import FALLBACK, LANGUAGES, Translator, language_of, visible

if TYPE_CHECKING:
    from console.profiles import Profile
    from console.settings import Settings


class Stop(Exception):
    """The command ends here: a sentence for standard error, and an exit code."""

    def __init__(self, sentence: str, code: int) -> None:
        self.sentence = sentence
        self.code = code
        super().__init__(sentence)


@dataclass
class Cli:
    """Handed to every command; the options are set while the line is read."""

    profile: str = ""
    json: bool = False
    plain: bool = False
    lang: str = ""
    no_color: bool = False
    verbose: bool = False
    translator: Translator = field(default_factory=Translator)

    def t(self, key: str, **values: Any) -> str:
        """The sentence of a key; values that are text are made safe to show."""
        return self.translator.say(Message(key, values))

    def say(self, message: Message) -> str:
        """A message of the headless core."""
        return self.translator.say(message)

    def talk(self, text: str) -> None:
        """One line for the person, on standard error. The text is untrusted."""
        print("\n".join(map(visible, text.split("\n"))), file=sys.stderr, flush=True)

    def tell(self, key: str, **values: Any) -> None:
        """A sentence of the catalogue, on standard error."""
        self.talk(self.t(key, **values))

    @property
    def colour(self) -> bool:
        """Whether standard output is a terminal that may be coloured."""
        if self.no_color or self.plain or os.environ.get("NO_COLOR"):
            return False
        return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")

    @property
    def asks(self) -> bool:
        """Whether somebody is there to answer a question."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def settings(self) -> Settings:
        """The user's settings, with the language of this run.

        Raises:
            ConfigError: the file has mistakes.
        """
        # Imported late: help and completion do not pay for the checks.
        from console.settings import load_settings

        settings = load_settings()
        if not self.lang:
            return settings
        return replace(settings, language="zh_CN" if self.lang == "zh_CN" else "en")

    def open_profile(self) -> Profile:
        """The profile named on the line or in the environment, else the default one.

        Raises:
            ConfigError: the file has mistakes.
            Stop: there is no such profile.
        """
        from console.profiles import load_profiles

        try:
            return load_profiles().get(self.profile or os.environ.get("QUARTERDECK_PROFILE", ""))
        except KeyError as error:
            raise Stop(str(error.args[0]), 2) from None


def chosen_language(arguments: Sequence[str]) -> tuple[str, str]:
    """The language of this run, and the one the line names (empty where it names none).

    The line wins, then the configuration file, then the locale.
    """
    named = _named(arguments)
    if named:
        return named, named
    configured = _configured()
    if configured in LANGUAGES:
        return configured, ""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return language_of(os.environ[variable]), ""
    return FALLBACK, ""


def _named(arguments: Sequence[str]) -> str:
    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--lang":
            value = value if equals else next(iter(words[at + 1 :]), "")
            return value if value in LANGUAGES else ""
    return ""


def _configured() -> str:
    """The language in the configuration file; a file with mistakes is reported when it is used."""
    import tomllib

    from console import paths

    try:
        with paths.config_file().open("rb") as file:
            return str(tomllib.load(file).get("language", ""))
    except (OSError, ValueError):
        return ""
