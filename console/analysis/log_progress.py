"""Lines that say a run went on: which step it is at, and how many there are."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COUNT = re.compile(
    rb"(?i)\b(?:iteration|iter|global[_ ]step|train[_ ]step|steps?|batch|epoch|update)\b"
    rb"[\"'\]\s:=#|]{0,8}(\d{1,12})(?:\s*(?:/|\bof\b)\s*(\d{1,12}))?"
)
_MEASURED = re.compile(
    rb"(?i)loss|\blr\b|learning.rate|tokens|samples|it/s|s/it|\bms\b|elapsed|speed|throughput"
    rb"|checkpoint|\bips\b|\bppl\b|accuracy|examples"
)
_BAR = re.compile(rb"(\d{1,12})/(\d{1,12}) \[\d\d:\d\d(?::\d\d)?<")
_PART = re.compile(
    rb"(?i)load|fetch|download|tokeniz|\bmap|generating|filter|saving|prepar|resolving|sanity"
    rb"|validat|epoch \d|split|merging|reading|packing|extract"
)
"""What stands before a bar that is no measure of the whole run."""
_TOTAL = re.compile(rb"(?i)\b(?:total|max)[_ ](?:steps|iters|iterations)[\"']?[ :=]{1,3}(\d{1,12})")
_KERAS = re.compile(rb"^\s*Epoch (\d{1,6})/(\d{1,6})\s*$")
_EPOCH_OF_DICT = re.compile(rb"'loss': .{0,200}'epoch': (\d+(?:\.\d+)?)")
_MLLOG = re.compile(rb"\"key\": \"(?:eval_accuracy|tracked_stats|block_stop|epoch_stop)\"")
_MLLOG_AT = re.compile(rb"\"(?:step_num|samples_count|epoch_num)\": (\d+(?:\.\d+)?)")

_WORDS = (b"step", b"iter", b"loss", b"poch", b"Step", b"Iter", b"atch", b"<", b"pdate", b'"key": ')
"""One of these stands in every line of progress."""

_HEAD = 2000
"""Bytes of a line in which its step is looked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run is.

    Attributes:
        at: the step, epoch or count of samples, whatever the line counts in.
        of: how many there will be, where the line says.
        unit: what is counted: a run may count in several ways.
    """

    at: float
    of: float | None = None
    unit: str = "step"

    @property
    def is_last(self) -> bool:
        """Whether there is no further one."""
        return self.of is not None and self.at >= self.of > 0


def step_of(line: bytes) -> Step | None:
    """The step a line reports as done; `None` where it reports none."""
    head = line[:_HEAD]
    if not any(word in head for word in _WORDS):
        return None
    if found := _EPOCH_OF_DICT.search(head):
        return Step(float(found[1]), unit="epoch")
    if _MLLOG.search(head):
        at = _MLLOG_AT.search(head)
        return Step(float(at[1]), unit="mllog") if at else None
    if found := _BAR.search(head):
        if _PART.search(head[: found.start()]):
            return Step(float(found[1]), unit="part")
        return Step(float(found[1]), float(found[2]), unit="bar")
    if found := _KERAS.match(head):
        return Step(float(found[1]), float(found[2]), unit="epoch")
    found = _COUNT.search(head)
    if found is None or not _MEASURED.search(head):
        return None
    total = None if found[2] else _TOTAL.search(head)
    of = total[1] if total else found[2]
    return Step(float(found[1]), float(of) if of else None)
