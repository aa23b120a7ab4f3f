"""The names frameworks give to what a training log reports, as `signal_formats` reads them.

A name stands here in small letters with one blank for every `_`, `-`, `/`, `.` and blank.
"""

from __future__ import annotations

import re

STEPS = (
    "global step", "curr global step", "globalstep", "total step", "step num", "num updates",
    "train step",
    "training step", "optimizer step", "step idx",
    "validation loss at iteration", "validation results at iteration", "iter train",
    "iteration", "iterations", "iter", "iters", "step", "steps", "update", "updates",
    "samples count", "batch", "batch idx", "s",
)  # fmt: skip
"""Names of the step, the most telling first: a line may count batches beside steps."""

UNITS = {
    "validation loss at iteration": "iteration",
    "validation results at iteration": "iteration",
    "iter train": "iteration",
    "iterations": "iteration",
    "iter": "iteration",
    "iters": "iteration",
    "globalstep": "step",
    "global step": "step",
    "curr global step": "step",
    "steps": "steps",
    "samples count": "samples",
}
"""What a name of the step counts, where it is not the name itself."""

LOOSE_STEP = re.compile(r".* (?P<step>step|iteration|iter)")
NO_STEP = re.compile(
    r"\b(?:skip\w*|warm\w*|max\w*|every|per|sav\w*|start|end|num|number|best|of|nan|n|from|next|first"
    r"|last|log|eval\w*|val\w*|test|resum\w*|init\w*)\b"
)
"""The step of a line that says something else before it, unless these words are among it."""

EPOCHS = ("epoch", "epoch train", "epochs", "ep", "epoch num", "epoch idx", "current epoch")

FIELDS = {
    "loss": (
        "loss", "lm loss", "train loss", "training loss", "avg loss", "average loss", "total loss",
        "reduced train loss", "trl", "ce loss", "loss avg", "mean loss", "train loss avg",
        "train lm loss", "train loss step", "step loss", "loss train",
        "train total loss", "cross entropy",
        "train ce", "train cross entropy",
    ),
    "learning_rate": (
        "learning rate", "lr", "base lr", "current lr", "learning rates", "train lr",
        "train learning rate", "lr0", "lr 0", "lr adamw", "optimizer lr",
    ),
    "tokens_per_second": (
        "tokens per second", "tokens s", "tok s", "tokens sec", "tps", "tokens per sec", "wps",
        "toks s", "train tokens per second", "throughput tokens", "token s", "tok sec", "words s",
        "wps avg", "throughput tok s", "throughput tokens s",
    ),
    "samples_per_second": (
        "samples per second", "samples sec", "samples s", "sps", "currsamplespersec",
        "train samples per second", "images sec", "imgs sec", "img s", "images s", "examples sec",
        "examples s", "ips", "throughput", "samples per sec", "throughput samples s",
        "runningavgsamplespersec", "sequences sec", "seq s", "examples per second",
    ),
    "step_seconds": (
        "elapsed time per iteration", "iter time", "step time", "step avg", "batch cost",
        "avg batch cost", "time per iteration", "train step time", "train step timing",
        "per step time", "seconds per step", "sec per step", "dt", "iteration time", "batch time",
        "time per step", "secs per step", "train step time in s", "train step timing in s",
        "ms batch", "time iter", "time step",
        "step duration", "forward backward step time", "train iteration time", "avg step time",
    ),
    "elapsed_seconds": ("train time", "training time", "elapsed", "elapsed time", "wall time"),
    "grad_norm": ("grad norm", "gradient norm", "gnorm", "norm", "train grad norm"),
}  # fmt: skip

FIELD_OF = {name: field for field, names in FIELDS.items() for name in names}

BARE_TIMES = frozenset({"time", "t", "seconds"})
"""Names of the time of a step where a line has a loss as well."""

STEPS_PER_SECOND_NAMES = frozenset(
    {"steps per second", "steps sec", "steps s", "it s", "its", "iter s", "iters per second", "ups",
     "train steps per second", "iterations per second", "steps per sec"}
)  # fmt: skip
"""Names of how many steps a second are done."""

TOTALS = frozenset(
    {"total steps", "max steps", "total iterations", "max iters", "total iters", "num steps",
     "total updates", "max updates"}
)  # fmt: skip
"""Names of how many steps there will be, where they stand beside a step."""

SUMMARY = re.compile(
    r"train (?:runtime|samples per second|steps per second|loss|tokens per second)"
)
"""Figures of the whole run, in the line that ends it."""

EVALUATED = re.compile(r"(?:val|valid|validation|eval|evaluation|test|dev)(?: (?P<metric>.+))?")
NO_METRIC = re.compile(
    r"\b(?:time|timing|runtime|second|seconds|sec|samples?|steps?|batch|epoch|iters?|iteration"
    r"|size|every|interval|at|count|tokens?|progress|cost|data|num|rank)\b|^(?:s|ms)$"
)
METRIC = re.compile(
    r"(?:.* )?(?:loss|loss value|loss ppl|ppl|perplexity|acc|accuracy|top ?[15]|miou|mdice|kappa"
    r"|map|auc|f1|bleu|wer|cer|rouge\w*|acc@[15]|bbox|segm|mlm accuracy|bpb|reward)(?: value)?"
)

RATE_UNITS = (
    (
        re.compile(r"(?:tok|toks|tokens?|words?) ?(?:/|per |p)(?:s|sec|second)\b"),
        "tokens_per_second",
    ),
    (
        re.compile(
            r"(?:samples?|sequences?|seqs?|imgs?|images?|examples?|sentences?) ?(?:/|per )"
            r"(?:s|sec|second)\b"
        ),
        "samples_per_second",
    ),
)
STEPS_PER_SECOND = re.compile(r"(?:it|iters?|iterations?|steps?|batch(?:es)?)/(?:s|sec|second)\b")
SECONDS_PER_STEP = re.compile(r"(?P<time>s|sec|ms)/(?:it|iters?|iteration|steps?|batch)\b")
TIME_UNIT = re.compile(r"(?P<time>ms|us|milliseconds|secs?|seconds?|s|min|h)\b")
OTHER_UNIT = re.compile(r"(?:%|gpus?\b|[kKMG]?i?B\b|x\b)")

IN_SECONDS = {"ms": 1e-3, "milliseconds": 1e-3, "us": 1e-6, "min": 60.0, "h": 3600.0}

LEVELS = re.compile(
    r"^(?:(?:info|warning|debug|train|training|interval|at|notice|main|log|node|ms|us|s|secs?|seconds?|min|%"
    r"|[kmg]i?b|words sec|step s|it s) )+"
)
"""Words before a name that do not belong to it: a level, the unit of the number before."""

TRAILING = re.compile(r"(?: is| was| at| so far)+$")

IDLE_BARS = re.compile(
    r"(?i)map|download|load|filter|token|generat|shard|fetch|sav|split|file|eval|valid|\btest|predict"
    r"|sanity|infer|process|convert|warm|build|read|cach|compil|captur|extract|pars"
)
"""What a progress bar says before its count when it does not count training steps."""

BENCHMARK_KEYS = frozenset(
    {"tracked_stats", "train_loss", "eval_accuracy", "block_stop", "epoch_stop", "run_start",
     "run_stop"}
)  # fmt: skip
"""Records of a benchmark log that say something of its training."""
