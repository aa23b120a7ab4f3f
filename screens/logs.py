"""Logs: what one rank of a job writes, as it writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from api_client.models.base import Ref
from api_client.models.job import Job, Worker
from console.present.states import worker_face
from console.present.table import Tone
from console.text import visible
from screens import job_verbs
from screens.desk import Desk
from screens.log_base import LogBase
from screens.log_pane import LogPane, LogTarget
from screens.log_words import log_words, rank_items
from screens.navigation import Location
from screens.widgets.menu_dialog import MenuDialog


class LogsView(LogBase):
    """One log. `detail` is `rank`, or `rank:attempt` to stay with that attempt."""

    VIEW = "logs"
    HINTS: ClassVar = (
        "text.follow",
        "text.ranks",
        "text.previous_logs",
        "text.first_error",
        "text.wrap",
        "text.search_next",
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._told_of = -1
        self._settled = False
        """Whether the log on the screen is the one of the current location."""

    def compose(self) -> ComposeResult:
        yield LogPane(self.desk.session, lambda pane: log_words(pane, self.desk))

    # Where we are.

    @property
    def rank(self) -> int:
        """The rank shown."""
        text = self.location.detail.partition(":")[0]
        return int(text) if text.isdigit() else 0

    @property
    def pinned_attempt(self) -> int | None:
        """The attempt the person chose; `None` means the latest, whichever that is."""
        text = self.location.detail.partition(":")[2]
        return int(text) if text.isdigit() else None

    @property
    def attempts(self) -> list[int]:
        """The attempts of this rank, oldest first."""
        return sorted(w.attempt for w in self._workers() if w.rank == self.rank)

    @property
    def shown_attempt(self) -> int | None:
        """The attempt on the screen; `None` while nobody knows."""
        target = self.pane.target
        return target.attempt if target is not None else None

    def _workers(self) -> list[Worker]:
        return list(self.snapshot(f"workers/{self.location.key}").items.values())

    def _worker(self) -> Worker | None:
        wanted = (self.rank, self.shown_attempt)
        return next((w for w in self._workers() if (w.rank, w.attempt) == wanted), None)

    def feeds(self) -> Sequence[str]:
        return (f"job/{self.location.key}", f"workers/{self.location.key}")

    def subjects(self) -> Sequence[Ref]:
        return [Ref(kind="job", id=self.location.key)] if self.location.key else ()

    def open(self, location: Location) -> None:
        self._told_of = -1
        self._settled = False
        super().open(location)
        self._settled = True
        self._show(self.pinned_attempt if self.pinned_attempt is not None else self._latest())
        if location.filter:
            self.apply_filter(location.filter)

    def _latest(self) -> int | None:
        return max(self.attempts, default=None)

    def _show(self, attempt: int | None) -> None:
        if LogTarget(self.location.key, self.rank, attempt) != self.pane.target:
            self.finding.end()
        self.pane.show(LogTarget(self.location.key, self.rank, attempt))

    # What is said about it.

    def title(self) -> str:
        t, attempt = self.desk.t, self.shown_attempt
        parts = [visible(self.location.key), t("logs_view.rank", rank=self.rank)]
        if attempt is not None:
            parts.append(t("logs_view.attempt", attempt=attempt))
        worker = self._worker()
        if worker is not None:
            parts.append(worker_face(worker.state, self.desk.present(), worker.native).word)
        parts.append(self.position())
        return " · ".join(parts)

    def draw(self) -> None:
        """Follow the job into its next attempt; the log itself arrives by its own way."""
        target = self.pane.target
        if target is None or not self._settled:
            return
        self.pane.retranslate()
        if self.pane.is_missing:
            # Its worker may have begun since.
            self.pane.try_again()
        latest, shown = self._latest(), self.shown_attempt
        if latest is None or self.pinned_attempt is not None:
            return
        if shown is None:
            self.pane.adopt(LogTarget(self.location.key, self.rank, latest))
        elif latest > shown:
            self._next_attempt(latest)

    def _next_attempt(self, latest: int) -> None:
        if self.pane.log_view.following:
            self._show(latest)
            self.say(self.desk.t("logs_view.next_attempt", attempt=latest), tone=Tone.RECOVERING)
        elif latest != self._told_of:
            self._told_of = latest
            self.say(self.desk.t("logs_view.new_attempt", attempt=latest), tone=Tone.RECOVERING)

    # Verbs.

    def do_follow(self) -> None:
        """Keep the end in view; from an older attempt on to the latest one."""
        latest = self._latest()
        if latest is not None and latest != self.shown_attempt:
            self.go("logs", self.location.key, detail=str(self.rank))
            return
        self.pane.log_view.action_follow()

    def do_previous_logs(self) -> None:
        """The attempt before the one shown."""
        shown = self.shown_attempt
        earlier = [each for each in self.attempts if shown is None or each < shown]
        if not earlier:
            self.say(self.desk.t("logs_view.no_previous"), tone=Tone.DIM)
            return
        self.go("logs", self.location.key, detail=f"{self.rank}:{earlier[-1]}")

    def do_ranks(self) -> None:
        """Choose the rank whose log is shown."""
        items = rank_items(self._workers(), self.desk.present())
        if not items:
            self.say(self.desk.t("common.empty.workers"), tone=Tone.DIM)
            return

        def chosen(rank: str | None) -> None:
            if rank is not None:
                self.go("logs", self.location.key, detail=rank)

        self.app.push_screen(MenuDialog(self.desk.t("logs_view.choose_rank"), items), chosen)

    def do_related(self) -> None:
        """The node this rank runs on."""
        worker = self._worker()
        if worker is not None and worker.node:
            self.go("node", worker.node)

    def do_open(self) -> None:
        self.go("job", self.location.key)

    def do_why(self) -> None:
        """Why the job is as it is."""
        job: Job | None = self.snapshot(f"job/{self.location.key}").items.get(self.location.key)
        if job is not None:
            job_verbs.show_why(self, job)
