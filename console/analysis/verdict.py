"""From what a log says line by line to what happened: outcome, first cause, symptoms.

The order of judgement follows what was found in real logs: a run that succeeded has no cause of
failure whatever else its log says; what was followed by further steps was survived; what names a
device or a host comes before what a program says, and that before the wave of time-outs behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api_client.models.job import JobState
from console.analysis.diagnosis_model import Cause, Confidence, Diagnosis, Outcome, Symptom
from console.analysis.signatures import Role
from console.analysis.story import Finding, Story, Success

_ENDS = {
    "ops.time_limit": Outcome.TIME_LIMIT,
    "ops.preempted": Outcome.PREEMPTED,
    "ops.cancelled": Outcome.CANCELLED,
}
_TOLD_TO_END = ("ops.time_limit", "ops.preempted")
_ASKED_TO_STOP = "ops.sigterm"
_HANGS = "ops.hang"

_GRACE = timedelta(minutes=10)
"""What a run that is told to end may be given at most."""

_SHORT = 30
"""Lines after an error within which a program ends that does not survive it."""

_SUMMARIES = ("launcher.", "end.", "proc.aborted", "proc.killed")
"""What is also said of a run that was cancelled."""

QUIET = timedelta(minutes=30)
"""A run of which nothing was heard for so long has stopped making progress."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run from elsewhere.

    Attributes:
        state: what the platform says it is now.
        exit_code: what it ended with.
        last_line: when it wrote last.
        now: the moment of the question.
    """

    state: JobState | None = None
    exit_code: int | None = None
    last_line: datetime | None = None
    now: datetime | None = None


def verdict(story: Story, facts: RunFacts) -> Diagnosis:
    """Judge a story."""
    findings = _heads([each for each in story.findings if not each.survived])
    if not story.of_a_run:
        findings = _of_a_service(findings, story.lines)
    success = next((each for each in reversed(story.successes) if not each.superseded), None)
    if success is not None and facts.state not in (JobState.FAILED,):
        return _completed(story, findings, success)
    return _stopped(story, findings, facts)


def _of_a_service(findings: list[Finding], lines: int) -> list[Finding]:
    """What stays of findings in a log that no job wrote: services meet errors and go on."""
    soft = [each for each in findings if each.tier > 0]
    if lines > _SHORT and any(lines - each.line > _SHORT for each in soft):
        return [each for each in findings if each.tier == 0]
    return findings


def _heads(findings: Sequence[Finding]) -> list[Finding]:
    """Of exceptions raised one because of the other the one that says most."""
    kept: list[Finding] = []
    for finding in findings:
        before = kept[-1] if kept else None
        if finding.chained and before is not None and before.rank == finding.rank:
            if finding.signature.priority > before.signature.priority + 20:
                kept[-1] = finding
            continue
        kept.append(finding)
    return kept


def _completed(story: Story, findings: list[Finding], success: Success) -> Diagnosis:
    later = [each for each in findings if each.order > success.order]
    ended = [each for each in story.findings if _is_told_before(each, success)]
    after = _after(sorted({each.order: each for each in [*ended, *later]}.values(), key=_order))
    return Diagnosis(
        outcome=Outcome.COMPLETED,
        after_success=after,
        cause=None,
        symptoms=_symptoms(story, later, None),
        restart=None,
        confidence=Confidence.HIGH,
        lines=story.lines,
    )


def _is_told_before(finding: Finding, success: Success) -> bool:
    """Whether a run was told to end and finished in the time it was given, which may be steps."""
    if finding.signature.id not in _TOLD_TO_END or finding.order > success.order:
        return False
    if finding.time is None or success.time is None:
        return not finding.survived
    return success.time - finding.time < _GRACE


def _after(findings: Sequence[Finding]) -> Outcome | None:
    """How what came after a success ended: the first that says so."""
    for finding in findings:
        name = finding.signature.id
        if name in _ENDS:
            return _ENDS[name]
        if name == _ASKED_TO_STOP or finding.tier > 4:
            continue
        return Outcome.FAILED
    return None


def _stopped(story: Story, findings: list[Finding], facts: RunFacts) -> Diagnosis:
    end = next((each for each in findings if each.signature.id in _ENDS), None)
    failures = [each for each in findings if each.signature.id not in _ENDS and each.tier <= 4]
    asked = [each for each in failures if each.signature.id == _ASKED_TO_STOP]
    failures = [each for each in failures if each.signature.id != _ASKED_TO_STOP]
    if not failures and end is None and not asked and not story.has_result:
        failures = _complaints(story)
    first = min(failures, key=_nearness, default=None)
    outcome = _outcome(story, end, first, failures, asked, facts)
    cause = _cause(outcome, end, first, asked)
    return Diagnosis(
        outcome=outcome,
        after_success=None,
        cause=_told(cause, story) if cause else None,
        symptoms=_symptoms(story, findings, cause),
        restart=cause.signature.restart if cause else None,
        confidence=_confidence(outcome, cause, facts),
        lines=story.lines,
    )


def _complaints(story: Story) -> list[Finding]:
    """Errors of no known kind, where the log ends with them: nothing else says how it ended."""
    if story.lines > _SHORT and not story.of_a_run:
        return []
    return story.complaints


def _outcome(
    story: Story,
    end: Finding | None,
    first: Finding | None,
    failures: Sequence[Finding],
    asked: Sequence[Finding],
    facts: RunFacts,
) -> Outcome:
    known = _known(facts)
    if end is not None and end.signature.id != "ops.cancelled":
        return _ENDS[end.signature.id]
    before = [each for each in failures if end is None or _is_before(each, end)]
    if end is not None and not before and known is not Outcome.FAILED:
        return Outcome.CANCELLED
    if known is not None:
        return known
    if first is not None and first.signature.id == _HANGS:
        return Outcome.HUNG
    if any(not each.passing for each in failures):
        return Outcome.FAILED
    if asked:
        return Outcome.CANCELLED
    if story.has_result or any(step is not None and step.is_last for step in story.steps):
        return Outcome.COMPLETED
    return Outcome.UNKNOWN


def _is_before(finding: Finding, end: Finding) -> bool:
    """Whether it went wrong before the run was ended, and not by ending it."""
    if finding.passing or finding.order > end.order:
        return False
    name = finding.signature.id
    return not name.startswith(_SUMMARIES) or name == "launcher.exited"


def _known(facts: RunFacts) -> Outcome | None:
    """What the platform says, where that settles it."""
    if facts.state is JobState.SUCCEEDED or (facts.state is None and facts.exit_code == 0):
        return Outcome.COMPLETED
    if facts.state is JobState.FAILED or (facts.state is None and facts.exit_code):
        return Outcome.FAILED
    if facts.state in (JobState.STOPPED, JobState.STOPPING):
        return Outcome.CANCELLED
    if facts.state is not None and not facts.state.ended:
        quiet = facts.now is not None and facts.last_line is not None
        long = quiet and facts.now - facts.last_line > QUIET  # type: ignore[operator]
        return Outcome.HUNG if long and facts.state is JobState.RUNNING else Outcome.RUNNING
    return None


def _cause(
    outcome: Outcome, end: Finding | None, first: Finding | None, asked: Sequence[Finding]
) -> Finding | None:
    if outcome in (Outcome.COMPLETED, Outcome.UNKNOWN, Outcome.RUNNING):
        return None
    if outcome is Outcome.CANCELLED:
        return end or (asked[0] if asked else None)
    if end is not None and (first is None or first.tier > 1 or first.order > end.order):
        return end if outcome is not Outcome.FAILED else first
    return first or (asked[0] if asked else None)


def _nearness(finding: Finding) -> tuple[int, int]:
    """Which of several is the first cause: by tier, then by order."""
    return (finding.tier, finding.order)


def _order(finding: Finding) -> int:
    return finding.order


def _told(finding: Finding, story: Story) -> Cause:
    rank = finding.rank if finding.rank is not None else story.launcher_rank
    return Cause(finding.signature, rank, finding.line, finding.time, finding.text)


def _symptoms(
    story: Story, findings: Sequence[Finding], cause: Finding | None
) -> tuple[Symptom, ...]:
    """The other findings by kind, in order of their first line."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding is not cause and finding.signature.role is not Role.SUCCESS:
            kinds.setdefault(finding.signature.id, []).append(finding)
    found = []
    for name, each in kinds.items():
        more = {rank: n for (kind, rank), n in story.further.items() if kind == name}
        ranks = {one.rank for one in each} | set(more)
        found.append(
            Symptom(
                signature=each[0].signature,
                count=len(each) + sum(more.values()),
                ranks=tuple(sorted(rank for rank in ranks if rank is not None)),
                line=each[0].line,
                text=each[0].text,
            )
        )
    return tuple(found)


def _confidence(outcome: Outcome, cause: Finding | None, facts: RunFacts) -> Confidence:
    if outcome is Outcome.UNKNOWN:
        return Confidence.NONE
    if cause is None:
        return Confidence.HIGH if _known(facts) is outcome else Confidence.MEDIUM
    if cause.signature.role is Role.CASCADE:
        return Confidence.LOW
    if cause.tier <= 1 or cause.signature.id in _ENDS:
        return Confidence.HIGH
    return Confidence.MEDIUM if cause.tier <= 3 else Confidence.LOW
