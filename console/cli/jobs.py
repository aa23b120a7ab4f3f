"""`qd jobs`: list, show, stop, restart and delete jobs."""

from __future__ import annotations

from typing import Any

import click

from api_client.models.job import JobSummary
from api_client.models.slim import replace
from api_client.services import JobQuery
from console.cli.commands import command, option
from console.cli.context import Cli
from console.cli.known_names import complete_jobs, kept_names
from console.cli.listing import ListOptions, Noun, chosen_filter, list_options, matching
from console.cli.opening import Open, run_opened
from console.cli.output import plain_value, print_facts, print_json, print_line, print_table
from console.cli.paged import show_pages
from console.cli.progress import read_all
from console.cli.writes import Planner, WriteOptions, names_or_filter, write_each, write_options
from console.present.facts import job_facts
from console.present.filters import JOB_FIELDS, Comparison, Filter, server_hint
from console.present.jobs import JOB_COLUMNS, job_row
from console.present.workers import WORKER_COLUMNS, worker_rows

NOUN: Noun[JobSummary] = Noun("jobs", JOB_FIELDS, JOB_COLUMNS, job_row)

names_argument = click.argument(
    "names", nargs=-1, metavar="[NAME]...", shell_complete=complete_jobs
)
name_argument = click.argument("name", metavar="NAME", shell_complete=complete_jobs)


async def found_jobs(opening: Open, chosen: Filter) -> list[JobSummary]:
    """The jobs a filter lets pass, newest first."""
    provider = await opening.provider("jobs.read")
    jobs = await read_all(opening.cli, provider.jobs(_query(opening, chosen, mine=False)))
    return matching(jobs, chosen, NOUN, opening.present())


def _query(opening: Open, chosen: Filter, *, mine: bool, page: int = 1000) -> JobQuery:
    query = replace(server_hint(chosen, opening.me), limit=page)
    return replace(query, owners=(opening.me,)) if mine and not query.owners else query


def _mine(opening: Open, chosen: Filter, *, asked: bool, everybody: bool) -> bool:
    """Mine by default; everybody's on this machine's own tenants or where an owner is named."""
    if asked or everybody:
        return asked and bool(opening.me)
    names_owner = any(isinstance(t, Comparison) and t.field == "owner" for t in chosen.terms)
    profile = opening.session.profile
    return bool(opening.me) and not (names_owner or profile.is_embedded or profile.simulated)


@command("ls")
@list_options
@option("--mine", is_flag=True)
def ls(cli: Cli, asked: ListOptions, mine: bool) -> None:
    async def work(opening: Open) -> None:
        ctx = opening.present()
        chosen = chosen_filter(asked.words, JOB_FIELDS, ctx)
        narrowed = _mine(opening, chosen, asked=mine, everybody=asked.everything)
        provider = await opening.provider("jobs.read")
        query = _query(opening, chosen, mine=narrowed, page=asked.page)
        read = await show_pages(cli, provider.jobs(query), NOUN, chosen, asked, ctx)
        more = len(read.items) >= len(kept_names("jobs", opening.session.profile.name))
        if not (chosen or narrowed) and (read.whole or more):
            opening.keep("jobs", {job.name: job for job in read.items})
        if narrowed and not mine and not cli.json:
            cli.tell("cli.jobs.mine", name=opening.me)

    run_opened(cli, work)


@command("get")
@name_argument
@option("--attempts", is_flag=True)
def get(cli: Cli, name: str, attempts: bool) -> None:
    async def work(opening: Open) -> None:
        provider = await opening.provider("jobs.read")
        job = await provider.job(name)
        workers = await provider.workers(name, all_attempts=attempts)
        if cli.json:
            print_json(plain_value(job) | {"worker_list": plain_value(workers)})
            return
        ctx = opening.present()
        print_facts(cli, job_facts(job, ctx), ctx)
        if workers:
            print_line("")
            print_table(cli, WORKER_COLUMNS, worker_rows(workers, ctx), ctx)

    run_opened(cli, work)


def _write(cli: Cli, names: tuple[str, ...], words: str, asked: WriteOptions, plan: Planner) -> int:
    names_or_filter(cli, names, words)

    async def work(opening: Open) -> int:
        wanted = list(names)
        if words:
            chosen = chosen_filter((words,), JOB_FIELDS, opening.present())
            wanted = [job.name for job in await found_jobs(opening, chosen)]
            if not wanted:
                cli.tell("common.empty.filtered", filter=words)
        return await write_each(opening, wanted, plan, asked)

    return run_opened(cli, work)


@command("stop")
@names_argument
@option("--filter", "words", metavar="FILTER", default="")
@write_options
def stop(cli: Cli, names: tuple[str, ...], words: str, **given: Any) -> int:
    return _write(cli, names, words, WriteOptions(**given), lambda ops, name: ops.plan_stop(name))


@command("restart")
@names_argument
@option("--filter", "words", metavar="FILTER", default="")
@option("--from-start", is_flag=True)
@write_options
def restart(cli: Cli, names: tuple[str, ...], words: str, from_start: bool, **given: Any) -> int:
    return _write(
        cli,
        names,
        words,
        WriteOptions(**given),
        lambda ops, name: ops.plan_restart(name, from_checkpoint=not from_start),
    )


@command("delete")
@names_argument
@option("--filter", "words", metavar="FILTER", default="")
@write_options
def delete(cli: Cli, names: tuple[str, ...], words: str, **given: Any) -> int:
    return _write(cli, names, words, WriteOptions(**given), lambda ops, name: ops.plan_delete(name))
