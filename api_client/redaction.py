"""Keeps secrets out of every sentence a person or a log file gets to see."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "[hidden]"

_BEARER = re.compile(r"(?i)\b(bearer)\s+(?=\S*[0-9._-])[^\s\"',;]{6,}")
_NAMED = re.compile(
    r"(?i)\b((?:[a-z0-9]+[_-])*(?:authorization|token|api[_-]?key|password|passwd|secret))"
    r"(\"?'?\s*[:=]\s*\"?'?(?:(?:bearer|basic)\s+)?)[^\s\"'&,;}]+"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace known secrets, and whatever looks like a credential, by a mask."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    text = _NAMED.sub(rf"\1\2{MASK}", text)
    return _BEARER.sub(rf"\1 {MASK}", text)
