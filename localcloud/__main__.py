"""`python -m localcloud`: the embedded cloud from the command line.

Exit codes: 0 done, 1 failed, 2 wrong usage or refused, 3 not running or no such thing. With
`--json` standard output is one JSON object; sentences for people go to standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from localcloud import simulate
from localcloud.server.home import DaemonError, find_home
from localcloud.server.local_call import NotRunning


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        said = _COMMANDS[options.command](options)
    except DaemonError as error:
        print(f"localcloud: {error}", file=sys.stderr)
        if options.json:
            running = not isinstance(error, NotRunning)
            print(json.dumps({"running": running, "error": str(error)}))
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    if said is not None:
        show = simulate.print_said if options.command == "simulate" else _print
        show(said, options.json)
    return 0


def _serve(options: argparse.Namespace) -> None:
    from localcloud.server.daemon import TcpListener, run_daemon

    tcp = None
    if options.tcp:
        host, _, port = options.tcp.rpartition(":")
        token = os.environ.get("QUARTERDECK_LOCAL_TOKEN", "").strip()
        if not host or not port.isdecimal():
            raise DaemonError(f"--tcp {options.tcp}: write HOST:PORT", exit_code=2)
        if not token:
            raise DaemonError("--tcp needs a token in QUARTERDECK_LOCAL_TOKEN", exit_code=2)
        tcp = TcpListener(host.strip("[]"), int(port), token)
    run_daemon(find_home(), tcp)


def _up(options: argparse.Namespace) -> dict[str, Any]:
    from localcloud.server.control import up

    return up(find_home(), options.nodes, options.accelerators)


def _down(options: argparse.Namespace) -> dict[str, Any]:
    from localcloud.server.control import down

    stop = False if options.keep_jobs else True if options.stop_jobs or options.yes else None
    return down(find_home(), stop_jobs=stop)


def _status(options: argparse.Namespace) -> dict[str, Any]:
    from localcloud.server.control import status

    return status(find_home())


def _logs(options: argparse.Namespace) -> dict[str, Any] | None:
    from localcloud.server.daemon_log import follow_lines, last_lines

    path = find_home().log
    lines = last_lines(path, options.lines)
    if options.json:
        return {"log": str(path), "lines": lines}
    for line in lines:
        print(line)
    if options.follow:
        for line in follow_lines(path):
            print(line, flush=True)
    return None


def _openapi(options: argparse.Namespace) -> None:
    from localcloud.server.document import openapi_text

    text = openapi_text(as_json=options.json)
    if options.output:
        Path(options.output).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


_COMMANDS = {
    "serve": _serve,
    "up": _up,
    "down": _down,
    "status": _status,
    "logs": _logs,
    "openapi": _openapi,
    "simulate": simulate.run,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localcloud",
        description="The embedded cloud: a real cloud of processes on this machine.",
        epilog="Exit codes: 0 done, 1 failed, 2 wrong usage or refused, 3 not running.",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON object")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[common], help=text, description=text)

    serve = command("serve", "Run the daemon in the foreground.")
    serve.add_argument(
        "--tcp", metavar="HOST:PORT", help="also listen here; token in QUARTERDECK_LOCAL_TOKEN"
    )
    up = command("up", "Start the daemon and its nodes, or resize what runs.")
    up.add_argument("--nodes", type=_size(256), help="how many nodes (at first: 2)")
    up.add_argument("--accelerators", type=_size(64), help="slots per node (at first: 4)")
    down = command("down", "Stop the daemon, its nodes and their jobs.")
    choice = down.add_mutually_exclusive_group()
    choice.add_argument("--yes", action="store_true", help="the same as --stop-jobs")
    choice.add_argument("--stop-jobs", action="store_true", help="even where jobs run")
    choice.add_argument("--keep-jobs", action="store_true", help="leave nodes and jobs running")
    command("status", "Say whether it runs, with its nodes and jobs.")
    logs = command("logs", "Print the daemon's log.")
    logs.add_argument("-f", "--follow", action="store_true", help="go on as it grows")
    logs.add_argument("-n", "--lines", type=_size(100_000), default=50, help="how many lines")
    openapi = command("openapi", "Print the OpenAPI document of the Tenant API.")
    openapi.add_argument("--output", metavar="FILE", help="write it there instead")
    simulate.add_simulate(commands, common)
    return parser


def _size(most: int) -> Any:
    def read(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most}")
        return int(text)

    return read


def _print(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(said))
        return
    if not said.get("running"):
        print("The embedded cloud is down.")
        return
    print(f"The embedded cloud runs (pid {said['pid']}) on {said['socket']}")
    for node in said["nodes"]:
        slots = f"{node['allocated']}/{node['accelerators']} slots in use"
        print(f"  {node['name']:<12} {node['health']:<9} {node['scheduling']:<9} {slots}")
    jobs = ", ".join(f"{count} {word.lower()}" for word, count in said["jobs"].items())
    print(f"Jobs: {jobs or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
