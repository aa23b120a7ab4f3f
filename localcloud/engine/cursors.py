"""Opaque list cursors: the number of the last row a page held, so rows added later move nothing."""

from __future__ import annotations

import base64
import binascii

from localcloud.engine.errors import InvalidFault


def write_cursor(number: int) -> str:
    """A cursor for a URL."""
    return base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> int | None:
    """The number in a cursor, `None` for the first page; raises `InvalidFault`."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise InvalidFault({"cursor": "is not one this cloud gave out"}) from error
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidFault({"cursor": "is not one this cloud gave out"})
    return int(text)
