"""The way out: the terminal is given back in a few milliseconds, then the process ends.

The framework waits for its input thread, which looks up ten times a second, and takes every
widget apart before the process may end: 240 ms of nothing a person wants. Here the terminal is
restored first, what must be kept is kept, and the process ends without tearing anything down.
Where the framework changes, its own way out is taken.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import termios
from collections.abc import Awaitable, Callable
from typing import Any

_LOG = logging.getLogger(__name__)

_BYE = (
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"  # no mouse
    "\x1b[?2004l\x1b[?7h\x1b[?2048l"  # no bracketed paste, lines wrap, no resize reports
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"  # plain keys, the screen of before, cursor, no focus
)

LAST_WORK_SECONDS = 2.0
"""So long may keeping the last state and closing connections take, terminal already restored."""


def give_terminal_back(driver: Any) -> bool:
    """Leave the alternate screen and restore the terminal's modes; False where that cannot be.

    Nothing is read or drawn by the driver after this.
    """
    writer = getattr(driver, "_writer_thread", None)
    attributes = getattr(driver, "attrs_before", None)
    if writer is None or attributes is None or not hasattr(driver, "exit_event"):
        return False
    driver.exit_event.set()
    writer.write(_BYE)
    writer.stop()
    # Nobody takes from the writer's queue any more: a late frame would wait in it for ever.
    driver.write = _drop
    try:
        termios.tcsetattr(driver.fileno, termios.TCSANOW, attributes)
        # Mouse reports and keys of the last moment are no input for the shell.
        termios.tcflush(driver.fileno, termios.TCIFLUSH)
    except termios.error as error:
        _LOG.debug("the terminal went away: %s", error)
    return True


def _drop(data: str) -> None:
    """Takes what is drawn after the end."""


async def last_work(work: Callable[[], Awaitable[None]]) -> None:
    """Do what must be done before the end, within reason; a failure is logged, never shown."""
    try:
        async with asyncio.timeout(LAST_WORK_SECONDS):
            await work()
    except TimeoutError:
        _LOG.warning("the last state was not kept in time")
    except Exception:
        # Nobody is there any more to be told on the screen.
        _LOG.exception("closing failed")


def end_process(code: int) -> None:
    """End without taking widgets and modules apart; buffers are written first."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            # A closed pipe or terminal takes no last words.
            continue
    os._exit(code)
