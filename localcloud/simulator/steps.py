"""How far a job is at a moment, from its attempts alone."""

from __future__ import annotations

from localcloud.simulator.plan import Attempt, Life


def step_at(life: Life, attempt: Attempt, moment: int) -> int:
    """The step an attempt has reached."""
    until = min(moment, attempt.halt)
    if until <= attempt.ready or not life.work_seconds:
        return attempt.first_step
    return attempt.first_step + int((until - attempt.ready) / (life.step_seconds * 1000))


def moment_of(life: Life, attempt: Attempt, step: int) -> int:
    """When an attempt reaches a step, rounded up to whole milliseconds."""
    return attempt.ready + -int(-(step - attempt.first_step) * life.step_seconds * 1000 // 1)


def saved_step(life: Life, attempt: Attempt, moment: int) -> int | None:
    """The newest checkpoint an attempt knows of; `None` where there is none."""
    every = life.checkpoint_steps
    if not every:
        return None
    step = step_at(life, attempt, moment) // every * every
    newest = max(step, attempt.first_step)
    return newest or None


def next_save(life: Life, attempt: Attempt, moment: int) -> tuple[int, int] | None:
    """Moment and step of the first checkpoint after a moment, while the attempt works."""
    every = life.checkpoint_steps
    if not every:
        return None
    step = (step_at(life, attempt, moment) // every + 1) * every
    due = moment_of(life, attempt, step)
    return (due, step) if due < attempt.halt and due > moment else None


def first_new_step(life: Life, attempt: Attempt) -> int | None:
    """When the first step after the start is done; `None` where it never is."""
    due = moment_of(life, attempt, attempt.first_step + 1)
    return due if life.work_seconds and due < attempt.halt else None


def accelerator_millis(life: Life, now: int) -> int:
    """Thousandths of accelerators x milliseconds held until now; exact."""
    held = 0
    for attempt in life.attempts:
        end = attempt.end if attempt.end < now else now
        if end > attempt.start:
            held += end - attempt.start
    return held * life.milli
