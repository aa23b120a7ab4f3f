"""The options of the example, and how a run ends."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

from examples.charlm.allreduce import join
from examples.charlm.data import DEFAULT_TEXT, read_corpus
from examples.charlm.environment import StopRequest, read_place
from examples.charlm.errors import BadInput, RunError, Stopped
from examples.charlm.train import Options, Trainer


def run(arguments: list[str]) -> int:
    """Train as the options and the environment say; returns the exit code."""
    stop = StopRequest()
    stop.install()
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        _train(_options(chosen), Path(chosen.data), stop)
    except Stopped as error:
        _say(str(error))
        return stop.exit_code
    except RunError as error:
        _complain(f"error: {error}")
        return error.exit_code
    return 0


def _train(options: Options, text: Path, stop: StopRequest) -> None:
    place = read_place(os.environ)
    corpus = read_corpus(text, options.context)
    lasting = json.dumps(options.lasting(corpus, place), sort_keys=True)
    run = hashlib.sha256(f"{lasting} {options.steps}".encode()).hexdigest()
    if place.rank == 0 and options.folder is None:
        _say("no CHECKPOINT_DIR: this run is not saved")
    gang = join(place, run, stop)
    try:
        trainer = Trainer(options, corpus, place, stop, _say, _warn)
        trainer.restore(gang)
        trainer.run(gang)
        trainer.close()
    finally:
        gang.close()


def _options(chosen: argparse.Namespace) -> Options:
    folder: str = chosen.checkpoint_dir or os.environ.get("CHECKPOINT_DIR", "")
    if chosen.rate <= 0:
        raise BadInput("--rate must be above 0")
    return Options(
        steps=chosen.steps,
        batch=chosen.batch,
        context=chosen.context,
        hidden=chosen.hidden,
        seed=chosen.seed,
        rate=chosen.rate,
        checkpoint_every=chosen.checkpoint_every,
        log_every=chosen.log_every,
        folder=Path(folder) if folder else None,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="train_charlm.py",
        description="Train a character language model, alone or as one rank of a gang.",
        epilog="Exit codes: 0 done, 1 failed (a rank lost), 2 wrong input, 143 stopped by SIGTERM.",
    )
    number = _NumberFrom(1)
    parser.add_argument("--steps", type=number, default=1500, help="steps in all (%(default)s)")
    parser.add_argument(
        "--batch", type=number, default=32, help="windows per rank and step (%(default)s)"
    )
    parser.add_argument(
        "--context", type=number, default=64, help="characters per window (%(default)s)"
    )
    parser.add_argument(
        "--hidden", type=number, default=160, help="width of the hidden state (%(default)s)"
    )
    parser.add_argument("--rate", type=float, default=3e-3, help="learning rate (%(default)s)")
    parser.add_argument("--seed", type=_NumberFrom(0), default=1, help="(%(default)s)")
    parser.add_argument(
        "--checkpoint-every", type=number, default=50, metavar="STEPS", help="(%(default)s)"
    )
    parser.add_argument(
        "--log-every", type=number, default=10, metavar="STEPS", help="(%(default)s)"
    )
    parser.add_argument(
        "--checkpoint-dir", default="", help="folder of checkpoints (CHECKPOINT_DIR)"
    )
    parser.add_argument("--data", default=str(DEFAULT_TEXT), help="UTF-8 text (Hamlet)")
    return parser


class _NumberFrom:
    """An argparse type: whole numbers not below `low`."""

    def __init__(self, low: int) -> None:
        self._low = low

    def __call__(self, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if value < self._low:
            raise argparse.ArgumentTypeError(f"{value} is below {self._low}")
        return value


def _say(line: str) -> None:
    print(line, flush=True)


def _warn(line: str) -> None:
    _complain(f"warning: {line}")


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
