"""A job stopped and started again, the look changed, the window resized: by keyboard alone."""

from __future__ import annotations

import sys

from tests.cloud import EmbeddedCloud
from tests.e2e.console import command, confirm, console, qd, quit_console
from tests.e2e.test_bad_input import on_jobs, re_line

LOOPING = f'exec {sys.executable} -c "import time; print(1, flush=True); time.sleep(600)"'


def test_stop_restart_language_theme_help_and_resize(embedded_cloud: EmbeddedCloud) -> None:
    qd("jobs", "submit", "--name", "steady", "--accelerators", "1", "--command", LOOPING)
    with console() as terminal:
        on_jobs(terminal)
        terminal.wait_for(re_line("steady .*● running"))
        terminal.send("x")
        terminal.wait_for("Stop the job")
        terminal.send("c")
        confirm(terminal, "steady")
        terminal.wait_for(re_line("steady .*■ stopped"), 30)
        terminal.send("x")
        terminal.wait_for("Restart from the last checkpoint")
        terminal.send("r")
        confirm(terminal, "steady")
        terminal.wait_for(re_line("steady .*● running"), 30)

        command(terminal, "language")
        terminal.wait_for(lambda lines: lines[0].startswith(" 作"), what="Chinese")
        command(terminal, "language")
        terminal.wait_for(lambda lines: lines[0].startswith(" Jobs"))
        command(terminal, "theme")
        terminal.wait_for(re_line("(?i)theme"))
        terminal.send("?")
        terminal.wait_for("Keys that work here")
        terminal.send("escape")
        terminal.wait_gone("Keys that work here")
        for columns, rows in ((60, 16), (80, 24), (120, 40)):
            terminal.resize(columns, rows)
            terminal.wait_for(lambda lines: lines[0].startswith(" Jobs"))
            terminal.wait_for(re_line("steady .*●"))
        quit_console(terminal)
        raw = terminal.raw
        assert raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h"), "back on the main screen"
        assert raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l"), "the cursor is shown"
        assert terminal.echoes(), "what is typed is seen again"
