"""A real terminal for tests: a program in a pty, its screen kept by a terminal emulator.

Nothing here waits by guessing. A reader thread feeds the emulator and wakes whoever waits; a
wait that fails shows the screen as it was.
"""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

from tests.e2e.emulator import Filter

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "space": " ",
}


_TICK = 0.05
"""Seconds between two reads of a slow terminal."""


class Terminal:
    """One program in a terminal of `columns` by `rows` cells.

    Use it as a context manager: leaving it ends the program by its process id.

    Args:
        bytes_per_second: how fast it takes what the program writes, as over a serial line.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        bytes_per_second: int = 0,
    ) -> None:
        self._rate = bytes_per_second
        self._reads = threading.Event()
        self._reads.set()
        self._screen = pyte.Screen(columns, rows)
        # The emulator answers what the program asks (cursor position, device kind).
        self._screen.write_process_input = self._answer  # type: ignore[method-assign]
        self._stream = pyte.Stream(self._screen)
        self._filter = Filter()
        self._changed = threading.Condition()
        self._raw = bytearray()
        self._ended = False
        self._broken: Exception | None = None
        self._command = list(command)
        self._master, self._slave = pty.openpty()
        _set_size(self._slave, columns, rows)
        # A session leader's first open of a terminal makes it the controlling one, so the shell
        # opens it by name and then becomes the program, keeping its process id.
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", 'exec "$@" 0<>"$0" 1>&0 2>&0', os.ttyname(self._slave), *command],
            stdin=subprocess.DEVNULL,
            env=dict(os.environ if env is None else env),
            cwd=cwd,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name="terminal reader", daemon=True)
        self._waiter = threading.Thread(target=self._hang_up, name="terminal end", daemon=True)
        self._reader.start()
        self._waiter.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def raw(self) -> bytes:
        """Every byte the program wrote so far."""
        with self._changed:
            return bytes(self._raw)

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, line by line, as a shell wants it."""
        wanted = termios.ECHO | termios.ICANON
        return bool(termios.tcgetattr(self._master)[3] & wanted == wanted)

    def screen(self) -> list[str]:
        """The lines as a person sees them now, blanks at the end cut off."""
        with self._changed:
            return self._lines()

    def text(self) -> str:
        """The whole screen as one text."""
        return "\n".join(self.screen())

    def send(self, *keys: str) -> None:
        """Type keys by name (`enter`, `ctrl+c`, `alt+x`, `up`) or text as it is."""
        for key in keys:
            _write_all(self._master, encode_key(key))

    def type(self, text: str) -> None:
        """Type a text letter by letter, never read as the name of a key."""
        _write_all(self._master, text.encode())

    def wait_for(
        self, wanted: str | Callable[[list[str]], bool], timeout: float = 15.0, what: str = ""
    ) -> list[str]:
        """Wait until the text is on the screen, or the predicate holds for its lines.

        Raises:
            AssertionError: it did not come in `timeout` seconds, or the program ended before;
                the message shows the screen.
        """
        holds = _contains(wanted) if isinstance(wanted, str) else wanted
        what = what or (repr(wanted) if isinstance(wanted, str) else "the condition")
        deadline = time.monotonic() + timeout
        with self._changed:
            while not holds(lines := self._lines()):
                if self._broken is not None:
                    raise AssertionError(self._report("the emulator broke")) from self._broken
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    why = "the program ended" if self._ended else f"{timeout} s went by"
                    raise AssertionError(self._report(f"waited for {what}, but {why}"))
                self._changed.wait(left)
            return lines

    def wait_gone(self, text: str, timeout: float = 15.0) -> list[str]:
        """Wait until the text is no longer on the screen."""
        holds = _contains(text)
        return self.wait_for(lambda lines: not holds(lines), timeout, f"{text!r} to go away")

    def wait_exit(self, timeout: float = 15.0) -> int:
        """Wait for the program's end and for its last output; returns its exit code."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            with self._changed:
                raise AssertionError(self._report(f"still runs after {timeout} s")) from None
        self._reader.join(timeout)
        return code

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size; the program gets SIGWINCH from the kernel."""
        with self._changed:
            self._screen.resize(rows, columns)
        _set_size(self._master, columns, rows)

    def stall(self) -> None:
        """Take nothing of what the program writes until `go_on`, as a frozen window does."""
        self._reads.clear()

    def go_on(self) -> None:
        """Take what the program writes again."""
        self._reads.set()

    def close(self) -> None:
        """End the program and everything in its session's foreground, by process id."""
        self._rate = 0
        self.go_on()
        if self.process.poll() is None:
            for number, patience in ((signal.SIGHUP, 2.0), (signal.SIGKILL, 10.0)):
                # Its own session: the group holds only what this terminal started.
                os.killpg(self.process.pid, number)
                try:
                    self.process.wait(patience)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self._waiter.join(5.0)
        self._reader.join(5.0)
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def _hang_up(self) -> None:
        """Close our own hold on the terminal when the program is gone, so that reading ends."""
        self.process.wait()
        os.close(self._slave)

    def _read(self) -> None:
        while True:
            self._reads.wait()
            if self._rate:
                time.sleep(_TICK)
            try:
                data = os.read(self._master, int(self._rate * _TICK) or 65_536)
            except OSError:
                # Linux answers EIO when the last holder of the other side is gone.
                data = b""
            with self._changed:
                self._raw += data
                try:
                    self._stream.feed(self._filter.feed(data))
                except Exception as error:
                    self._broken = error
                self._ended = not data
                self._changed.notify_all()
                if not data or self._broken:
                    return

    def _answer(self, data: str) -> None:
        _write_all(self._master, data.encode())

    def _lines(self) -> list[str]:
        screen = self._screen
        cells = range(screen.columns)
        # The second half of a wide character is an empty cell.
        return [
            "".join(screen.buffer[row][cell].data for cell in cells).rstrip()
            for row in range(screen.lines)
        ]

    def _report(self, sentence: str) -> str:
        width = self._screen.columns
        cursor = self._screen.cursor
        body = "\n".join(f"|{line:<{width}}|" for line in self._lines())
        return (
            f"{sentence}\n{' '.join(self._command)} (pid {self.process.pid}, "
            f"exit {self.process.poll()}), cursor {cursor.x},{cursor.y}\n"
            f"+{'-' * width}+\n{body}\n+{'-' * width}+"
        )


def encode_key(key: str) -> bytes:
    """The bytes a terminal sends for a key."""
    if key in KEYS:
        return KEYS[key].encode()
    if key.startswith("ctrl+") and len(key) == 6:
        return bytes([ord(key[5].upper()) & 0x1F])
    if key.startswith("alt+"):
        return b"\x1b" + encode_key(key[4:])
    return key.encode()


def _contains(text: str) -> Callable[[list[str]], bool]:
    return lambda lines: any(text in line for line in lines)


def _set_size(descriptor: int, columns: int, rows: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
