"""What is said about the log of a rank: whose it is, and why it has no line."""

from __future__ import annotations

from collections.abc import Iterable

from api_client.errors import CloudError, NotFound
from api_client.models.job import Job, Worker, WorkerState
from console.logs.source import LogError
from console.present.context import PresentContext
from console.present.errors import error_text
from console.present.states import worker_face
from console.present.units import DASH, bytes_text
from console.text import visible
from screens.desk import Desk
from screens.log_pane import LogPane, LogPhase, LogTarget
from screens.widgets.menu_dialog import MenuItem

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def rank_items(workers: Iterable[Worker], ctx: PresentContext) -> list[MenuItem]:
    """Every rank as its latest attempt is; the first ones have a letter."""
    latest: dict[int, Worker] = {}
    for worker in workers:
        known = latest.get(worker.rank)
        if known is None or worker.attempt > known.attempt:
            latest[worker.rank] = worker
    return [
        MenuItem(
            letter=_LETTERS[at] if at < len(_LETTERS) else "",
            value=str(rank),
            title=rank_title(latest[rank], ctx),
        )
        for at, rank in enumerate(sorted(latest))
    ]


def rank_title(worker: Worker, ctx: PresentContext) -> str:
    """One line of the rank picker."""
    rank = ctx.t("logs_view.rank", rank=worker.rank)
    state = worker_face(worker.state, ctx, worker.native).word
    return "  ".join((rank, state, visible(worker.node or DASH), bytes_text(worker.log_bytes)))


def problem_text(error: CloudError | LogError, desk: Desk) -> str:
    """Why a log cannot be read."""
    if isinstance(error, LogError):
        return desk.t(error.key, path=visible(str(error.path)), reason=visible(error.reason))
    return error_text(error, desk.present()).sentence


def log_words(pane: LogPane, desk: Desk) -> str:
    """What a log without a line says: why there is none."""
    target, t = pane.target, desk.t
    if target is None or pane.phase is LogPhase.LOADING:
        return t("common.fresh.loading")
    snapshot = desk.session.store.snapshot(f"job/{target.job}")
    if isinstance(snapshot.error, NotFound):
        return t("logs_view.no_job", name=visible(target.job))
    if pane.error is not None and not isinstance(pane.error, NotFound):
        return problem_text(pane.error, desk)
    if pane.error is not None or _is_pending(target, desk):
        job: Job | None = snapshot.items.get(target.job)
        return t("logs_view.not_started", why=visible(job.reason if job else "")).strip()
    return t("common.empty.log" if pane.phase is LogPhase.ENDED else "logs_view.no_output")


def _is_pending(target: LogTarget, desk: Desk) -> bool:
    workers = desk.session.store.snapshot(f"workers/{target.job}").items.values()
    mine = [w for w in workers if w.rank == target.rank and target.attempt in (None, w.attempt)]
    return all(worker.state is WorkerState.PENDING for worker in mine)
