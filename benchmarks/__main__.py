"""`make bench`: run the benches, print tables and verdicts; exits 1 when something became worse."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks import document, first_frame, giant, history, inprocess, lists, startup
from benchmarks.measure import calibrate
from benchmarks.processes import ProcessFailed
from benchmarks.pty.terminal import ProgramEnded
from benchmarks.report import Finding, Verdict, write

BENCHES: Mapping[str, Callable[[int], Finding]] = {
    "startup": startup.bench,
    "decode": inprocess.decode,
    "charts": inprocess.charts,
    "lists": lists.bench,
    "console": first_frame.bench,
    "giant": giant.bench,
}
LATEST = Path("build") / "bench" / "latest.json"


def main(arguments: list[str]) -> int:
    """Run all benches, or the named ones; returns the exit code."""
    chosen = _parse(arguments)
    misses = history.known_misses()
    recorded = history.ratios(history.load(), version("quarterdeck"))
    print(_machine(), end="\n\n", flush=True)
    findings: list[Finding] = []
    broken: list[str] = []
    for name in chosen.bench or BENCHES:
        started = time.monotonic()
        try:
            finding = BENCHES[name](chosen.rounds)
        except (ProcessFailed, ProgramEnded, AssertionError) as error:
            broken.append(name)
            print(f"{name} could not be measured: {error}\n", flush=True)
            continue
        findings.append(finding)
        print(write(finding, frozenset(misses)))
        print(f"  ({name}: {time.monotonic() - started:.0f} s)\n", flush=True)
    _save(findings)
    if chosen.record:
        document.write(history.keep(findings, version("quarterdeck"), _machine()), misses)
    return _judge(findings, misses, recorded) or (1 if broken else 0)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"{', '.join(BENCHES)}; all when none is named")
    parser.add_argument("--rounds", type=int, default=5, help="at least 3 (%(default)s)")
    parser.add_argument(
        "--record", action="store_true", help="keep the results for this version, in the document"
    )
    chosen = parser.parse_args(arguments)
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


def _save(findings: Sequence[Finding]) -> None:
    LATEST.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": _machine(), "rows": history.plain(findings)}
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
