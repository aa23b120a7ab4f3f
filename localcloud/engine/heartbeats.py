"""Takes what an agent reports, records what is new, answers with what should be."""

from __future__ import annotations

from api_client.models.compute import NodeHealth
from api_client.models.event import EventReason
from api_client.models.job import JobState, Progress, WorkerState
from localcloud.engine.clock import from_epoch
from localcloud.engine.core import Core
from localcloud.engine.errors import StoreError
from localcloud.engine.journal import node_ref
from localcloud.engine.live import RunLoad
from localcloud.engine.orders import order_for
from localcloud.engine.policy import exit_sentence
from localcloud.engine.progress import follow_progress
from localcloud.engine.protocol import Heartbeat, HeartbeatReply, RunOrder, RunReport
from localcloud.engine.runs import end_run, lose_run
from localcloud.store.rows import NodeRow, RunRow

_BUSY_STATES = (JobState.STARTING, JobState.STOPPING, JobState.RECOVERING)


class Heartbeats:
    """One transaction per heartbeat; a heartbeat that is repeated changes nothing."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def receive(self, beat: Heartbeat) -> HeartbeatReply:
        """Record a heartbeat and say what the agent must do."""
        node = self._core.store.nodes.get(beat.node)
        reboot = self._core.live.rebooting.get(beat.node)
        if node is None or (reboot is not None and reboot.agent_id == beat.agent_id):
            return self._reply(leave=True)
        try:
            return self._take(node, beat)
        except StoreError:
            # The agent did call; that we could not write it down is no failure of any node.
            self._core.live.began = self._core.clock.monotonic()
            raise

    def _take(self, node: NodeRow, beat: Heartbeat) -> HeartbeatReply:
        with self._core.journal.transaction():
            reply = self._reply()
            self._match(node, beat.runs, reply)
            self._note(node, beat, given_away=bool(reply.stop))
        self._measure(beat)
        return reply

    def take_over(self, node: NodeRow, reports: list[RunReport]) -> None:
        """Record what a stopped agent left in its run table."""
        with self._core.journal.transaction():
            for report in reports:
                row = self._core.store.runs.get(report.id)
                if row is not None and row.node == node.name and row.live:
                    self._record(row, report)

    def _match(self, node: NodeRow, reports: list[RunReport], reply: HeartbeatReply) -> None:
        for report in reports:
            row = self._core.store.runs.get(report.id)
            if row is not None and row.node == node.name and row.live:
                self._record(row, report)
            ended = report.state in ("EXITED", "LOST")
            if ended:
                reply.forget.append(report.id)
            elif row is None or not row.live or row.node != node.name:
                reply.stop.append(report.id)
        given_away = list(reply.stop)
        reported = {report.id for report in reports}
        for row in self._core.store.runs.live(node.name):
            if row.id not in reported:
                self._unreported(row, reply.start)
            elif row.stop_wanted:
                reply.stop.append(row.id)
        follow_progress(self._core, node.name, reports)
        reply.stop[:] = [*given_away, *(i for i in reply.stop if i not in given_away)]

    def _unreported(self, row: RunRow, start: list[RunOrder]) -> None:
        """The agent calls one exchange at a time, so what it does not report it does not have."""
        job = self._core.store.jobs.by_uid(row.job_uid)
        if row.state is not WorkerState.PENDING:
            lose_run(self._core, row, f"{row.node} no longer knows the worker")
        elif row.stop_wanted or job is None:
            end_run(self._core, row, WorkerState.STOPPED, "never started", self._core.now())
        else:
            start.append(order_for(self._core, job, row))

    def _record(self, row: RunRow, report: RunReport) -> None:
        row.pid, row.pid_started = report.pid, report.pid_started
        row.started = report.started
        row.log_bytes, row.last_output = report.log_bytes, report.last_output
        row.tail = report.tail
        row.progress = Progress(
            step=report.progress.step,
            total_steps=report.progress.total_steps,
            loss=report.progress.loss,
            tokens_per_second=report.progress.tokens_per_second,
            steps_per_second=report.progress.steps_per_second,
            updated=from_epoch(report.progress.updated),
        )
        if report.state == "EXITED":
            self._exited(row, report)
        elif report.state == "LOST":
            reason = f"the agent of {row.node} was killed and came back without the worker"
            end_run(self._core, row, WorkerState.LOST, reason, report.ended or self._core.now())
        else:
            if row.state is WorkerState.PENDING and report.state == "RUNNING":
                row.state = WorkerState.STOPPING if row.stop_wanted else WorkerState.RUNNING
            self._core.store.runs.save(row)
            self._core.live.loads[row.id] = RunLoad(report.cpu, report.memory_bytes)

    def _exited(self, row: RunRow, report: RunReport) -> None:
        row.exit_code, row.signal = report.exit_code, report.signal
        ended = min(report.ended or self._core.now(), self._core.now())
        if report.shutdown and not row.stop_wanted:
            reason = f"the agent of {row.node} was shut down"
            end_run(self._core, row, WorkerState.LOST, reason, ended)
        elif report.stopped:
            end_run(self._core, row, WorkerState.STOPPED, "stopped", ended)
        elif report.exit_code == 0:
            end_run(self._core, row, WorkerState.SUCCEEDED, "", ended)
        else:
            code = report.exit_code if report.exit_code is not None else 1
            reason = exit_sentence(code, report.signal, report.error, report.tail)
            end_run(self._core, row, WorkerState.FAILED, reason, ended)

    def _note(self, node: NodeRow, beat: Heartbeat, *, given_away: bool) -> None:
        core, changed = self._core, node.agent_pid != beat.pid
        core.live.heard[node.name] = core.clock.monotonic()
        node.last_heartbeat = core.now()
        node.agent_id, node.agent_pid = beat.agent_id, beat.pid
        node.agent_version, node.boot_id = beat.version, beat.boot_id
        node.cpu_count, node.memory_bytes = beat.cpu_count, beat.memory_bytes
        core.live.rebooting.pop(node.name, None)
        # A node that was given up first lets go of what was given away.
        ready = node.health is NodeHealth.HEALTHY or not (
            given_away and node.health is NodeHealth.FAILED
        )
        if ready and node.health is not NodeHealth.HEALTHY:
            changed = True
            node.health, node.native, node.fault = NodeHealth.HEALTHY, "READY", ""
            node.since = core.now()
            core.journal.event(
                node_ref(node.name), EventReason.NODE_READY, f"{node.name} is ready."
            )
        core.journal.save_node(node, publish=changed)

    def _measure(self, beat: Heartbeat) -> None:
        self._core.live.devices[beat.node] = beat.devices
        if beat.cpu is not None:
            self._core.live.machine_cpu[beat.node] = beat.cpu

    def _reply(self, *, leave: bool = False) -> HeartbeatReply:
        settings = self._core.settings
        busy = self._core.store.jobs.in_states(*_BUSY_STATES) > 0
        pause = settings.heartbeat_seconds
        return HeartbeatReply(
            next_seconds=min(pause, settings.busy_heartbeat_seconds) if busy else pause,
            grace_seconds=settings.grace_seconds,
            leave=leave,
        )
