"""Who this process is in its gang, and whether somebody asked it to stop."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType

from examples.charlm.errors import BadInput, Stopped


@dataclass(frozen=True)
class Place:
    """This process's rank among `world` processes that meet at `host`:`port`."""

    rank: int = 0
    world: int = 1
    host: str = "127.0.0.1"
    port: int = 0


def read_place(env: Mapping[str, str]) -> Place:
    """Read RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT; without them the process is alone.

    Raises:
        BadInput: one of them is missing, no number, or out of range.
    """
    if "RANK" not in env and "WORLD_SIZE" not in env:
        return Place()
    world = _number(env, "WORLD_SIZE", 1, 4096)
    rank = _number(env, "RANK", 0, world - 1)
    if world == 1:
        return Place()
    if not env.get("MASTER_ADDR"):
        raise BadInput("MASTER_ADDR is not set, and WORLD_SIZE asks for a gang")
    return Place(rank, world, env["MASTER_ADDR"], _number(env, "MASTER_PORT", 1, 65_535))


def _number(env: Mapping[str, str], name: str, low: int, high: int) -> int:
    text = env.get(name, "")
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise BadInput(f"{name} is {text!r}; it must be a number from {low} to {high}")
    return int(text)


class StopRequest:
    """Remembers that SIGTERM or SIGINT came, so that the loop can end between two steps."""

    def __init__(self) -> None:
        self.signal: int | None = None

    @property
    def requested(self) -> bool:
        return self.signal is not None

    @property
    def exit_code(self) -> int:
        """128 + the signal, as shells count; SIGTERM's where another rank was asked."""
        return 128 + (self.signal or signal.SIGTERM)

    def install(self) -> None:
        """Listen from now on; call it in the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def check(self) -> None:
        """Raises: Stopped: somebody asked."""
        if self.requested:
            raise Stopped("stopped before the first step")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signal = number
        # The second one ends the process at once: whoever asks twice is in a hurry.
        signal.signal(number, signal.SIG_DFL)
