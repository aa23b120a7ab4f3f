"""`qd doctor`: what may be wrong on this machine, and what to do about each thing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from console.cells import cell_width, pad
from console.cli.checks_machine import machine_checks
from console.cli.checks_profile import profile_checks
from console.cli.checks_requests import request_checks
from console.cli.commands import command
from console.cli.context import Cli
from console.cli.exits import FAILED, OK
from console.cli.finding import Finding, Level
from console.cli.output import painted, print_json, print_line

_COLOURS = {Level.OK: "32", Level.WARN: "33", Level.FAIL: "31"}


@command("doctor")
def doctor(cli: Cli) -> int:
    profile = asyncio.run(profile_checks(cli))
    found = [*machine_checks(cli), *profile, *request_checks(cli)]
    if cli.json:
        print_json([_as_json(finding, cli) for finding in found])
    else:
        _print(found, cli)
    return FAILED if any(finding.level is Level.FAIL for finding in found) else OK


def _as_json(finding: Finding, cli: Cli) -> dict[str, str]:
    return {
        "check": finding.check,
        "level": finding.level.value,
        "detail": cli.say(finding.said),
        "remedy": cli.say(finding.remedy) if finding.remedy else "",
    }


def _print(found: Sequence[Finding], cli: Cli) -> None:
    labels = {finding.check: cli.t(f"cli.doctor.check.{finding.check}") for finding in found}
    words = {level: cli.t(f"cli.doctor.{level.value}") for level in Level}
    label_width = max(map(cell_width, labels.values()))
    word_width = max(map(cell_width, words.values()))
    for finding in found:
        word = pad(words[finding.level], word_width)
        shown = painted(word, _COLOURS[finding.level]) if cli.colour else word
        print_line(f"{shown}  {pad(labels[finding.check], label_width)}  {cli.say(finding.said)}")
        if finding.remedy is not None:
            blanks = " " * (word_width + label_width + 4)
            print_line(blanks + cli.t("cli.doctor.advice", text=cli.say(finding.remedy)))
