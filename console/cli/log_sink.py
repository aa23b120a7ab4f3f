"""Where log bytes go: raw into a pipe; on a terminal whatever would act on it is made visible."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterable

from console.text import visible

_LONGEST = 1 << 20
"""Bytes of a line held back while its end has not come; what is longer goes on in pieces."""


class LogSink:
    """Takes the chunks of one worker's log.

    Args:
        prefix: stands before every line where several ranks are shown.
        pattern: only lines that match are shown.
    """

    def __init__(self, prefix: str = "", pattern: re.Pattern[bytes] | None = None) -> None:
        self._prefix = prefix.encode()
        self._pattern = pattern
        self._rest = b""
        self._terminal = sys.stdout.isatty()
        self._line_ended = True
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes) -> None:
        """Show what can be shown of a chunk."""
        if not self._prefix and self._pattern is None:
            self._put(data)
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line)
        if len(self._rest) > _LONGEST:
            self._line(self._rest)
            self._rest = b""

    def lines(self, lines: Iterable[tuple[str, bytes]]) -> None:
        """Show whole lines of several workers, each behind what says whose it is."""
        data = b"".join(prefix.encode() + line + b"\n" for prefix, line in lines)
        if data:
            self._put(data)

    def end(self) -> None:
        """Show a last line that has no end."""
        if self._rest:
            self._line(self._rest)
            self._rest = b""
        if self._terminal and not self._line_ended:
            sys.stdout.write("\n")
        sys.stdout.flush()

    def _line(self, line: bytes) -> None:
        if self._pattern is None or self._pattern.search(line):
            self._put(self._prefix + line + b"\n")

    def _put(self, data: bytes) -> None:
        if self._terminal:
            text = self._decoder.decode(data)
            shown = re.sub(r"[^\n\t]+", lambda part: visible(part[0]), text.replace("\r\n", "\n"))
            sys.stdout.write(shown)
            self._line_ended = shown.endswith("\n") if shown else self._line_ended
            sys.stdout.flush()
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
