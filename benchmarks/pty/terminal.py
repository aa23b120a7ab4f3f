"""A program in a terminal of its own; every time is taken as its bytes are read.

One thread reads with `select` and notes when each chunk came. The terminal is drawn by an emulator
only on demand, after the timed path, so that drawing costs the program nothing.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyte

from benchmarks.pty import tree
from benchmarks.pty.stream import ALTERNATE_SCREEN, Chunk, answers_to, left_behind, modes, words
from tests.e2e.emulator import Filter

COLUMNS, ROWS = 120, 40
_BLOCK = 1 << 16


class ProgramEnded(Exception):
    """The program was gone while something was still expected of it; the message has its words."""


@dataclass(frozen=True)
class Quit:
    """How a program left."""

    screen_back: float | None
    """Seconds from the key until the first screen was back; `None` where it never left it."""
    gone: float
    """Seconds from the key until the process was gone."""
    code: int
    problems: tuple[str, ...]
    """What is not as it was in the terminal: modes left on, other line settings."""


class Terminal:
    """One program in a terminal; a context manager that ends what it started."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        columns: int = COLUMNS,
        rows: int = ROWS,
    ) -> None:
        self.chunks: list[Chunk] = []
        self._sizes = [(0, columns, rows)]
        self._picture = pyte.Screen(columns, rows)
        self._stream, self._known, self._drawn = pyte.Stream(self._picture), Filter(), 0
        self._command = list(command)
        self._master, self._slave = pty.openpty()
        os.set_blocking(self._master, False)
        self._set_size(columns, rows)
        self._silence_echo()
        self._line_settings = termios.tcgetattr(self._slave)
        whole = {"COLORTERM": "truecolor", **(os.environ if env is None else env)}
        self.started = time.perf_counter()
        # A session leader's first open of a terminal makes it the controlling one: the child
        # opens it by name. The shell in between costs under a millisecond, the same for all.
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", 'exec "$@" 0<>"$0" 1>&0 2>&0', os.ttyname(self._slave), *command],
            stdin=subprocess.DEVNULL,
            env={**whole, "TERM": "xterm-256color"},
            cwd=cwd,
            start_new_session=True,
        )
        self._pidfd = os.pidfd_open(self.process.pid)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the program and its session, free the terminal."""
        if self._master < 0:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for descriptor in (self._slave, self._master, self._pidfd):
            os.close(descriptor)
        self._master = -1

    # Input ------------------------------------------------------------------------------------

    def send(self, data: bytes) -> float:
        """Type bytes; returns the moment just before."""
        now = time.perf_counter()
        os.write(self._master, data)
        return now

    def resize(self, columns: int, rows: int) -> float:
        """Change the size and say so to the program; returns the moment just before."""
        now = time.perf_counter()
        self._sizes.append((len(self.chunks), columns, rows))
        self._set_size(columns, rows)
        return now

    # Output -----------------------------------------------------------------------------------

    def read(self, seconds: float) -> Chunk | None:
        """The next chunk, or `None` when none comes in time or the program is gone."""
        ready, _, _ = select.select([self._master, self._pidfd], [], [], max(0.0, seconds))
        if self._master not in ready:
            return None
        try:
            data = os.read(self._master, _BLOCK)
        except OSError:
            return None
        chunk = Chunk(time.perf_counter(), data)
        self.chunks.append(chunk)
        if answer := answers_to(data):
            os.write(self._master, answer)
        return chunk

    def read_for(self, seconds: float) -> int:
        """Read for so long; returns the bytes that came."""
        end = time.perf_counter() + seconds
        count = 0
        while (left := end - time.perf_counter()) > 0:
            chunk = self.read(left)
            if chunk is not None:
                count += len(chunk.data)
            elif not self.alive:
                break
        return count

    def settle(self, gap: float = 0.3, patience: float = 30.0) -> None:
        """Read until nothing came for `gap` seconds."""
        end = time.perf_counter() + patience
        while time.perf_counter() < end:
            if self.read(gap) is None:
                return

    def wait_first_frame(self, patience: float = 60.0) -> float:
        """Seconds from the start until anything to read was on the terminal."""
        return self._wait(lambda said: bool(words(said).strip()), "anything", patience)

    def wait_text(self, text: str, patience: float = 60.0, *, since: int = 0) -> float:
        """Seconds from the start until a text was written, in one piece or over again.

        Args:
            since: the number of chunks to skip, so that an older text does not count.
        """
        marker = text.encode()
        return self._wait(lambda said: marker in words(said), repr(text), patience, since)

    def time_of(self, text: str) -> float:
        """Seconds from the start to the chunk with which a text was written for the first time.

        Raises:
            ValueError: it was not.
        """
        said, marker = b"", text.encode()
        for chunk in self.chunks:
            said = said[-8_192:] + chunk.data
            if marker in words(said):
                return chunk.at - self.started
        raise ValueError(f"{text!r} was not written")

    def _wait(
        self, holds: Callable[[bytes], bool], what: str, patience: float, since: int = 0
    ) -> float:
        said = b"".join(chunk.data for chunk in self.chunks[since:])
        if said and holds(said):
            return self.chunks[-1].at - self.started
        end = time.perf_counter() + patience
        while (left := end - time.perf_counter()) > 0:
            chunk = self.read(left)
            if chunk is None:
                if not self.alive:
                    break
                continue
            # A text cut by a chunk's end is found with the next one.
            said = said[-8_192:] + chunk.data
            if holds(said):
                return chunk.at - self.started
        raise ProgramEnded(f"{what} was never shown by {self._command}:\n{self.text()}")

    # State ------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def output(self) -> bytes:
        return b"".join(chunk.data for chunk in self.chunks)

    def cpu_seconds(self) -> float:
        return tree.cpu_seconds(self.process.pid)

    def memory(self) -> tree.Memory:
        return tree.memory(self.process.pid)

    def screen(self) -> list[str]:
        """The lines of the terminal as they stand, drawn from all that was written."""
        sizes = {number: (rows, columns) for number, columns, rows in self._sizes[1:]}
        # What was drawn before stays drawn.
        for number in range(self._drawn, len(self.chunks)):
            if number in sizes:
                self._picture.resize(*sizes[number])
            self._stream.feed(self._known.feed(self.chunks[number].data))
        self._drawn = len(self.chunks)
        return [line.rstrip() for line in self._picture.display]

    def text(self) -> str:
        return "\n".join(self.screen())

    # The end ----------------------------------------------------------------------------------

    def quit(self, keys: bytes, patience: float = 10.0) -> Quit:
        """Type the keys that end the program and see how it leaves.

        Raises:
            ProgramEnded: it did not end in time.
        """
        before = modes(self.output).get(ALTERNATE_SCREEN, False)
        since = len(self.chunks)
        sent = self.send(keys)
        gone = self._await_end(sent, patience)
        self._drain()
        back = None
        if before:
            for number in range(since, len(self.chunks)):
                said = b"".join(chunk.data for chunk in self.chunks[since : number + 1])
                if modes(said).get(ALTERNATE_SCREEN) is False:
                    back = self.chunks[number].at - sent
                    break
        problems = left_behind(self.output)
        if termios.tcgetattr(self._slave) != self._line_settings:
            problems.append("the line settings differ")
        return Quit(back, gone, self.process.wait(), tuple(problems))

    def _await_end(self, sent: float, patience: float) -> float:
        end = sent + patience
        while (left := end - time.perf_counter()) > 0:
            ready, _, _ = select.select([self._master, self._pidfd], [], [], left)
            if self._pidfd in ready:
                return time.perf_counter() - sent
            if self._master in ready:
                self.read(0)
        raise ProgramEnded(f"{self._command} did not end:\n{self.text()}")

    def _drain(self) -> None:
        """What was written before the end and is not read yet."""
        while select.select([self._master], [], [], 0)[0]:
            try:
                data = os.read(self._master, _BLOCK)
            except OSError:
                return
            self.chunks.append(Chunk(time.perf_counter(), data))

    def _silence_echo(self) -> None:
        """A key typed ahead is shown by the program alone, never by the line itself."""
        settings = termios.tcgetattr(self._slave)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(self._slave, termios.TCSANOW, settings)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
