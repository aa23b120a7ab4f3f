"""Logs: what one rank of a job writes, as it writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one

from api_client.models.base import Ref
from api_client.models.job import Job, Worker
from console.present.states import worker_face
from console.present.table import Tone
from console.present.units import bytes_text
from console.text import visible
from screens import job_verbs
from screens.base import View
from screens.desk import Desk
from screens.log_pager import COPY_BYTES, show_in_pager
from screens.log_pane import LogPane, LogPhase, LogTarget
from screens.log_words import log_words, problem_text, rank_items
from screens.messages import CopyText, FilterChanged, FreshnessChanged
from screens.navigation import Location
from screens.widgets.log_view import LogView
from screens.widgets.menu_dialog import MenuDialog


class LogsView(View):
    """One log. `detail` is `rank`, or `rank:attempt` to stay with that attempt."""

    VIEW = "logs"
    CONTEXT = "text"
    HINTS: ClassVar = (
        "text.follow",
        "text.ranks",
        "text.previous_logs",
        "text.first_error",
        "text.wrap",
        "text.search_next",
    )

    pane = query_one("LogPane", LogPane)

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
            self.pane.log_view.search(location.filter)

    def leave(self) -> None:
        super().leave()
        self.pane.stop()

    def focus_main(self) -> None:
        self.pane.log_view.focus()

    def _latest(self) -> int | None:
        return max(self.attempts, default=None)

    def _show(self, attempt: int | None) -> None:
        self.pane.show(LogTarget(self.location.key, self.rank, attempt))

    # What is said about it.

    def title(self) -> str:
        t, view, attempt = self.desk.t, self.pane.log_view, self.shown_attempt
        parts = [visible(self.location.key), t("logs_view.rank", rank=self.rank)]
        if attempt is not None:
            parts.append(t("logs_view.attempt", attempt=attempt))
        worker = self._worker()
        if worker is not None:
            parts.append(worker_face(worker.state, self.desk.present(), worker.native).word)
        parts.append(self._position(view))
        return " · ".join(parts)

    def _position(self, view: LogView) -> str:
        t = self.desk.t
        if self.pane.phase is LogPhase.LOADING:
            return t("common.fresh.loading")
        if view.following:
            ended = self.pane.phase is LogPhase.ENDED
            return t("logs_view.ended" if ended else "logs_view.following")
        place = f"{view.percent}%"
        if view.pending:
            place += " " + t("logs_view.pending", n=view.pending)
        return place

    def counts(self) -> str:
        """Size of the log, and which hit of how many is shown."""
        view, parts = self.pane.log_view, []
        if view.total is not None:
            parts.append(bytes_text(view.total))
        if view.hits:
            parts.append(f"{view.hit + 1}/{len(view.hits)}")
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

    @on(LogPane.Changed)
    @on(LogView.StateChanged)
    def _frame_changed(self) -> None:
        self.post_message(FreshnessChanged())

    @on(LogPane.Changed)
    def _phase_changed(self, event: LogPane.Changed) -> None:
        event.stop()
        pane = event.pane
        if pane.error is not None and pane.lines_held:
            self.say(problem_text(pane.error, self.desk), tone=Tone.FAILED)

    @on(LogView.NothingFound)
    def _nothing_found(self, event: LogView.NothingFound) -> None:
        event.stop()
        view = self.pane.log_view
        held = view.held[1] - view.held[0]
        if (view.total or 0) > held:
            text = self.desk.t("logs_view.not_in_part", held=bytes_text(held))
        else:
            text = self.desk.t("logs_view.not_found")
        self.say(text, tone=Tone.WARNING)

    # Searching.

    @property
    def searchable(self) -> bool:
        return True

    def apply_filter(self, text: str) -> None:
        self.location = Location("logs", self.location.key, text, self.location.detail)
        self.post_message(FilterChanged(text))
        self.pane.log_view.search(text)

    def clear_one_step(self) -> bool:
        if not self.location.filter:
            return False
        self.apply_filter("")
        return True

    # Verbs.

    def handler(self, verb: str) -> Callable[[], None] | None:
        return super().handler(verb) or getattr(self.pane.log_view, f"action_{verb}", None)

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

    def do_yank(self) -> None:
        """Copy the line the search is at, else the lines on the screen."""
        view = self.pane.log_view
        text = view.hit_text or "\n".join(view.shown_lines)
        if text:
            self.post_message(CopyText(text))
        else:
            self.say(self.desk.t("screen.nothing_to_copy"), tone=Tone.DIM)

    def do_pager(self) -> None:
        """Open a copy of the end of the log in the pager of the person."""
        if self.pane.target is None:
            return
        self.say(self.desk.t("logs_view.copying", size=bytes_text(COPY_BYTES)), tone=Tone.DIM)
        self.run_worker(
            show_in_pager(self, self.pane.target),
            group="pager",
            exclusive=True,
            exit_on_error=False,
        )

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
