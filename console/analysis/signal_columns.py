"""Where the numbers of a line stand, for many lines of one shape at once.

Lines that differ in their digits alone have their numbers in the same order, so the numbers of
thousands of lines are one list in which each column stands at equal distances.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

_KEEP = b"0123456789."
_BLANKED = bytes(each if each in _KEEP else 0x20 for each in range(256))
_TOKEN = re.compile(rb"[0-9.]+")

NUMBER = re.compile(
    rb"(?i)(?<![\w.])[-+]?(?:(?:\d{1,3}(?:,\d{3})+(?![\d.])|\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"
    rb"|(?:nan|inf)(?=m?s\b|[^\w]|$))"
)

_EXPONENT = re.compile(rb"(?i)e([-+]?)(\d+)$")


def tokens_of(text: bytes) -> list[bytes]:
    """Runs of digits and points, in order."""
    return text.translate(_BLANKED).split()


def token_starts(line: bytes) -> dict[int, int]:
    """Which token begins at which byte."""
    return {found.start(): at for at, found in enumerate(_TOKEN.finditer(line))}


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One number of each line.

    Attributes:
        at: the tokens it is made of.
        template: how they are put together; `None` where it is one token as it stands.
        scale: what it is multiplied by.
        inverse: whether it is one over what stands there.
        constant: its value where it has no digits.
    """

    at: tuple[int, ...] = ()
    template: bytes | None = None
    scale: float = 1.0
    inverse: bool = False
    constant: float | None = None

    def read(self, tokens: Sequence[bytes], width: int) -> list[float]:
        """Its value on every line.

        Raises:
            ValueError: what stands there is no number.
        """
        if self.constant is not None:
            return [self.constant] * (len(tokens) // width if width else 1)
        if self.template is None:
            values = list(map(float, tokens[self.at[0] :: width]))
        else:
            parts = zip(*(tokens[at::width] for at in self.at), strict=True)
            values = [float(self.template % part) for part in parts]
        if self.inverse:
            return [self.scale / value if value else math.inf for value in values]
        return values if self.scale == 1.0 else [value * self.scale for value in values]


def column_of(number: re.Match[bytes], starts: dict[int, int]) -> Column | None:
    """The column a number of a line belongs to; `None` where its tokens are not its own."""
    text = number[0]
    sign = text[:1] if text[:1] in b"-+" else b""
    body = text[len(sign) :]
    if body[:1].lower() in (b"n", b"i"):
        return Column(constant=math.nan if body[:1].lower() == b"n" else float(text))
    exponent = _EXPONENT.search(body)
    mantissa = body[: exponent.start()] if exponent else body
    begins = [number.start() + len(sign)]
    begins += [begins[0] + at + 1 for at, each in enumerate(mantissa) if each == 0x2C]
    if exponent:
        begins.append(begins[0] + exponent.start(2))
    at = tuple(starts.get(begin, -1) for begin in begins)
    if -1 in at:
        return None
    if len(at) == 1 and sign != b"-":
        return Column(at)
    template = sign + b"%s" * (len(at) - bool(exponent))
    return Column(at, template + (b"e" + exponent[1] + b"%s" if exponent else b""))
