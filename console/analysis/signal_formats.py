"""Works out from one line of a training log what its numbers are.

It is done once for each shape of line, so it may take its time: every number is named by the words
before it and the unit behind it, and the names of many frameworks are known.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import Literal

from console.analysis import signal_names as names
from console.analysis.log_labels import labelled
from console.analysis.signal_columns import Column, token_starts
from console.analysis.signal_numbers import BLANKS, Named, numbers_of

SAVES = re.compile(
    rb"(?i)(?:\bsav(?:ed|ing)|\bwrit(?:ing|ten)|\bwrote|\bstored)\b[^.:=]{0,40}?"
    rb"\b(?:checkpoints (?=for )|checkpoint|ckpt|model|state)\b"
    rb"|\bcheckpoint\b[^=:]{0,60}?\b(?:saved|written)\b"
)
_NOT_SAVED = re.compile(rb"(?i)\b(?:fail\w*|error|unable|cannot|can't|will|not|skip\w*|would)\b")

_BENCHMARK = re.compile(rb":::MLLOG .*?\"key\": \"(\w+)\"")
_EVALUATES = re.compile(
    rb"(?i)^\W*(?:\w+\W{1,3})?(?:\[eval\w*\]|eval\w*\b|valid\w*\b|test\b|val\b)|validation loss at"
    rb"|\[eval\w*\]|\b(?:epoch|iter)\((?:val|test)\)"
)
_TELLING = re.compile(
    rb"(?i)loss|step|iter|epoch|batch|it/s|s/it|update|MLLOG|tel:|trl:|eval|val\b|checkpoint|ckpt"
    rb"|saving|writing (?:model|state)"
)
"""Words of which one stands in every line that says something of a training."""

_BAR = re.compile(rb"\s*\[(?:\d\d:\d\d|[=>.])")
_ASSIGNS = re.compile(rb"\s*[\w.]+ [-+*/]?= ")


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """What the lines of one shape say.

    Attributes:
        width: tokens on a line.
        unit: what the step counts; empty where there is none.
        per_epoch: whether the count begins anew with each epoch for certain.
        summary: whether the figures are those of the whole run.
        saves: whether a checkpoint was written.
        event: `run_start` or `run_stop` of a benchmark record.
        record: whether it is a benchmark record, which other lines may only repeat.
    """

    width: int
    unit: str = ""
    step: Column | None = None
    total: Column | None = None
    epoch: Column | None = None
    epochs: Column | None = None
    rank: Column | None = None
    fields: tuple[tuple[str, Column], ...] = ()
    metrics: tuple[tuple[str, Column], ...] = ()
    per_epoch: bool = False
    summary: bool = False
    saves: bool = False
    event: str = ""
    record: bool = False

    @property
    def is_point(self) -> bool:
        """Whether a line reports progress."""
        measured = bool(self.step or self.fields) and not self.summary
        return measured and (not self.metrics or any(name == "loss" for name, _ in self.fields))


@dataclass(slots=True)
class _Found:
    """What the numbers of a line turned out to be."""

    steps: dict[str, Named] = field(default_factory=dict)
    loose: Named | None = None
    total: Column | None = None
    epoch: Named | None = None
    ratio: Named | None = None
    fields: dict[str, Column] = field(default_factory=dict)
    metrics: dict[str, Column] = field(default_factory=dict)
    decimal: bool = False
    bare_time: Column | None = None


def format_of(line: bytes) -> Format | Literal[False]:
    """What lines of this shape say; `False` for nothing of the training."""
    if not _TELLING.search(line):
        return False
    label = labelled(line)
    starts = token_starts(line)
    head = len(line) - len(label.words)
    record = _BENCHMARK.match(label.words)
    key = record[1].decode() if record else ""
    if label.words.startswith(b":::MLLOG") and key not in names.BENCHMARK_KEYS:
        return False
    found = _read(line, head, starts, key)
    made = _made(label.words, len(starts), found, key)
    if made is False or label.rank is None:
        return made
    return replace(made, rank=_rank_column(line, head, starts))


def _read(line: bytes, head: int, starts: dict[int, int], key: str) -> _Found:
    words = line[head:]
    found = _Found()
    evaluates = bool(_EVALUATES.search(words[:200])) or key == "eval_accuracy"
    end = line.find(b'"metadata"') if key == "eval_accuracy" else -1
    for number in numbers_of(line, head, starts):
        if end >= 0 and number.before and line.find(number.before) < end and not number.unit:
            number = replace(number, name=number.name.replace("value", "accuracy"))
        _sort(number, found, evaluates, key)
    return found


def _known(name: str) -> str:
    """The name, without words before it that do not belong to it."""
    if name in names.FIELD_OF or name in names.STEPS or name in names.EPOCHS:
        return name
    return names.LEVELS.sub("", name)


def _sort(number: Named, found: _Found, evaluates: bool, key: str) -> None:
    """Put a number where it belongs."""
    name = _known(number.name)
    whole = math.isfinite(number.value) and number.value == int(number.value)
    if name in names.STEPS and not number.unit:
        if whole:
            found.steps.setdefault(name, number)
    elif name in names.TOTALS:
        found.total = found.total or number.column
    elif name in names.EPOCHS:
        found.epoch = found.epoch or number
    elif not name and number.of is not None:
        found.ratio = found.ratio or number
    elif key == "train_loss" and name == "value":
        found.fields["loss"] = number.column
    elif whole and names.LOOSE_STEP.fullmatch(name) and not names.NO_STEP.search(name):
        found.loose = found.loose or number
    else:
        _sort_figure(number, name, found, evaluates)


def _sort_figure(number: Named, name: str, found: _Found, evaluates: bool) -> None:
    judged = names.EVALUATED.fullmatch(name)
    if judged or (evaluates and names.METRIC.fullmatch(name)) or name == "tel":
        metric = _metric((judged["metric"] if judged else name) or "loss")
        if not names.NO_METRIC.search(metric) and number.unit in ("", "%") and not number.of:
            found.metrics.setdefault(metric, number.column)
            found.decimal |= number.decimal
        return
    wanted = names.FIELD_OF.get(name, "")
    if number.unit.endswith("_per_second") and (not wanted or wanted.endswith("_per_second")):
        wanted = number.unit.lstrip("kM")
    column = number.column
    if number.unit == "steps/s" or name in names.STEPS_PER_SECOND_NAMES:
        wanted, column = "step_seconds", replace(column, inverse=True)
    elif re.fullmatch(names.SECONDS_PER_STEP, number.unit):
        wanted = "step_seconds"
    elif not wanted and not name and number.unit == "ms" and number.decimal:
        wanted = "step_seconds"
    elif name in names.BARE_TIMES and number.decimal:
        found.bare_time = found.bare_time or _in_seconds(number)
    if wanted.endswith("_seconds") and not column.inverse:
        column = _in_seconds(number)
    if number.unit[:1] in ("k", "M") and wanted.endswith("per_second"):
        column = replace(column, scale=1e3 if number.unit[0] == "k" else 1e6)
    if wanted:
        found.fields.setdefault(wanted, column)
        found.decimal |= number.decimal


def _metric(name: str) -> str:
    """One name for what validations call by many."""
    name = name.removesuffix(" value").removeprefix("lm ")
    if name in ("tel", "average loss", "avg loss", "mean loss", "total loss"):
        return "loss"
    return "ppl" if name in ("loss ppl", "perplexity") else name


def _in_seconds(number: Named) -> Column:
    unit = number.unit.split("/", 1)[0] or ("ms" if number.name.startswith("ms ") else "")
    scale = names.IN_SECONDS.get(unit, 1.0)
    return replace(number.column, scale=scale) if scale != 1.0 else number.column


def _made(words: bytes, width: int, found: _Found, key: str) -> Format | Literal[False]:
    fields, event = dict(found.fields), key if key in ("run_start", "run_stop") else ""
    saves = bool(SAVES.search(words[:600])) and not _NOT_SAVED.search(words[:600])
    if "loss" in fields and found.bare_time is not None:
        fields.setdefault("step_seconds", found.bare_time)
    counted = _counted(words, found, bool(fields or found.metrics))
    if names.SUMMARY.search(BLANKS.sub(" ", words[:200].decode("ascii", "replace"))) and (
        b"runtime" in words
    ):
        return Format(width, fields=tuple(fields.items()), summary=True)
    told = bool(fields or found.metrics or (counted and counted.of)) or key.endswith("_stop")
    if set(fields) == {"learning_rate"} and not found.metrics and b"skipped" not in words:
        # A setting, not a report.
        told = bool(counted and counted.of)
    if counted is None:
        # Without a step, words of source code look much the same.
        told = found.decimal and (len(fields) > 1 or bool(found.metrics) or bool(found.epoch))
        told = told and bool("loss" in fields or found.metrics) and not _ASSIGNS.match(words)
    if not told:
        return Format(width, saves=saves, event=event) if saves or event else False
    made = Format(
        width=width,
        fields=tuple(fields.items()),
        metrics=tuple(found.metrics.items()),
        saves=saves,
        event=event,
        record=bool(key),
    )
    return _with_count(made, found, counted, words)


def _counted(words: bytes, found: _Found, measured: bool) -> Named | None:
    """The number that is the step."""
    for name in names.STEPS:
        number = found.steps.get(name)
        if number is None or (name == "s" and not words.startswith(b"s:")):
            continue
        return number
    if found.loose is not None and ("loss" in found.fields or found.metrics):
        return found.loose
    # A part of an epoch is a place beside a step, which stands in another line.
    ratio, epoch = found.ratio, None if found.epoch and found.epoch.decimal else found.epoch
    if ratio is None:
        return epoch if measured or (epoch and epoch.of) else None
    is_bar = _BAR.match(ratio.after)
    if is_bar and not names.IDLE_BARS.search(words[:120].decode("ascii", "replace").split("|")[0]):
        return ratio
    return ratio if measured and not is_bar and "loss" in found.fields else epoch


def _with_count(made: Format, found: _Found, counted: Named | None, words: bytes) -> Format:
    epoch = found.epoch
    if counted is None:
        return replace(made, epoch=epoch.column if epoch else None)
    if counted is epoch:
        return replace(made, unit="epoch", step=epoch.column, total=epoch.of, epoch=epoch.column)
    bar = counted is found.ratio
    return replace(
        made,
        unit="bar" if bar else _unit_of(_known(counted.name)),
        step=counted.column,
        total=counted.of or _total(found, counted),
        epoch=epoch.column if epoch else None,
        epochs=epoch.of if epoch else None,
        per_epoch=epoch is not None and (bar or bool(epoch.of and counted.of)),
    )


def _total(found: _Found, counted: Named) -> Column | None:
    """How many steps there will be, where it stands beside another name of the same step."""
    others = [each for each in found.steps.values() if each.of]
    if found.ratio is not None and (_BAR.match(found.ratio.after) or found.epoch is None):
        others.append(found.ratio)
    same = (each.of for each in others if abs(each.value - counted.value) <= 1)
    return next(same, found.total)


def _unit_of(name: str) -> str:
    if loose := names.LOOSE_STEP.fullmatch(name):
        name = name if name in names.STEPS else loose["step"]
    return names.UNITS.get(name, name)


def _rank_column(line: bytes, head: int, starts: dict[int, int]) -> Column | None:
    """The number before the words that is the rank: with another there, the rank is another."""
    for number in re.finditer(rb"\d+", line[:head]):
        other = bytes(0x30 + (digit - 0x30 + 1) % 10 for digit in number[0])
        changed = line[: number.start()] + other + line[number.end() :]
        if number.start() in starts and labelled(changed).rank == int(other):
            return Column((starts[number.start()],))
    return None
