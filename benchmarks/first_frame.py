"""From starting the console to its frames, to an answered key, and to its end."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks import minimal_app
from benchmarks.measure import Many, Samples, interleave_many
from benchmarks.plan import Plan
from benchmarks.processes import peer, plain_env, run_process, workplace
from benchmarks.pty.answer import ANSWER, KEY, answered, close_line
from benchmarks.pty.terminal import Terminal
from benchmarks.report import Budget, Finding, Row
from benchmarks.tenant import Tenant, embedded

PYTHON = "python -c pass"
MINIMAL = "minimal Textual app"
AGAIN = "opened again"
"""As a person opens it: the last screen and the last good lists are on disk."""
WITHOUT_PICTURE = "no last screen"
"""The same without the picture: the frame is the application's own, from the last good lists."""
NEVER_OPENED = "never opened"
"""Nothing on disk: the frame waits for the first answer of the tenant."""
_OURS = (AGAIN, WITHOUT_PICTURE, NEVER_OPENED)
SETTLE_SECONDS = 6.0
"""How long the run before stays open, so that it has kept its lists and its screen."""
QUIT = b"qq"


def bench(plan: Plan) -> Finding:
    """Whole programs in terminals of 120x40."""
    with workplace() as folder, embedded(folder) as tenant:
        return _compare(tenant, folder, plan.rounds)


def _compare(tenant: Tenant, folder: Path, rounds: int) -> Finding:
    plain = plain_env(folder / "peers")
    minimal = [sys.executable, "-m", "benchmarks.minimal_app"]
    # In this order: the first leaves nothing on disk, the next ones need what a long run leaves.
    cases: dict[str, Many] = {
        PYTHON: partial(_python, plain),
        MINIMAL: partial(_life, minimal, plain, minimal_app.MARKER, b"j", "pressed-1", b"q"),
        NEVER_OPENED: lambda: _opened(tenant, tenant.state),
        AGAIN: lambda: _opened_before(tenant),
        WITHOUT_PICTURE: lambda: _opened(tenant, tenant.state / "frames"),
    }
    left_out = []
    text = folder / "text"
    text.write_text("".join(f"line {number}\n" for number in range(10_000)))
    for name, keys in (("less", b"q"), ("vim", b":q\r"), ("htop", b"q"), ("lnav", b"q")):
        path = peer(name)
        if path is None:
            left_out.append(f"{name} (not installed)")
        else:
            argument = [] if name == "htop" else [str(text)]
            cases[name] = partial(_peer, [path, *argument], plain, keys)
    lost: dict[str, str] = {}
    measured = interleave_many(cases, rounds, lost)
    left_out += [f"{name} ({reason})" for name, reason in lost.items() if name not in _OURS]
    return Finding(
        "The console in a terminal of 120x40: start and end",
        _rows(measured),
        left_out,
        broken=[f"{name}: {reason}" for name, reason in lost.items() if name in _OURS],
    )


def _python(env: Mapping[str, str]) -> dict[str, float]:
    taken, _ = run_process([sys.executable, "-c", "pass"], env)
    return {"first": taken.wall * 1000, "first CPU": taken.cpu * 1000}


def _life(
    command: Sequence[str], env: Mapping[str, str], text: str, key: bytes, answer: str, keys: bytes
) -> dict[str, float]:
    """One start with a key typed ahead, a settled while, and the end."""
    with Terminal(command, env=env) as terminal:
        first = terminal.wait_first_frame()
        interactive = answered(terminal, key, answer)
        cpu = terminal.cpu_seconds()
        terminal.wait_text(text)
        shown = terminal.time_of(text)
        terminal.settle()
        if key == KEY:
            close_line(terminal)
        end = terminal.quit(keys)
    if end.problems or end.code:
        raise AssertionError(f"{command} left the terminal changed: {end}")
    return {
        "first": first * 1000,
        "text": shown * 1000,
        "interactive": interactive * 1000,
        "interactive CPU": cpu * 1000,
        "screen back": (end.screen_back or end.gone) * 1000,
        "gone": end.gone * 1000,
    }


def _opened(tenant: Tenant, forget: Path | None = None) -> dict[str, float]:
    if forget is not None:
        shutil.rmtree(forget, ignore_errors=True)
    return _life(tenant.command, tenant.env, tenant.shown, KEY, ANSWER, QUIT)


def _opened_before(tenant: Tenant) -> dict[str, float]:
    # What a start of seconds leaves behind is not what a person's last day does.
    with Terminal(tenant.command, env=tenant.env) as terminal:
        terminal.wait_text(tenant.shown)
        terminal.read_for(SETTLE_SECONDS)
        terminal.quit(QUIT)
    return _opened(tenant)


def _peer(command: Sequence[str], env: Mapping[str, str], keys: bytes) -> dict[str, float]:
    with Terminal(command, env=env) as terminal:
        first = terminal.wait_first_frame()
        terminal.settle()
        end = terminal.quit(keys)
    return {
        "first": first * 1000,
        "screen back": (end.screen_back or end.gone) * 1000,
        "gone": end.gone * 1000,
    }


_WANTED = (
    # measure, unit, what it is, the case it is beside, budget, the cases of ours
    ("first", "ms", "first paint", PYTHON, Budget(factor=2.0), (AGAIN,)),
    ("text", "ms", "useful frame", MINIMAL, Budget(factor=1.15), (WITHOUT_PICTURE, NEVER_OPENED)),
    ("interactive", "ms", "a key answered", MINIMAL, None, (AGAIN, NEVER_OPENED)),
    ("interactive CPU", "ms CPU", "a key answered", MINIMAL, Budget(factor=1.15), (AGAIN,)),
    ("screen back", "ms", "quit, screen back", MINIMAL, Budget(factor=0.2), (AGAIN,)),
    ("gone", "ms", "quit, process gone", MINIMAL, Budget(factor=0.2), (AGAIN,)),
)


def _rows(measured: Mapping[str, Mapping[str, Samples]]) -> list[Row]:
    rows = []
    for measure, unit, what, beside, budget, cases in _WANTED:
        for case in cases:
            by_case = measured.get(measure, {})
            if case not in by_case:
                continue
            rows.append(
                Row(
                    key=f"console.{measure}.{case}".replace(" ", "-"),
                    scenario=f"{what}, {case}",
                    unit=unit,
                    ours=by_case[case],
                    against=by_case.get(beside),
                    # Never opened, the console waits for a tenant: told, but without a budget.
                    budget=None if case is NEVER_OPENED else budget,
                    others=[s for name, s in by_case.items() if name not in (*_OURS, beside)],
                )
            )
    return rows
