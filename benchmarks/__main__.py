"""`make bench`: run the benches, print tables and verdicts; exits 1 when something became worse."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks import document, first_frame, giant, history, inprocess, lists, logs, startup, week
from benchmarks.measure import calibrate
from benchmarks.plan import SEED, Plan
from benchmarks.report import Finding, Verdict, write

BENCHES: Mapping[str, Callable[[Plan], Finding]] = {
    "startup": startup.bench,
    "decode": inprocess.decode,
    "charts": inprocess.charts,
    "lists": lists.bench,
    "logs": logs.bench,
    "console": first_frame.bench,
    "giant": giant.bench,
    "week": week.bench,
}
LATEST = Path("build") / "bench" / "latest.json"


def main(arguments: list[str]) -> int:
    """Run all benches, or the named ones; returns the exit code."""
    chosen = _parse(arguments)
    plan = Plan(chosen.rounds, chosen.seed, chosen.scale)
    # What is started is ended by the ways out of Python, of which this signal is none.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    misses = history.known_misses()
    recorded = history.ratios(history.load(), version("quarterdeck"))
    machine = _machine()
    print(machine, end="\n\n", flush=True)
    findings: list[Finding] = []
    broken: list[str] = []
    for name in chosen.bench or BENCHES:
        started = time.monotonic()
        try:
            finding = BENCHES[name](plan)
        except Exception:
            broken.append(f"{name} could not be measured")
            traceback.print_exc()
            print(f"{broken[-1]}\n", flush=True)
            continue
        broken.extend(f"{name}: {reason}" for reason in finding.broken)
        findings.append(finding)
        print(write(finding, frozenset(misses)))
        print(f"  ({name}: {time.monotonic() - started:.0f} s)\n", flush=True)
    _save(findings, machine)
    if chosen.record:
        document.write(history.keep(findings, version("quarterdeck"), machine), misses)
    for reason in broken:
        print(f"BROKEN: {reason}")
    worse = _judge(findings, misses, recorded if plan.usual else {})
    return 1 if worse or broken else 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"{', '.join(BENCHES)}; all when none is named")
    parser.add_argument("--rounds", type=int, default=5, help="at least 3 (%(default)s)")
    parser.add_argument(
        "--record", action="store_true", help="keep the results for this version, in the document"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="of rows and tenants (%(default)s)")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="lists and tenants so many times as long"
    )
    chosen = parser.parse_args(arguments)
    if chosen.record and not Plan(3, chosen.seed, chosen.scale).usual:
        parser.error("only the usual seed and sizes are recorded")
    unknown = set(chosen.bench) - set(BENCHES)
    if unknown or chosen.rounds < 3:
        parser.error(f"unknown bench {', '.join(unknown)}" if unknown else "--rounds is below 3")
    return chosen


def _machine() -> str:
    now = calibrate()
    busy = f"{now.busy:.2f} (1.0 is an idle machine)"
    return (
        f"Python {platform.python_version()}, Textual {version('textual')}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, "
        f"load {os.getloadavg()[0]:.1f}, calibration loop {now.cpu * 1000:.0f} ms CPU, "
        f"wall over CPU {busy}"
    )


def _save(findings: Sequence[Finding], machine: str) -> None:
    LATEST.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine, "rows": history.plain(findings)}
    LATEST.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _judge(
    findings: Sequence[Finding], misses: Mapping[str, str], recorded: Mapping[str, float]
) -> int:
    rows = [row for finding in findings for row in finding.rows]
    missed = [row for row in rows if row.verdict is Verdict.MISSED]
    worse = history.regressions(rows, recorded)
    for row in missed:
        reason = misses.get(row.key)
        print(
            f"{Verdict.KNOWN if reason else Verdict.MISSED}: {row.key}"
            + f": {reason}" * bool(reason)
        )
    for regression in worse:
        print(f"WORSE: {regression}")
    return 1 if worse or any(row.key not in misses for row in missed) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
