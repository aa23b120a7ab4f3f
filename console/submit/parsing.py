"""Reading and writing what people type into the fields of a job."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePosixPath

from api_client.models.job import NAME_PATTERN, FailureAction, FailureRule, parse_exit_codes
from console.message import Message, say
from console.problems import nearest

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])", re.IGNORECASE)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
ACTIONS = tuple(action.value for action in FailureAction if action is not FailureAction.UNKNOWN)
RANK_VARIABLES = frozenset(
    {"RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "CHECKPOINT_DIR"}
)
"""The platform sets these; a job cannot."""


class FieldError(ValueError):
    """What was typed cannot be used; `message` says why."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.key)


def parse_name(text: str) -> str:
    """A job's name.

    Raises:
        FieldError: it is not one.
    """
    if not text:
        raise FieldError(say("submit.error.empty"))
    if len(text) > 63 or not re.match(NAME_PATTERN, text):
        raise FieldError(say("submit.error.name", suggestion=name_like(text)))
    return text


def name_like(text: str) -> str:
    """A valid name as close as possible to any text."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:63].rstrip("-")
    if not slug:
        return "job"
    return slug if slug[0].isalpha() else f"job-{slug}"[:63].rstrip("-")


def parse_whole(text: str, low: int, high: int) -> int:
    """A whole number within bounds.

    Raises:
        FieldError: it is not one.
    """
    try:
        number = int(text.replace("_", ""))
    except ValueError:
        raise FieldError(say("submit.error.whole", low=low, high=high)) from None
    if not low <= number <= high:
        raise FieldError(say("submit.error.range", low=low, high=high, value=number))
    return number


def parse_duration(text: str) -> float | None:
    """Seconds from `90`, `90s`, `30m`, `1h30m`; empty is no limit.

    Raises:
        FieldError: it is not a duration above zero.
    """
    compact = text.replace(" ", "")
    if not compact:
        return None
    seconds = 0.0
    if re.fullmatch(r"\d+(\.\d+)?", compact):
        seconds = float(compact)
    elif re.fullmatch(rf"(?:{_DURATION.pattern})+", compact, re.IGNORECASE):
        seconds = sum(float(n) * _SECONDS[unit.lower()] for n, unit in _DURATION.findall(compact))
    if seconds <= 0:
        raise FieldError(say("submit.error.duration"))
    return seconds


def write_duration(seconds: float | None) -> str:
    """The shortest text `parse_duration` reads back."""
    if seconds is None:
        return ""
    for unit in ("d", "h", "m"):
        if seconds % _SECONDS[unit] == 0:
            return f"{seconds / _SECONDS[unit]:.0f}{unit}"
    return f"{Decimal(str(seconds)).normalize():f}s"


def parse_pairs(text: str, *, variables: bool) -> dict[str, str]:
    """`KEY=VALUE` lines; empty lines and lines that begin with # are left out.

    Raises:
        FieldError: a line has no `=`, a bad or reserved name, or a name twice.
    """
    pairs: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, equals, value = line.partition("=")
        key = key.strip()
        if not equals or not key:
            raise FieldError(say("submit.error.pair", line=number))
        if variables and not _VARIABLE.match(key):
            raise FieldError(say("submit.error.variable", line=number, name=key))
        if variables and (key in RANK_VARIABLES or key.startswith("QUARTERDECK_")):
            raise FieldError(say("submit.error.reserved", line=number, name=key))
        if key in pairs:
            raise FieldError(say("submit.error.twice", line=number, name=key))
        pairs[key] = value.strip() if not variables else value
    return pairs


def write_pairs(pairs: Mapping[str, str]) -> str:
    """One `KEY=VALUE` line each."""
    return "\n".join(f"{key}={value}" for key, value in pairs.items())


def parse_rules(text: str) -> tuple[FailureRule, ...]:
    """Rules as `CODES:ACTION`, one a line or separated by `;`; the first match decides.

    `CODES` are exit codes and ranges (`99,101-255`) or `*` for any; a `!` after the action also
    takes the node out of scheduling: `137,143:RESTART_JOB!`.

    Raises:
        FieldError: a rule cannot be read.
    """
    parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
    if len(parts) > 20:
        raise FieldError(say("submit.error.rules_many", high=20))
    return tuple(_rule(number, part) for number, part in enumerate(parts, start=1))


def _rule(number: int, part: str) -> FailureRule:
    codes, colon, action = (piece.strip() for piece in part.replace("：", ":").partition(":"))
    if not colon:
        raise FieldError(say("submit.error.rule", number=number))
    mark = action.endswith(("!", "！"))
    word = action.rstrip("!！").strip().upper()
    if word not in ACTIONS:
        close = nearest(word, ACTIONS) or ACTIONS[0]
        values = {"number": number, "word": word, "nearest": close, "allowed": ", ".join(ACTIONS)}
        raise FieldError(say("submit.error.rule_action", **values))
    any_code = codes in ("*", "")
    if any_code and mark:
        raise FieldError(say("submit.error.rule_mark", number=number))
    try:
        if not any_code:
            parse_exit_codes(codes)
    except ValueError as error:
        raise FieldError(say("submit.error.rule_codes", number=number, why=str(error))) from None
    return FailureRule(
        exit_codes="" if any_code else codes,
        action=FailureAction(word),
        mark_node_unschedulable=mark,
    )


def write_rules(rules: tuple[FailureRule, ...]) -> str:
    """One rule a line, as `parse_rules` reads it."""
    return "\n".join(
        f"{rule.exit_codes or '*'}:{rule.action.value}"
        + ("!" if rule.mark_node_unschedulable else "")
        for rule in rules
    )


def parse_folder(text: str) -> str:
    """An absolute path, or nothing.

    Raises:
        FieldError: it is relative, or too long.
    """
    if text and not PurePosixPath(text).is_absolute():
        raise FieldError(say("submit.error.absolute"))
    if len(text) > 4096:
        raise FieldError(say("submit.error.long", high=4096))
    return text


def parse_text(text: str, high: int, *, required: bool = False) -> str:
    """Any text of limited length.

    Raises:
        FieldError: it is too long, or empty where it must not be.
    """
    if required and not text.strip():
        raise FieldError(say("submit.error.empty"))
    if len(text) > high:
        raise FieldError(say("submit.error.long", high=high))
    return text


def parse_choice(text: str, allowed: tuple[str, ...]) -> str:
    """One of a few words, in any case.

    Raises:
        FieldError: it is none of them.
    """
    if text.upper() not in allowed:
        raise FieldError(say("submit.error.choice", allowed=", ".join(allowed)))
    return text.upper()
