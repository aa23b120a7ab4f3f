"""Logs of workers, made when somebody reads them: the same bytes however they are asked for.

Every line is `WIDTH` bytes long, so an offset names a line and a line needs no other one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from localcloud.simulator.dice import mixed
from localcloud.simulator.error_lines import error_lines
from localcloud.simulator.failures import CAUSES
from localcloud.simulator.moments import MINUTE, SECOND, from_moment
from localcloud.simulator.plan import Attempt, Life
from localcloud.simulator.steps import moment_of, step_at
from localcloud.simulator.views import loss_at, token_rate

WIDTH = 128
_STEPS_PER_SAVE_LINE = 10
_LEAST_LINE_SECONDS = 1.0
_ALIVE_SECONDS = 10.0


@dataclass(frozen=True)
class Place:
    """Where the worker runs, for its first lines."""

    node: str
    slots: tuple[int, ...]
    model: str
    cause: str
    """The sentence of the failure that ended it; empty where none did."""
    broken_rank: int


class SimulatedLog:
    """One worker's log of one attempt as of a moment."""

    def __init__(self, life: Life, rank: int, attempt: Attempt | None, place: Place, now: int):
        self._life, self._rank, self._attempt, self._place = life, rank, attempt, place
        self._now = now
        self.attempt = attempt.number if attempt is not None else 0
        self.ended = life.state.ended if attempt is None else now >= attempt.end
        if attempt is not None:
            self._head = self._start_lines(attempt)
            self._every = self._steps_per_line()
            self._tail = self._end_lines(attempt)

    def size(self) -> int:
        """Bytes written so far."""
        return self._lines() * WIDTH

    def read(self, start: int, end: int) -> bytes:
        """Bytes [start, end), fewer where the log ends before."""
        end = min(end, self.size())
        if start >= end:
            return b""
        first = start // WIDTH
        lines = [self._line(number) for number in range(first, (end - 1) // WIDTH + 1)]
        return b"".join(lines)[start - first * WIDTH : end - first * WIDTH]

    def _lines(self) -> int:
        attempt, now = self._attempt, self._now
        if attempt is None or now < attempt.start:
            return 0
        if now < attempt.ready and now < attempt.halt:
            share = (now - attempt.start) / max(1, attempt.ready - attempt.start)
            return min(len(self._head), 1 + int(share * len(self._head)))
        body = self._body(attempt, now)
        tail = len(self._tail) if now >= attempt.halt else 0
        return len(self._head) + body + tail

    def _body(self, attempt: Attempt, moment: int) -> int:
        """Step lines written until a moment."""
        if not self._life.work_seconds:
            until = min(moment, attempt.halt)
            return max(0, int((until - attempt.ready) / (_ALIVE_SECONDS * SECOND)))
        done = step_at(self._life, attempt, moment) - attempt.first_step
        return done // self._every

    def _steps_per_line(self) -> int:
        return max(1, int(_LEAST_LINE_SECONDS / self._life.step_seconds + 0.999))

    def _line(self, number: int) -> bytes:
        attempt = self._attempt
        assert attempt is not None
        if number < len(self._head):
            span = max(0, min(attempt.ready, attempt.halt) - attempt.start)
            moment = attempt.start + span * number // len(self._head)
            return self._written(moment, self._head[number])
        number -= len(self._head)
        if number < self._body(attempt, self._now):
            return self._body_line(attempt, number)
        rest = number - self._body(attempt, self._now)
        return self._written(attempt.halt, self._tail[rest])

    def _body_line(self, attempt: Attempt, number: int) -> bytes:
        life = self._life
        if not life.work_seconds:
            moment = attempt.ready + int((number + 1) * _ALIVE_SECONDS * SECOND)
            return self._written(moment, f"alive for {(moment - attempt.ready) // SECOND} s")
        step = attempt.first_step + (number + 1) * self._every
        moment = moment_of(life, attempt, step)
        noise = (mixed(life.number, self._rank, step) & 0xFFFF) / 0xFFFF - 0.5
        tokens = token_rate(life) * (1 + 0.04 * noise)
        text = (
            f"step {step}/{life.total_steps} loss {loss_at(life, step):.3f} tokens/s {tokens:.0f}"
        )
        saves = life.checkpoint_steps
        if saves and step // saves > (step - self._every) // saves:
            text += f" saved checkpoint step-{step // saves * saves:08d}"
        else:
            text += f" grad_norm {0.6 + 0.3 * abs(noise):.3f} mem {38 + 30 * life.level:.1f}GiB"
        return self._written(moment, text)

    def _written(self, moment: int, text: str) -> bytes:
        minute, rest = divmod(moment, MINUTE)
        line = f"{_minute(minute)}:{rest // SECOND:02d} [rank {self._rank}] {text}"
        return line.encode("ascii", "replace")[: WIDTH - 1].ljust(WIDTH - 1) + b"\n"

    def _start_lines(self, attempt: Attempt) -> list[str]:
        life, place = self._life, self._place
        slots = ",".join(map(str, place.slots))
        lines = [
            f"worker {self._rank} of {life.workers} starts on {place.node}, accelerators {slots}",
            f"job {life.name} attempt {attempt.number} framework {life.framework or 'none'}",
            f"found {len(place.slots)} x {place.model}",
            f"rendezvous: waiting for {life.workers} workers",
            "rendezvous: complete",
        ]
        if life.slots > 1:
            lines.append(f"NCCL INFO Bootstrap : Using eth0, world size {life.workers}")
            lines.append("NCCL INFO comm initialised, rings and trees built")
        lines.append("data: opened the shard index")
        if attempt.first_step:
            lines.append(f"resumed from step {attempt.first_step}")
        else:
            lines.append("model: initialised from scratch")
        return lines

    def _end_lines(self, attempt: Attempt) -> list[str]:
        if attempt.cause >= 0:
            mine = self._rank == self._place.broken_rank
            return error_lines(CAUSES[attempt.cause].word, self._place.cause, mine, self._rank)
        if attempt.note or attempt.restart:
            return ["received SIGTERM, stopping"]
        return ["training finished", "worker exits with code 0"]


@lru_cache(maxsize=1024)
def _minute(minute: int) -> str:
    return from_moment(minute * MINUTE).strftime("%Y-%m-%d %H:%M")
