"""`python -m localcloud simulate`: simulated tenants from the command line.

With `--json` standard output is one JSON object; sentences for people go to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from localcloud.server.home import DaemonError, Home
from localcloud.simulator.traces.record import TraceError


def add_simulate(commands: Any, common: argparse.ArgumentParser) -> None:
    """Put the commands under the parser of the package."""
    text = "A tenant far larger than this machine, simulated."
    top = commands.add_parser("simulate", help=text, description=text)
    actions = top.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(
            name, parents=[common], help=text, description=text
        )
        return parser

    for name, text in (
        ("serve", "Run the daemon of one simulation in the foreground."),
        ("up", "Start it in the background, or say what runs."),
    ):
        _what(_home(action(name, text)))
    _home(action("down", "End the simulation."))
    _home(action("status", "Say what is simulated and how time passes."))
    _home(action("summary", "Totals over every job played so far."))
    _clock(_home(action("clock", "Pause, go on, faster, slower, further.")))
    _fault(_home(action("fault", "Break something now.")))
    replay = action("replay", "Play a trace to its end at once and print its totals.")
    replay.add_argument("trace", type=Path, metavar="FILE")


def run(options: argparse.Namespace) -> dict[str, Any] | None:
    """Run one action; returns what it says.

    Raises:
        DaemonError: it failed; the text says why.
    """
    try:
        said: dict[str, Any] | None = _ACTIONS[options.action](options)
        return said
    except TraceError as error:
        raise DaemonError(str(error), exit_code=2) from error


def _home(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument(
        "--home", type=Path, required=True, metavar="DIR", help="the folder of this simulation"
    )
    return parser


def _what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", default="", help="lab, pod, centre or giant (at first: lab)")
    parser.add_argument("--nodes", type=int, help="how many nodes, in place of a preset")
    parser.add_argument("--accelerators", type=int, help="per node")
    parser.add_argument("--jobs", type=int, help="in the history")
    parser.add_argument("--trace", type=Path, metavar="FILE", help="replay this trace instead")
    parser.add_argument("--seed", type=int, default=1, help="another one, another tenant (1)")
    parser.add_argument("--speed", type=float, help="simulated seconds per second")
    parser.add_argument("--owner", type=int, metavar="PID", help="end with this process")
    parser.add_argument("--start", type=_moment, help="the tenant's now when it opens")


def _clock(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--speed", type=float)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--pause", dest="paused", action="store_true", default=None)
    choice.add_argument("--resume", dest="paused", action="store_false", default=None)
    parser.add_argument("--step", dest="step_seconds", type=float, metavar="SECONDS")
    parser.add_argument("--to", type=_moment, metavar="MOMENT")


def _fault(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind")
    parser.add_argument("--node")
    parser.add_argument("--job")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--latency", dest="latency_seconds", type=float, metavar="SECONDS")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no date and time with its zone")
    return found


def _serve(options: argparse.Namespace) -> None:
    from localcloud.server.daemon import run_daemon
    from localcloud.server.simulated import simulated_service

    make = simulated_service(_wanted(options), _say, options.owner)
    run_daemon(Home(options.home.absolute()), None, make)


def _up(options: argparse.Namespace) -> dict[str, Any]:
    from localcloud.server.simulations import up

    _wanted(options)
    return up(Home(options.home.absolute()), _again(options), _say)


def _wanted(options: argparse.Namespace) -> Any:
    from localcloud.server.simulated import Wanted

    return Wanted(
        preset=options.preset,
        nodes=options.nodes,
        accelerators=options.accelerators,
        jobs=options.jobs,
        trace=options.trace,
        seed=options.seed,
        speed=options.speed,
        start=options.start,
    )


def _again(options: argparse.Namespace) -> list[str]:
    """The options as words, for the daemon's own command line."""
    words: list[str] = []
    for name in ("preset", "nodes", "accelerators", "jobs", "seed", "speed", "owner"):
        value = getattr(options, name)
        if value not in (None, ""):
            words += [f"--{name}", str(value)]
    if options.trace is not None:
        words += ["--trace", str(options.trace.absolute())]
    if options.start is not None:
        words += ["--start", options.start.isoformat()]
    return words


def _down(options: argparse.Namespace) -> dict[str, Any]:
    from localcloud.server.simulations import down

    return down(Home(options.home.absolute()))


def _status(options: argparse.Namespace) -> dict[str, Any]:
    from localcloud.server.simulations import status

    return status(Home(options.home.absolute()))


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    from localcloud.server.simulations import ask

    names = {
        "clock": ("speed", "paused", "step_seconds", "to"),
        "fault": ("kind", "node", "job", "seconds", "latency_seconds"),
        "summary": (),
    }[options.action]
    given = {name: getattr(options, name) for name in names}
    body = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value is not None
    }
    return ask(Home(options.home.absolute()), options.action, body)


def _replay(options: argparse.Namespace) -> dict[str, Any]:
    from localcloud.server.simulated import replayed

    return replayed(options.trace, _say)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


_ACTIONS: dict[str, Any] = {
    "serve": _serve,
    "up": _up,
    "down": _down,
    "status": _status,
    "summary": _asked,
    "clock": _asked,
    "fault": _asked,
    "replay": _replay,
}


def print_said(said: dict[str, Any], as_json: bool) -> None:
    """What an action said, for people one fact a line."""
    if as_json:
        print(json.dumps(said, ensure_ascii=False))
        return
    for name, value in said.items():
        print(f"{name}: {json.dumps(value, ensure_ascii=False)}")
