"""How far a job is at a moment, from its attempts alone."""

from __future__ import annotations

from localcloud.simulator.plan import Attempt, Life


def step_millis(life: Life) -> int:
    """Whole milliseconds a step takes."""
    return int(life.step_seconds * 1000 + 0.5) or 1


def step_at(life: Life, attempt: Attempt, moment: int) -> int:
    """The step an attempt has reached."""
    until = moment if moment < attempt.halt else attempt.halt
    if until <= attempt.ready or not life.work_seconds:
        return attempt.first_step
    step = attempt.first_step + (until - attempt.ready) // step_millis(life)
    # Ends are rounded up to whole seconds, which may be longer than a step.
    return min(step, life.total_steps) if life.total_steps else step


def moment_of(life: Life, attempt: Attempt, step: int) -> int:
    """When an attempt reaches a step."""
    return attempt.ready + (step - attempt.first_step) * step_millis(life)


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
            held += (end - attempt.start) * attempt.milli
    return held
