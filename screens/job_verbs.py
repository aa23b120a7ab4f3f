"""What can be done about a job from where it is shown: looking, copying it, being told of it."""

from __future__ import annotations

from collections.abc import Sequence

from api_client.models.job import Job, JobSummary
from api_client.models.slim import Slim, indented
from console.present.table import Tone
from console.text import visible
from screens.base import View
from screens.job_words import why_lines
from screens.widgets.dialogs import MessageDialog
from screens.widgets.menu_dialog import MenuDialog, MenuItem

_LETTERS = "123456789abcdefghijklmnopqrstuvwxyz"


def open_log(view: View, name: str, rank: int = 0, attempt: int | None = None) -> None:
    """Show the log of one rank; without an attempt, of the latest one."""
    detail = str(rank) if attempt is None else f"{rank}:{attempt}"
    view.go("logs", name, detail=detail)


def open_previous_log(view: View, name: str, attempt: int, rank: int = 0) -> None:
    """Show the log of the attempt before this one."""
    if attempt < 1:
        view.say(view.desk.t("logs_view.no_previous"), tone=Tone.DIM)
        return
    open_log(view, name, rank, attempt - 1)


def clone(view: View, name: str) -> None:
    """Open the form of a new job filled from this one."""
    view.go("submit", detail=f"clone:{name}")


def edit(view: View, name: str) -> None:
    """Open the form filled from this job; what differs is shown beside it."""
    view.go("submit", detail=f"edit:{name}")


def toggle_pins(view: View, names: Sequence[str]) -> None:
    """Be told when these jobs end, or be told no more."""
    pins, t = view.desk.pins, view.desk.t
    if not names:
        view.say(t("screen.nothing_selected"), tone=Tone.DIM)
        return
    wanted = not all(name in pins for name in names)
    try:
        for name in names:
            (pins.add if wanted else pins.remove)(name)
    except OSError as error:
        view.say(t("screen.not_kept", why=str(error)), tone=Tone.WARNING)
    else:
        key = "job_view.pin_set" if wanted else "job_view.pin_taken"
        view.say(t(key, names=visible(", ".join(names))), tone=Tone.OK)
    view.draw()


def show_why(view: View, job: JobSummary) -> None:
    """Say why the job waits, recovers or ended."""
    ctx = view.desk.present()
    title = ctx.t("job_view.title", name=visible(job.name))
    view.app.push_screen(MessageDialog(title, why_lines(job, ctx)))


def show_raw(view: View, title: str, thing: Slim) -> None:
    """Show the object as the API returned it."""
    lines = indented(thing).split("\n")
    view.app.push_screen(MessageDialog(title, lines))


def open_related(view: View, nodes: Sequence[str]) -> None:
    """Go to the node a job runs on, chosen where there are several."""
    if not nodes:
        view.say(view.desk.t("job_view.no_node"), tone=Tone.DIM)
    elif len(nodes) == 1:
        view.go("node", nodes[0])
    else:
        items = [
            MenuItem(_LETTERS[at] if at < len(_LETTERS) else "", node, visible(node))
            for at, node in enumerate(nodes)
        ]
        title = view.desk.t("job_view.choose_node")

        def chosen(node: str | None) -> None:
            if node is not None:
                view.go("node", node)

        view.app.push_screen(MenuDialog(title, items), chosen)


def nodes_of(job: Job | JobSummary) -> tuple[str, ...]:
    """The nodes a job holds, else those its last attempt held."""
    if job.nodes or not isinstance(job, Job):
        return job.nodes
    last = [each.node for each in job.allocations if each.attempt == job.attempt]
    return tuple(dict.fromkeys(last))
