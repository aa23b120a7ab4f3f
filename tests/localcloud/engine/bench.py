"""A cloud without processes: a clock that is moved and heartbeats written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api_client.models.job import Job, JobSpec
from localcloud.engine.cloud import Cloud
from localcloud.engine.protocol import Heartbeat, HeartbeatReply, RunReport
from localcloud.engine.settings import CloudSettings

START = datetime(2026, 3, 1, 9, 59, 50, tzinfo=UTC)


class HandClock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return 1000.0 + self.seconds


class Bench:
    """Plays the agents: every run that is ordered runs until `finish` ends it."""

    def __init__(self, home: Path, nodes: int = 2, accelerators: int = 4, **settings: Any) -> None:
        self.home = home
        self.settings = CloudSettings(**settings)
        self.clock = HandClock()
        self.cloud = Cloud(home, self.settings, self.clock)
        self.cloud.resize(nodes, accelerators)
        self.reports: dict[str, dict[str, RunReport]] = {}
        self.names: dict[str, tuple[str, int]] = {}
        self.silent: set[str] = set()
        self.beat()

    def reopen(self) -> None:
        self.cloud.close()
        self.cloud = Cloud(self.home, self.settings, self.clock)

    def submit(self, name: str, **fields: Any) -> Job:
        return self.cloud.create_job(JobSpec(name=name, command="true", **fields), "ana")

    def step(self, seconds: float = 0.25) -> None:
        """Time passes, every node calls, the supervisor works, the nodes hear of it."""
        self.clock.seconds += seconds
        self.beat()
        self.cloud.tick()
        self.beat()

    def settle(self, steps: int = 4) -> None:
        for _ in range(steps):
            self.step()

    def beat(self) -> None:
        for node in self.cloud.nodes(None, 1000).items:
            if node.name not in self.silent:
                self._call(node.name)

    def finish(self, job: str, rank: int, code: int = 0, **fields: Any) -> None:
        report = self.of(job, rank)
        now = self.clock.now().timestamp()
        self._set(
            report.model_copy(update={"state": "EXITED", "exit_code": code, "ended": now} | fields)
        )

    def tell(self, job: str, rank: int, **fields: Any) -> None:
        """Change what the agent says of a run."""
        said = self.of(job, rank).model_dump() | fields
        self._set(RunReport.model_validate(said))

    def of(self, job: str, rank: int) -> RunReport:
        live = [
            report
            for runs in self.reports.values()
            for report in runs.values()
            if self.names[report.id] == (job, rank) and report.state == "RUNNING"
        ]
        return live[-1]

    def _set(self, report: RunReport) -> None:
        for runs in self.reports.values():
            if report.id in runs:
                runs[report.id] = report

    def _call(self, node: str) -> HeartbeatReply:
        runs = self.reports.setdefault(node, {})
        beat = Heartbeat(node=node, agent_id=f"agent-{node}", pid=1, runs=list(runs.values()))
        reply = self.cloud.heartbeat(beat)
        now = self.clock.now().timestamp()
        for order in reply.start:
            self.names[order.id] = (order.job, order.rank)
            runs[order.id] = RunReport(id=order.id, state="RUNNING", pid=2**22 + 1, started=now)
        for run_id in reply.stop:
            if run_id in runs:
                ended = {"state": "EXITED", "exit_code": 143, "signal": 15}
                ended |= {"stopped": True, "ended": now}
                runs[run_id] = runs[run_id].model_copy(update=ended)
        for run_id in reply.forget:
            runs.pop(run_id, None)
        return reply
