"""What to do about a failure, and how to say what failed. Pure."""

from __future__ import annotations

import signal as signals
from dataclasses import dataclass

from api_client.models.event import FailureCategory, RecoveryAction
from api_client.models.job import FailureAction, JobSpec
from localcloud.engine.settings import CloudSettings

_NOT_EXECUTABLE = 126
_NOT_FOUND = 127


@dataclass(frozen=True)
class Failure:
    """One failure as it is judged."""

    category: FailureCategory
    cause: str
    """One sentence."""
    exit_code: int | None = None
    """Of the worker that failed first; `None` where no worker exited by itself."""


@dataclass(frozen=True)
class Decision:
    """What follows from a failure."""

    action: FailureAction
    cordon: bool
    """Take the worker's node out of scheduling."""
    counts: bool
    """The restart uses up one of `backoff_limit`."""
    exhausted: bool
    """Would have restarted, but `backoff_limit` is reached."""

    @property
    def recovery(self) -> RecoveryAction:
        """The same in the neutral words of incidents."""
        if self.action is FailureAction.FAIL_JOB:
            return RecoveryAction.FAIL_JOB
        if self.cordon:
            return RecoveryAction.ISOLATE_NODE_RESTART_JOB
        if self.action is FailureAction.RESTART_WORKER:
            return RecoveryAction.RESTART_WORKER
        return RecoveryAction.RESTART_JOB


def decide(spec: JobSpec, failure: Failure, backoff_used: int) -> Decision:
    """Apply the first rule that matches; without one the job restarts."""
    if failure.category is FailureCategory.NODE:
        # A lost node is the platform's fault and is out of scheduling already.
        return Decision(FailureAction.RESTART_JOB, cordon=True, counts=False, exhausted=False)
    action, cordon = FailureAction.RESTART_JOB, False
    if failure.exit_code is not None:
        for rule in spec.rules:
            if rule.matches(failure.exit_code):
                action, cordon = rule.action, rule.mark_node_unschedulable
                break
    if action is FailureAction.RESTART_WORKER and cordon:
        # The rank cannot come back to its node, and the gang must meet anew elsewhere.
        action = FailureAction.RESTART_JOB
    if action in (FailureAction.FAIL_JOB, FailureAction.UNKNOWN):
        return Decision(FailureAction.FAIL_JOB, cordon, counts=False, exhausted=False)
    exhausted = 0 <= spec.backoff_limit <= backoff_used
    if exhausted:
        return Decision(FailureAction.FAIL_JOB, cordon, counts=False, exhausted=True)
    return Decision(action, cordon, counts=True, exhausted=False)


def pause_seconds(settings: CloudSettings, failures: int) -> float:
    """Pause before restart number `failures` in a row without progress between them."""
    doubled = settings.backoff_first_seconds * 2.0 ** min(max(failures - 1, 0), 30)
    return min(doubled, settings.backoff_longest_seconds)


def exit_sentence(exit_code: int, signal: int | None, error: str, tail: str) -> str:
    """How a worker ended, in words."""
    if error:
        return error
    if signal is not None:
        return f"ended by {_signal_name(signal)} (exit code {exit_code})"
    words = {_NOT_FOUND: ": command not found", _NOT_EXECUTABLE: ": not executable"}
    said = words.get(exit_code, "")
    quoted = f"; its log ends with “{tail}”" if tail and exit_code != 0 else ""
    return f"exited with code {exit_code}{said}{quoted}"


def _signal_name(number: int) -> str:
    try:
        return signals.Signals(number).name
    except ValueError:
        return f"signal {number}"
