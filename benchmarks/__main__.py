"""`make bench`: run the benches, print tables and verdicts; exits 1 when a budget is broken."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version

from benchmarks import first_frame, startup
from benchmarks.report import Finding, write

BENCHES: Mapping[str, Callable[[int], Finding]] = {
    "startup": startup.bench,
    "first-frame": first_frame.bench,
}


def main(arguments: list[str]) -> int:
    """Run all benches, or the named ones; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"{', '.join(BENCHES)}; all when none is named")
    parser.add_argument("--rounds", type=int, default=9, help="at least 3 (%(default)s)")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.bench) - set(BENCHES)
    if unknown or chosen.rounds < 3:
        parser.error(f"unknown bench {', '.join(unknown)}" if unknown else "--rounds is below 3")
    print(
        f"Python {platform.python_version()}, Textual {version('textual')}, "
        f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}\n"
    )
    kept = True
    for name in chosen.bench or BENCHES:
        finding = BENCHES[name](chosen.rounds)
        print(write(finding), end="\n\n", flush=True)
        kept = kept and finding.kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
