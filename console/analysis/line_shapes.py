"""What a line may mean, worked out once for each shape: the line without its digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from console.analysis.log_labels import labelled, plain
from console.analysis.log_progress import step_of
from console.analysis.needles import covering
from console.analysis.signatures import Role, Signature

DIGITS = b"0123456789"

_KEPT = 20_000
_LONGEST = 1500
"""Bytes above which a line is looked at each time: its shape is its own."""

_HEAD, _TAIL = 16_384, 4096

_FIRST_FAILURE = b"Root Cause (first observed failure)"
_LAUNCHER_RANK = re.compile(
    rb"^\s*rank\s+: (\d+) \(local_rank: |mpirun noticed that process rank (\d+) "
    rb"|MPI_ABORT was invoked on rank (\d+) "
)
"""How torchrun's summary, and MPI, name the rank that failed first."""

_CHAINS = (b"During handling of the above exception", b"was the direct cause of the following")
_IGNORED = b"Exception ignored in"

_RAISED = re.compile(
    rb"(?:(?:[A-Za-z_]\w*\.)+[A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*)(?:\(\w+\))?(?:: |:?\s*$)"
)
"""The last line of a traceback whose exception has a name of its own."""

_OF_A_RUN = re.compile(
    rb"traceback \(most|torch|nccl|hccl|\bsrun\b|slurm|cuda|\.py\b|mpirun|nvrm|\bpod/|\bjax"
    rb"|tensorflow|paddle|mindspore|deepspeed|megatron|sbatch|\bray\b|\bloss\b|\bgpus?\b|llm"
)
"""Words that a job's log has and that of a service hardly ever."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What lines of one shape may be.

    Attributes:
        progress: they say how far the run is.
        chain: the exception that follows was raised because of the one before.
        summary: a launcher says who failed first.
        ignored: the exception that follows harms nobody.
        raised: they end a traceback, if they follow one.
    """

    progress: bool
    signatures: tuple[Signature, ...] = ()
    chain: bool = False
    summary: bool = False
    ignored: bool = False
    raised: bool = False


PROGRESS = Shape(progress=True)
"""The shape of lines that only say how far the run is: most lines of most logs."""

Kind = Shape | Literal[False]


@lru_cache(4)
def _by_trigger(
    signatures: tuple[Signature, ...], triggers: tuple[bytes, ...]
) -> dict[bytes, frozenset[Signature]]:
    """The signatures worth a look where a trigger stands in a line."""
    return {
        trigger: frozenset(
            each for each in signatures if any(trigger in needle for needle in each.needles)
        )
        for trigger in triggers
    }


class Shapes:
    """The shapes seen so far, for one table of signatures.

    Attributes:
        known: by the line without its digits; `False` for lines that mean nothing.
        of_a_run: whether any line was one that a run writes rather than a service.
    """

    def __init__(self, signatures: Sequence[Signature]) -> None:
        self.known: dict[bytes, Kind] = {}
        self.of_a_run = False
        self.noise = [each for each in signatures if each.role is Role.NOISE]
        self.unnamed = next((each for each in signatures if each.id == "py.exception"), None)
        self._telling = [each for each in signatures if each.role is not Role.NOISE]
        self._unpromised = tuple(each for each in self._telling if not each.needles)
        needles = frozenset(needle for each in self._telling for needle in each.needles)
        self._triggers = covering(needles)
        self._by_trigger = _by_trigger(tuple(self._telling), self._triggers)

    def of(self, line: bytes, shape: bytes | None = None) -> Kind:
        """What a line may be."""
        if shape is None:
            shape = line.translate(None, DIGITS)
        known = self.known.get(shape)
        if known is not None:
            return known
        made = self._make(cut(line))
        if len(shape) <= _LONGEST and b"\r" not in shape:
            if len(self.known) >= _KEPT:
                self.known.clear()
            self.known[shape] = made
        return made

    def _make(self, line: bytes) -> Kind:
        line = plain(line)
        low = line.translate(None, DIGITS).lower() + b" "
        progress = step_of(line) is not None
        if not self.of_a_run:
            self.of_a_run = progress or _OF_A_RUN.search(low) is not None
        made = Shape(
            progress=progress,
            signatures=self._may_match(low, line),
            chain=any(words in line for words in _CHAINS),
            summary=_FIRST_FAILURE in line or bool(_LAUNCHER_RANK.search(line)),
            ignored=_IGNORED in line,
            raised=_RAISED.match(spoken(labelled(line).words)) is not None,
        )
        if made.signatures or made.chain or made.summary or made.ignored or made.raised:
            return made
        return PROGRESS if progress else False

    def _may_match(self, low: bytes, line: bytes) -> tuple[Signature, ...]:
        """The signatures lines of this shape could match.

        One whose pattern asks nothing of digits matches all lines of a shape or none.
        """
        hits = [trigger for trigger in self._triggers if trigger in low]
        if not hits:
            return self._unpromised
        near = set(self._unpromised).union(*(self._by_trigger[trigger] for trigger in hits))
        words = labelled(line).words
        texts = (line, words, spoken(words))
        return tuple(
            each
            for each in self._telling
            if each in near
            and (not each.needles or any(needle in low for needle in each.needles))
            and (each.of_digits or any(each.pattern.search(text) for text in texts))
        )


_WRITER = re.compile(
    rb"\s*(?:"
    rb"\((?:\w[\w .-]{0,40} )?pid=\d+[^)]{0,80}\) ?"  # Ray, vLLM
    rb"|(?:ERROR|CRITICAL|FATAL):? +\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \[[^\]]{1,60}\] ?"  # vLLM
    rb"|[EF]\d{4,8} \d\d:\d\d:\d\d\.\d+ +[^\]]{1,120}\] "  # glog
    rb"|(?:\[[\w.]{1,40}\])?\[ ?(?:ERROR|CRITICAL|FATAL|E|F) ?\][ :|-]*"
    rb"|(?:[\w.]{1,60} - )?(?:ERROR|CRITICAL|FATAL) ?[-:|] ?"
    rb"|\[pod/\S{1,120}\] "
    rb"|[|\xe2\x94\x82]+ ?"  # groups of exceptions, boxes
    rb")"
)


def spoken(words: bytes) -> bytes:
    """A line's words without the head that a logger put before them."""
    for _ in range(3):
        found = _WRITER.match(words)
        if found is None or found.end() == 0:
            break
        words = words[found.end() :]
    if b"\\n" in words and b"Traceback (most recent call last)" in words:
        # A record of JSON: the traceback is one string of it.
        words = words.rstrip(b"\"}' \\n").rpartition(b"\\n")[2]
    return words


def launcher_rank(line: bytes) -> int | None:
    """The rank that a summary names; `None` for the line above it."""
    found = _LAUNCHER_RANK.search(line)
    return int(next(group for group in found.groups() if group)) if found else None


def in_a_row(line: bytes) -> bool:
    """Whether the line stands for itself: torchrun names the rank some lines below its head."""
    return b"noticed that process" in line or b"MPI_ABORT" in line


def cut(line: bytes) -> bytes:
    """A line of a length that can be looked at."""
    return line if len(line) <= _HEAD + _TAIL else line[:_HEAD] + b" " + line[-_TAIL:]
