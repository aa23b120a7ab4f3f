"""Keeps from the emulator the sequences it would misread, however the bytes are cut."""

from __future__ import annotations

import codecs
import re

# The emulator knows neither private CSI prefixes nor device control strings; it would draw
# their letters or take them for colours.
_STRANGE = re.compile(
    r"\x1b\[[<=>][0-?]*[ -/]*[@-~]"  # keyboard protocols, device attributes
    r"|\x1b\[\?[0-9;]*[mu]"  # private forms of colour and cursor restore
    r"|\x1b\[[0-?]*[ -/]+[@-~]"  # intermediates: mode requests, cursor shapes
    r"|\x1b[PX^_].*?\x1b\\",  # control strings
    re.DOTALL,
)
_COLON_COLOURS = re.compile(r"\x1b\[([0-9;]*:[0-9:;]*)m")
_UNFINISHED = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*)?\Z"  # an escape, or a CSI without its last letter
    r"|\x1b[PX^_](?:(?!\x1b\\).)*\Z",  # a control string without its end
    re.DOTALL,
)


class Filter:
    """Turns pieces of a program's output into text the emulator can take."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._held = ""

    def feed(self, data: bytes) -> str:
        """What can be drawn now; an unfinished sequence waits for the next piece."""
        text = self._held + self._decode(data)
        unfinished = _UNFINISHED.search(text)
        cut = len(text) if unfinished is None else unfinished.start()
        text, self._held = text[:cut], text[cut:]
        return _COLON_COLOURS.sub("", _STRANGE.sub("", text))
