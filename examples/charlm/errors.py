"""What can end a run before its last step, each with its exit code."""

from __future__ import annotations


class RunError(Exception):
    """The run cannot go on; the message is for the person who reads the log."""

    exit_code = 1


class BadInput(RunError):
    """An option, the environment or a file is not what the run needs."""

    exit_code = 2


class PeerLost(RunError):
    """Another rank went away; the run needs all of them."""


class Stopped(RunError):
    """Somebody asked the run to stop; the exit code tells the signal."""
