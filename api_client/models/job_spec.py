"""What a person asks for when submitting a training job."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator

from api_client.models.frozen import Frozen
from api_client.models.job_state import FailureAction, Priority, QuotaType

NAME_PATTERN = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
"""1 to 63 characters: a lower-case letter first, then `a-z0-9-`, a letter or digit last."""

_EXIT_CODE_PART = re.compile(r"^\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*$")


def parse_exit_codes(text: str) -> tuple[tuple[int, int], ...]:
    """Read `99,101-255` as inclusive ranges of exit codes 1..255.

    Raises:
        ValueError: a part is not a number or range, or lies outside 1..255.
    """
    ranges: list[tuple[int, int]] = []
    for part in text.split(","):
        match = _EXIT_CODE_PART.match(part)
        if match is None:
            raise ValueError(f"{part.strip()!r} is not an exit code or a range such as 101-255")
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1 <= low <= high <= 255:
            raise ValueError(f"{part.strip()!r} is outside 1-255 or runs backwards")
        ranges.append((low, high))
    return tuple(ranges)


class FailureRule(Frozen):
    """What to do when a worker exits with one of these codes; the first match decides."""

    exit_codes: str = ""
    """Codes 1..255, ranges and commas (`99,101-255`); empty matches any code."""
    action: FailureAction
    mark_node_unschedulable: bool = False
    """Also cordon the node the worker ran on; needs `exit_codes`."""

    @field_validator("exit_codes")
    @classmethod
    def _check_exit_codes(cls, text: str) -> str:
        if text:
            parse_exit_codes(text)
        return text

    def matches(self, exit_code: int) -> bool:
        if not self.exit_codes:
            return True
        return any(low <= exit_code <= high for low, high in parse_exit_codes(self.exit_codes))


class JobSpec(Frozen):
    """What a person asks for."""

    name: Annotated[str, Field(pattern=NAME_PATTERN, max_length=63)]
    command: Annotated[str, Field(min_length=1, max_length=65_536)]
    """Run by `/bin/sh -c` once per worker."""
    workers: Annotated[int, Field(ge=1, le=4096)] = 1
    accelerators_per_worker: Annotated[int, Field(ge=0, le=64)] = 1
    pool: str = "default"
    project: Annotated[str, Field(max_length=256)] = ""
    framework: Annotated[str, Field(max_length=64)] = ""
    working_dir: Annotated[str, Field(max_length=4096)] = ""
    """Absolute; empty means the job's own folder."""
    env: dict[str, str] = {}
    tags: dict[str, str] = {}
    priority: Priority = Priority.NORMAL
    quota_type: QuotaType = QuotaType.RESERVED
    backoff_limit: Annotated[int, Field(ge=-1, le=2_147_483_647)] = 3
    """How often a failed worker may restart the job; -1 is without limit. A lost node is the
    platform's fault and does not count."""
    rules: Annotated[tuple[FailureRule, ...], Field(max_length=20)] = ()
    """First match decides; none matching restarts the job."""
    hang_seconds: Annotated[float, Field(gt=0)] | None = None
    """Restart when no worker wrote a log line and no step went by for so long."""
    max_run_seconds: Annotated[float, Field(gt=0)] | None = None
    """Fail the job when it ran so long in all."""
    checkpoint_dir: Annotated[str, Field(max_length=4096)] = ""
    """Absolute; empty means the job's own checkpoint folder."""
