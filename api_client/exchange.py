"""What an exchange with a service consists of: limits, replies, events, JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_client.errors import BadReply, InvalidRequest

Query = Mapping[str, str | int | float | bool | list[str] | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much; seconds and bytes."""

    connect: float = 5.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 30.0
    whole_call: float = 60.0
    """One attempt of a call that is not a stream, body included."""
    stream_silence: float = 30.0
    """A stream silent for so long counts as broken."""
    retry_deadline: float = 15.0
    """Reads are not tried again after this."""
    retry_unreachable: float = 2.0
    """The same where no connection can be opened."""
    retry_unreachable_wait: float = 0.4
    retry_attempts: int = 6
    retry_first_wait: float = 0.1
    retry_jitter: float = 0.5
    connections: int = 16
    reads_at_once: int = 12
    """At most; streams and writes find a connection beside them."""
    slow_read: float = 2.0
    """A read that took so long makes for fewer at once."""
    body_bytes: int = 64 * 1024 * 1024
    """A longer answer is refused instead of filling the memory."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted answer, body read."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes
    request_id: str


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One server-sent event; `retry` in seconds."""

    event: str
    data: str
    id: str
    retry: float | None = None


class RangeNotSatisfiable(InvalidRequest):
    """Nothing lies in the range asked for (416); `headers` say how long the whole is."""

    headers: Mapping[str, str] = {}


def decode_json(reply: Reply, action: str) -> Any:
    """The JSON document of a reply.

    Raises:
        BadReply: it is none.
    """
    try:
        return json.loads(reply.content)
    except (ValueError, RecursionError) as error:
        raise BadReply(
            action, "the answer is not JSON", request_id=reply.request_id, status=reply.status
        ) from error
