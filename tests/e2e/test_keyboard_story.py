"""The whole story by keyboard in a real terminal: train, lose a node, recover, finish, pay."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from api_client.models.job import JobState
from console.analysis.recovery import incidents
from tests.cloud import EmbeddedCloud
from tests.e2e import story
from tests.e2e.console import confirm, console, qd_json, quit_console
from tests.e2e.terminal import Terminal

STEPS = 300
DETECTED = 20.0
RECOVERED = 40.0
FINISHED = 90.0


def submit_the_example(terminal: Terminal) -> None:
    """One key opens the filled-in form; two fields are changed; it is reviewed and confirmed."""
    terminal.wait_for("Enter  opens the example")
    terminal.send("enter")
    terminal.wait_for("All fields are right")
    terminal.send("tab")
    terminal.type(f" --steps {STEPS} --checkpoint-every 20 --log-every 5")
    terminal.send("tab", "end", "backspace", "2", "tab", "end", "backspace", "8")
    terminal.wait_for("wants 16, 32 free")
    terminal.send("ctrl+s")
    said = confirm(terminal, "Submit job charlm")
    assert any("≈ 192.00 CNY/h" in line for line in said), said


def state_line(terminal: Terminal, word: str, timeout: float = 15.0) -> str:
    """Wait for the job's own line to say its state; returns that line."""
    lines = terminal.wait_for(
        lambda lines: lines[0].startswith(" Job charlm") and word in lines[1], timeout, word
    )
    return lines[1]


async def test_a_lost_node_by_keyboard(embedded_cloud: EmbeddedCloud) -> None:
    async with story.client_of(embedded_cloud) as client:
        with console() as terminal:
            submit_the_example(terminal)
            state_line(terminal, "● running")
            terminal.wait_for(lambda lines: any("Last checkpoint  2" in line for line in lines))
            before = await client.job("charlm")
            assert len(set(before.nodes)) == 2
            for node in before.nodes:
                terminal.wait_for(f"{node}━")

            terminal.send("2")
            terminal.wait_for(lambda lines: lines[0].startswith(" Jobs"))
            terminal.wait_for(re_line(r"charlm +.*● running"))
            lost = await story.kill_agent_of_rank(client, "charlm", rank=1)
            terminal.wait_for(re_line(r"charlm +.*↻ recovering"), DETECTED, "RECOVERING")
            terminal.wait_for(re_line(r"charlm +.*● running"), RECOVERED, "RUNNING again")
            terminal.send("enter")
            state_line(terminal, "● running")
            after = await client.job("charlm")
            assert len(set(after.nodes)) == 2 and lost not in after.nodes
            terminal.wait_for(", ".join(sorted(after.nodes)))

            terminal.send("L")
            terminal.wait_for(f"/{STEPS} loss ")
            terminal.send("g")
            (resumed,) = found(terminal, r"resumed from step-(\d+)\.npz")
            first = found(terminal, rf"step (\d+)/{STEPS} loss ")[0]
            assert int(resumed) < int(first) <= int(resumed) + 5
            terminal.send("escape")
            state_line(terminal, "✓ succeeded", FINISHED)

            done = await client.job("charlm")
            assert done.state is JobState.SUCCEEDED and done.progress.step == STEPS
            billed = await story.assert_bill_is_what_was_held(client, "charlm")
            (incident,) = incidents(
                await story.events_of(client, "charlm"),
                prices=await client.prices(),
                jobs={"charlm": done},
            )
            assert incident.checkpoint_step == int(resumed)
            terminal.send("4")
            terminal.wait_for(lambda lines: lines[0].startswith(" Incidents"))
            terminal.wait_for(re_line(rf"charlm.*recovered|recovered.*charlm|{lost}"))
            terminal.send("enter")
            for phase in ("detected", "rescheduled", "restored"):
                terminal.wait_for(re_line(rf"(?i){phase}"))

            terminal.send("6")
            terminal.wait_for(lambda lines: lines[0].startswith(" Billing"))
            cents = billed.quantize(Decimal("0.01"))
            terminal.wait_for(re_line(rf"charlm.*CN¥{re.escape(str(cents))}\b"))
            answer = qd_json("cost", "--job", "charlm")
            assert Decimal(answer["total"]).quantize(Decimal("0.01")) == cents
            quit_console(terminal)


def re_line(pattern: str) -> Callable[[list[str]], bool]:
    """Whether a line of the screen matches."""
    wanted = re.compile(pattern)
    return lambda lines: any(wanted.search(line) for line in lines)


def found(terminal: Terminal, pattern: str) -> list[str]:
    """What the group of the pattern holds in each line that matches, once one does."""
    lines = terminal.wait_for(re_line(pattern), what=pattern)
    return [m[1] for line in lines if (m := re.search(pattern, line))]
