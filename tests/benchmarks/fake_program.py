"""A terminal program that answers each key after a known time: what the harness is tested on.

It enters the alternate screen, answers a key with as many letters after a delay, burns a known
amount of CPU on `b`, and leaves on `q`; `x` leaves without giving the terminal back.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
import tty

DELAY = 0.02
LETTERS = 40
CPU = 0.05


def main() -> None:
    """Serve keys until one of them ends it."""
    before = termios.tcgetattr(0)
    tty.setraw(0)
    signal.signal(signal.SIGWINCH, lambda *_: _say(f"size {os.get_terminal_size()[0]} "))
    _say("\x1b[?1049h\x1b[?25l\x1b[2J\x1b[Hgrid-is-\x1b[1mshown\x1b[0m")
    while (key := os.read(0, 1)) not in (b"q", b"x"):
        if key == b"b":
            end = time.process_time() + CPU
            while time.process_time() < end:
                pass
        elif key == b"n":
            continue
        else:
            time.sleep(DELAY)
        _say("a" * LETTERS)
    if key == b"q":
        _say("\x1b[?1049l\x1b[?25h")
        termios.tcsetattr(0, termios.TCSANOW, before)


def _say(text: str) -> None:
    os.write(1, text.encode())


if __name__ == "__main__":
    sys.exit(main())
