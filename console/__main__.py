"""Entry point of `quarterdeck` and `qd`: answers `--version` before anything heavy is imported."""

from __future__ import annotations

import os
import sys

from console.version import version


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"quarterdeck {version()}")
        return 0
    # Looking for plug-ins of pydantic reads the metadata of every package installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from console.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
