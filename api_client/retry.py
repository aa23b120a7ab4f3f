"""When a read is tried again, and how long to wait before it."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator

import stamina

from api_client.errors import Authentication, RateLimited, Unavailable, Unreachable
from api_client.exchange import Limits

# Without a handler of its own the library's notices would land on the terminal.
logging.getLogger("stamina").addHandler(logging.NullHandler())


def tries_of_a_read(limits: Limits) -> AsyncIterator[stamina.Attempt]:
    """Attempts with growing, jittered waits inside a deadline.

    Unavailable, TimedOut and RateLimited are worth another try, after Retry-After where the
    service gave one that fits into the deadline. A refused credential is, once: its source may
    hand out a fresh one. Where no connection can be opened, the deadline is a short one.
    """
    started = time.monotonic()
    until = started + limits.retry_deadline
    credential_refreshed = False

    def worth_another_try(error: Exception) -> bool | float:
        nonlocal credential_refreshed
        if isinstance(error, Authentication) and error.status == 401:
            first = not credential_refreshed
            credential_refreshed = True
            return first
        if not isinstance(error, Unavailable | RateLimited):
            return False
        if isinstance(error, Unreachable):
            # Nobody is kept waiting to be told that nothing is there.
            waited = time.monotonic() - started
            return limits.retry_unreachable_wait if waited < limits.retry_unreachable else False
        if error.retry_after is None:
            return True
        return error.retry_after if time.monotonic() + error.retry_after < until else False

    return stamina.retry_context(
        on=worth_another_try,
        attempts=limits.retry_attempts,
        timeout=limits.retry_deadline,
        wait_initial=limits.retry_first_wait,
        wait_max=2.0,
        wait_jitter=limits.retry_jitter,
    )
