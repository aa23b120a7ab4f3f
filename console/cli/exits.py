"""Exit codes, one table, and the sentence of every error the command line can end with."""

from __future__ import annotations

from datetime import UTC, datetime

from api_client import errors
from console.cli.context import Cli

OK, FAILED, USAGE, NOT_FOUND, DENIED, UNAVAILABLE, UNKNOWN, CONFLICT = range(8)
TIMED_OUT = 124
INTERRUPTED = 130

_CODES: tuple[tuple[type[Exception], int], ...] = (
    (errors.Unavailable, UNAVAILABLE),
    (errors.RateLimited, UNAVAILABLE),
    (errors.Authentication, DENIED),
    (errors.Permission, DENIED),
    (errors.NotFound, NOT_FOUND),
    (errors.Conflict, CONFLICT),
    (errors.InvalidRequest, USAGE),
    (errors.Unsupported, USAGE),
    (errors.OutcomeUnknown, UNKNOWN),
)

EXITS = {code: f"cli.exit.e{code}" for code in (*range(8), TIMED_OUT, INTERRUPTED)}
"""Exit code -> catalogue key of what it means."""


def code_of(error: BaseException | None) -> int:
    """The exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


def sentence_of(error: errors.CloudError, cli: Cli) -> str:
    """What was tried, what came back and what to do, one line each."""
    # Imported late: only what fails pays for it.
    from console.present.context import PresentContext
    from console.present.errors import error_text

    ctx = PresentContext(now=datetime.now(UTC), translator=cli.translator)
    worded = error_text(error, ctx)
    shown = cli.verbose or isinstance(error, errors.InvalidRequest | errors.RateLimited)
    lines = [_closed(worded.sentence), *(worded.details if shown else ()), _closed(worded.hint)]
    return "\n".join(line for line in lines if line)


def _closed(text: str) -> str:
    """With one full stop and a capital: servers end and begin their sentences as they like."""
    text = text.strip()
    if text and text[-1] not in ".。!?！？":
        text += "."
    return text[:1].upper() + text[1:]
