"""Sums over the gang: every rank sends its numbers to rank 0, which adds them and answers.

Rank 0 adds in the order of the ranks, whoever answers first, because the order decides how a
sum of floats rounds. The gang is as strong as its weakest rank: one lost ends all.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from typing import Protocol

import numpy as np

from examples.charlm.environment import Place, StopRequest
from examples.charlm.errors import BadInput, PeerLost, RunError
from examples.charlm.model import Floats

_GREETING = "quarterdeck-charlm"
_LONGEST_GREETING = 4096
_LENGTH = struct.Struct("!Q")
_SILENCE = 120.0
"""Seconds without a byte after which a rank counts as lost."""


class Gang(Protocol):
    """What the training loop needs of the other ranks."""

    def sum(self, numbers: Floats) -> Floats: ...
    def share(self, data: bytes) -> bytes:
        """Rank 0's bytes, on every rank."""
        ...

    def close(self) -> None: ...


class Alone:
    """The gang of one."""

    def sum(self, numbers: Floats) -> Floats:
        return numbers

    def share(self, data: bytes) -> bytes:
        return data

    def close(self) -> None:
        return None


class Link:
    """A connection to one other rank."""

    def __init__(self, sock: socket.socket, rank: int) -> None:
        self._sock = sock
        self._rank = rank
        sock.settimeout(_SILENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise self._lost(error) from error

    def receive(self, count: int) -> bytearray:
        """Exactly `count` bytes."""
        buffer = bytearray(count)
        view, got = memoryview(buffer), 0
        while got < count:
            try:
                n = self._sock.recv_into(view[got:])
            except OSError as error:
                raise self._lost(error) from error
            if n == 0:
                raise PeerLost(f"lost rank {self._rank}: it closed the connection")
            got += n
        return buffer

    def greet(self, greeting: dict[str, str | int]) -> None:
        self.send(json.dumps(greeting).encode() + b"\n")

    def close(self) -> None:
        self._sock.close()

    def _lost(self, error: OSError) -> PeerLost:
        if isinstance(error, TimeoutError):
            return PeerLost(f"lost rank {self._rank}: silent for {_SILENCE:.0f} s")
        return PeerLost(f"lost rank {self._rank}: {error.strerror or error}")


class Reducer:
    """Rank 0's side."""

    def __init__(self, links: list[Link]) -> None:
        self._links = links

    def sum(self, numbers: Floats) -> Floats:
        total = numbers.copy()
        for link in self._links:
            total += _decode(link.receive(numbers.nbytes))
        answer = _encode(total)
        for link in self._links:
            link.send(answer)
        return total

    def share(self, data: bytes) -> bytes:
        for link in self._links:
            link.send(_LENGTH.pack(len(data)) + data)
        return data

    def close(self) -> None:
        for link in self._links:
            link.close()


class Member:
    """The side of every other rank."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def sum(self, numbers: Floats) -> Floats:
        self._link.send(_encode(numbers))
        return _decode(self._link.receive(numbers.nbytes))

    def share(self, data: bytes) -> bytes:
        (length,) = _LENGTH.unpack(self._link.receive(_LENGTH.size))
        return bytes(self._link.receive(length))

    def close(self) -> None:
        self._link.close()


def _encode(numbers: Floats) -> bytes:
    return numbers.astype("<f4", copy=False).tobytes()


def _decode(data: bytearray) -> Floats:
    return np.frombuffer(data, dtype="<f4").astype(np.float32, copy=False)


def join(place: Place, run: str, stop: StopRequest, *, patience: float = 60.0) -> Gang:
    """Meet the other ranks; `run` describes the options all must share.

    Raises:
        PeerLost: not every rank came within `patience` seconds.
        BadInput: a rank was started with other options.
        Stopped: somebody asked to stop while waiting.
    """
    if place.world == 1:
        return Alone()
    deadline = time.monotonic() + patience
    if place.rank == 0:
        return Reducer(_accept_all(place, run, stop, deadline))
    return Member(_connect(place, run, stop, deadline))


def _accept_all(place: Place, run: str, stop: StopRequest, deadline: float) -> list[Link]:
    links: dict[int, Link] = {}
    try:
        listener = socket.create_server((place.host, place.port), backlog=place.world)
    except OSError as error:
        raise RunError(
            f"cannot listen on {place.host}:{place.port}: {error.strerror or error}"
        ) from error
    try:
        with listener:
            listener.settimeout(0.2)
            while len(links) < place.world - 1:
                stop.check()
                if time.monotonic() > deadline:
                    missing = sorted(set(range(1, place.world)) - set(links))
                    raise PeerLost(f"rank {', '.join(map(str, missing))} did not come in time")
                _accept_one(listener, place, run, links)
        for link in links.values():
            link.greet({"hello": _GREETING, "rank": 0, "run": run})
    except RunError:
        for link in links.values():
            link.close()
        raise
    return [links[rank] for rank in sorted(links)]


def _accept_one(listener: socket.socket, place: Place, run: str, links: dict[int, Link]) -> None:
    """Add whoever connects now, if it is a rank of ours that is still missing."""
    try:
        sock, _ = listener.accept()
    except TimeoutError:
        return
    sock.settimeout(5.0)
    greeting = _read_greeting(sock)
    rank = greeting.get("rank")
    if not isinstance(rank, int) or not 0 < rank < place.world or rank in links:
        sock.close()
        return
    links[rank] = Link(sock, rank)
    if greeting.get("run") != run or greeting.get("world") != place.world:
        links[rank].greet({"hello": _GREETING, "run": run})
        raise BadInput(f"rank {rank} was started with other options or another text than rank 0")


def _connect(place: Place, run: str, stop: StopRequest, deadline: float) -> Link:
    sock = _reach(place, stop, deadline)
    link = Link(sock, 0)
    try:
        link.greet({"hello": _GREETING, "rank": place.rank, "world": place.world, "run": run})
        answer: dict[str, object] | None = None
        while answer is None:
            # Rank 0 answers when all have come; meanwhile somebody may ask us to stop.
            stop.check()
            if time.monotonic() > deadline:
                raise PeerLost("rank 0 did not answer in time: a rank is missing")
            if select.select([sock], [], [], 0.2)[0]:
                answer = _read_greeting(sock)
        if not answer:
            raise PeerLost("lost rank 0: it went away before all ranks had come")
        if answer.get("run") != run:
            raise BadInput("rank 0 was started with other options or another text than this rank")
    except RunError:
        link.close()
        raise
    return link


def _reach(place: Place, stop: StopRequest, deadline: float) -> socket.socket:
    """Connect to rank 0, which may start later than this rank."""
    pause = 0.05
    while True:
        stop.check()
        problem = "nobody listens"
        try:
            sock = socket.create_connection((place.host, place.port), timeout=2.0)
            # A port nobody listens on may be lent to this very connection, which then meets itself.
            if sock.getsockname() != sock.getpeername():
                return sock
            sock.close()
        except OSError as error:
            problem = error.strerror or str(error)
        if time.monotonic() > deadline:
            raise PeerLost(f"rank 0 does not answer on {place.host}:{place.port}: {problem}")
        time.sleep(pause)
        pause = min(1.0, pause * 1.5)


def _read_greeting(sock: socket.socket) -> dict[str, object]:
    """One line of JSON; empty when what came is no greeting of ours."""
    line = bytearray()
    try:
        while not line.endswith(b"\n") and len(line) < _LONGEST_GREETING:
            # Byte by byte: what follows the line belongs to the sums.
            byte = sock.recv(1)
            if not byte:
                return {}
            line += byte
        greeting = json.loads(line)
    except (OSError, ValueError):
        return {}
    if not isinstance(greeting, dict) or greeting.get("hello") != _GREETING:
        return {}
    return greeting
