"""Names of keys: from what people write to what a terminal sends, and back to what is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

FULL_WIDTH: Mapping[str, str] = {
    "question_mark": "fullwidth_question_mark",
    "colon": "fullwidth_colon",
    "slash": "fullwidth_solidus",
    "left_square_bracket": "fullwidth_left_square_bracket",
    "right_square_bracket": "fullwidth_right_square_bracket",
    "left_parenthesis": "fullwidth_left_parenthesis",
    "right_parenthesis": "fullwidth_right_parenthesis",
    "left_curly_bracket": "fullwidth_left_curly_bracket",
    "right_curly_bracket": "fullwidth_right_curly_bracket",
    "minus": "fullwidth_hyphen_minus",
    "plus": "fullwidth_plus_sign",
    "exclamation_mark": "fullwidth_exclamation_mark",
    "dollar_sign": "fullwidth_dollar_sign",
    "equals_sign": "fullwidth_equals_sign",
    "number_sign": "fullwidth_number_sign",
    "at": "fullwidth_commercial_at",
    "asterisk": "fullwidth_asterisk",
    "comma": "fullwidth_comma",
    "full_stop": "fullwidth_full_stop",
    "less_than_sign": "fullwidth_less_than_sign",
    "greater_than_sign": "fullwidth_greater_than_sign",
}
"""An input method left on sends the full-width twin of a punctuation key."""

SYMBOLS: Mapping[str, str] = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "backslash": "\\",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "minus": "-",
    "plus": "+",
    "exclamation_mark": "!",
    "dollar_sign": "$",
    "equals_sign": "=",
    "number_sign": "#",
    "at": "@",
    "asterisk": "*",
    "comma": ",",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "apostrophe": "'",
    "quotation_mark": '"',
    "semicolon": ";",
    "underscore": "_",
    "percent_sign": "%",
    "ampersand": "&",
    "circumflex_accent": "^",
    "grave_accent": "`",
    "tilde": "~",
    "vertical_line": "|",
}

_NAMES = {symbol: name for name, symbol in SYMBOLS.items()}
_SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "insert": "Ins",
    "delete": "Del",
    "backspace": "Backspace",
}
_MODIFIERS = ("ctrl", "alt", "shift")
_FUNCTION = re.compile(r"^f([1-9]|1\d|2[0-4])$")

BANNED: Mapping[str, str] = {
    "ctrl+h": "is Backspace on a plain terminal",
    "ctrl+i": "is Tab on a plain terminal",
    "ctrl+m": "is Enter on a plain terminal",
    "ctrl+j": "is a line feed, and moves between panes in tmux",
    "ctrl+k": "moves between panes in tmux",
    "ctrl+a": "is the prefix of screen",
    "ctrl+b": "is the prefix of tmux",
    "ctrl+@": "switches the input method",
    "ctrl+space": "switches the input method",
    "ctrl+backslash": "sends SIGQUIT",
    "ctrl+left_square_bracket": "is Esc",
    "ctrl+w": "closes the tab of a web terminal",
    "ctrl+e": "goes to the end of a line while editing",
    "ctrl+g": "cancels in Emacs",
    "ctrl+x": "cuts",
    "ctrl+v": "pastes",
    "delete": "is an editing key",
    "backspace": "is an editing key",
    "f9": "kills in htop",
    "f11": "makes the terminal full screen",
    "ctrl+enter": "is not sent by every terminal",
    "shift+enter": "is not sent by every terminal",
}
"""Keys the default map may not use, and why."""


def normalise(key: str) -> str:
    """The name a terminal framework gives to what a person wrote: `?` -> `question_mark`.

    Raises:
        ValueError: there is no such key.
    """
    *modifiers, base = _parts(key.strip())
    base = _NAMES.get(base, base)
    known = (
        base in _SHOWN
        or base in SYMBOLS
        or base in FULL_WIDTH.values()
        or _FUNCTION.match(base)
        or (len(base) == 1 and base.isprintable() and not base.isspace())
    )
    if not known or any(modifier not in _MODIFIERS for modifier in modifiers):
        raise ValueError(f"{key!r} is not the name of a key")
    if modifiers == ["shift"] and len(base) == 1 and base.isalpha():
        return base.upper()
    return "+".join([*modifiers, base])


def _parts(key: str) -> list[str]:
    if key in ("+", ""):
        return [key]
    if key.endswith("++"):
        return [*key[:-2].lower().split("+"), "+"]
    *modifiers, base = key.split("+")
    capital = len(base) == 1 and "ctrl" not in key.lower()
    return [*(modifier.lower() for modifier in modifiers), base if capital else base.lower()]


def show(key: str) -> str:
    """A key as people write it: `ctrl+p` -> `Ctrl+P`, `question_mark` -> `?`, `x c` -> `x c`."""
    return " ".join(_show_stroke(stroke) for stroke in key.split(" "))


def _show_stroke(stroke: str) -> str:
    *modifiers, base = stroke.split("+")
    text = _SHOWN.get(base) or SYMBOLS.get(base) or base
    if modifiers or _FUNCTION.match(base):
        text = text.upper() if len(text) <= 3 and text.isascii() and text.islower() else text
    return "+".join([*(modifier.capitalize() for modifier in modifiers), text])
