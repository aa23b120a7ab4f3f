"""What stands before the words of a log line: who wrote it, when, and how grave it was."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANSI = re.compile(rb"\x1b\[[0-9;:?]*[ -/]*[@-~]")

_RANK = re.compile(
    rb"\s*(?:"
    rb"\[(?:rank|Rank|RANK)[ :=_-]{0,2}(\d{1,6})\]:?"  # torch, DeepSpeed
    rb"|\[default(\d{1,4})\]:"  # torchrun --tee
    rb"|\[\d{1,3},(\d{1,6})\]<std(?:err|out|diag)>:"  # mpirun --tag-output
    rb"|(\d{1,6}): "  # srun --label
    rb"|\[(\d{1,6})\]:"
    rb"|(?:rank|Rank|RANK)[ :=_-]{0,2}(\d{1,6})(?: ?[:|>]|\])"
    rb"|\S{0,60}?worker[-_]?(\d{1,6}) ?[|:>]"
    rb")[ \t]?"
)

_TIME = re.compile(
    rb"\s*\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?[ :,|-]*"
)

_RANK_IN_TEXT = re.compile(
    rb"(?:\[rank|\[Rank |\b[Rr]ank[ :=]{1,3}|\bRANK[ :=]{1,3}|\bglobal_rank[ :=]{1,3})(\d{1,6})\b"
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One line without its labels.

    Attributes:
        words: what the line says.
        rank: who says it, as the label has it.
    """

    words: bytes
    rank: int | None = None


def plain(line: bytes) -> bytes:
    """A line without colours and cursor movements."""
    return _ANSI.sub(b"", line) if b"\x1b" in line else line


def labelled(line: bytes) -> Labelled:
    """Take the rank and the time off the head of a line, in either order."""
    rank: int | None = None
    for _ in range(3):
        found = _RANK.match(line)
        if found and rank is None:
            rank = int(next(group for group in found.groups() if group is not None))
            line = line[found.end() :]
            continue
        stamp = _TIME.match(line)
        if stamp is None:
            break
        line = line[stamp.end() :]
    return Labelled(line, rank)


def rank_in_text(words: bytes) -> int | None:
    """The rank a line speaks of, where it names one."""
    found = _RANK_IN_TEXT.search(words)
    return int(found[1]) if found else None
