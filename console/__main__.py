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
    # Looking for plug-ins of pydantic reads the metadata of every package installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    code = None if sys.argv[1:] else _open()
    if code is not None:
        return code
    from console.cli.app import run

    return run(sys.argv[1:])


def _open() -> int | None:
    """Open the console; `None` where the command line must answer instead."""
    # Nothing made while the console loads is garbage; it turns the collector on again.
    gc.disable()
    try:
        from console.start import open_console

        return open_console()
    except (Exception, KeyboardInterrupt) as error:
        from console.cli.app import report

        return report(error)


if __name__ == "__main__":
    sys.exit(main())
