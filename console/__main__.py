"""Entry point of `quarterdeck` and `qd`: answers `--version` before anything heavy is imported."""

from __future__ import annotations

import sys

from console.version import version


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"quarterdeck {version()}")
        return 0
    from console.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
