"""The way from the shell into the application when nothing else is asked for.

Reading a command line takes as long as ten frames. `quarterdeck` alone opens the console before
that is loaded; where anything is unusual the command line takes over and says what.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from console import last_frame, paths

if TYPE_CHECKING:
    from console.settings import Settings


def open_console() -> int | None:
    """Open the default profile; the exit code, or `None` where the command line must answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    name = os.environ.get("QUARTERDECK_PROFILE", "")
    early = name or ("" if paths.config_file().exists() else "local")
    shown = bool(early) and last_frame.show(early)
    from console.problems import ConfigError
    from console.profiles import load_profiles
    from console.settings import load_settings

    try:
        settings = load_settings()
        profile = load_profiles().get(name).name
    except (ConfigError, KeyError):
        settings, profile = None, ""
    if settings is None or settings.plain:
        if shown:
            last_frame.hide()
        return None
    return open_profile(profile, settings, shown=shown)


def open_profile(profile: str, settings: Settings, *, shown: bool = False, log: str = "") -> int:
    """Show the last screen while the application is being loaded, then run it.

    Args:
        shown: the last screen is on the terminal already.
        log: path of a log file to show in place of the overview.
    """
    shown = shown or (not log and last_frame.show(profile))
    from console.kept_code import KEPT_CODE

    KEPT_CODE.begin()
    try:
        from screens.app import run_app
    except BaseException:
        KEPT_CODE.end()
        if shown:
            last_frame.hide()
        raise
    return run_app(profile, settings=settings, log=log)
