"""`qd nodes`: list and show nodes, take them out of scheduling and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from api_client.models.compute import NodeSummary
from console.cli.commands import Command, command, option
from console.cli.context import Cli
from console.cli.known_names import complete_nodes
from console.cli.listing import ListOptions, Noun, chosen_filter, list_options, matching, show_list
from console.cli.opening import Open, run_opened
from console.cli.output import print_facts, print_json, print_line, print_table
from console.cli.progress import read_all
from console.cli.writes import Planner, WriteOptions, names_or_filter, write_each, write_options
from console.operations.operations import Operations
from console.present.facts import condition_facts, node_facts
from console.present.filters import NODE_FIELDS, Filter
from console.present.nodes import DEVICE_COLUMNS, NODE_COLUMNS, device_rows, node_row

NOUN: Noun[NodeSummary] = Noun("nodes", NODE_FIELDS, NODE_COLUMNS, node_row)


async def found_nodes(opening: Open, chosen: Filter) -> list[NodeSummary]:
    """The nodes a filter lets pass."""
    provider = await opening.provider("nodes.read")
    nodes = await read_all(opening.cli, provider.nodes())
    opening.keep("nodes", {node.name: node for node in nodes})
    return matching(nodes, chosen, NOUN, opening.present())


@command("ls")
@list_options
def ls(cli: Cli, asked: ListOptions) -> None:
    async def work(opening: Open) -> None:
        chosen = chosen_filter(asked.words, NODE_FIELDS, opening.present())
        nodes = await found_nodes(opening, chosen)
        show_list(cli, nodes, NOUN, asked, opening.present())

    run_opened(cli, work)


@command("get")
@click.argument("name", metavar="NAME", shell_complete=complete_nodes)
def get(cli: Cli, name: str) -> None:
    async def work(opening: Open) -> None:
        provider = await opening.provider("nodes.read")
        node = await provider.node(name)
        if cli.json:
            print_json(node)
            return
        ctx = opening.present()
        print_facts(cli, node_facts(node, ctx), ctx)
        if node.conditions:
            print_line("")
            print_facts(cli, condition_facts(node, ctx), ctx)
        if node.devices:
            print_line("")
            print_table(cli, DEVICE_COLUMNS, device_rows(node, ctx), ctx)

    run_opened(cli, work)


def _write_command(name: str, plan: Planner) -> Command:
    """A verb that changes nodes."""

    @command(name)
    @click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_nodes)
    @option("--filter", "words", metavar="FILTER", default="")
    @write_options
    def write(cli: Cli, names: tuple[str, ...], words: str, **given: Any) -> int:
        names_or_filter(cli, names, words)

        async def work(opening: Open) -> int:
            wanted = list(names)
            if words:
                chosen = chosen_filter((words,), NODE_FIELDS, opening.present())
                wanted = [node.name for node in await found_nodes(opening, chosen)]
                if not wanted:
                    cli.tell("common.empty.filtered", filter=words)
            return await write_each(opening, wanted, plan, WriteOptions(**given))

        return run_opened(cli, work)

    return write


_PLANS: dict[str, Callable[[Operations, str], Any]] = {
    "cordon": lambda operations, name: operations.plan_cordon(name),
    "uncordon": lambda operations, name: operations.plan_uncordon(name),
    "drain": lambda operations, name: operations.plan_drain(name),
    "reboot": lambda operations, name: operations.plan_reboot(name),
}

cordon = _write_command("cordon", _PLANS["cordon"])
uncordon = _write_command("uncordon", _PLANS["uncordon"])
drain = _write_command("drain", _PLANS["drain"])
reboot = _write_command("reboot", _PLANS["reboot"])
