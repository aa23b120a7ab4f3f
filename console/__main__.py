"""Entry point of `quarterdeck` and `qd`: answers `--version` before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys

from console.version import version


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"quarterdeck {version()}")
        return 0
    if not sys.argv[1:]:
        # Nothing made while the console loads is garbage; it turns the collector on again.
        gc.disable()
    # Looking for plug-ins of pydantic reads the metadata of every package installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from console.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
