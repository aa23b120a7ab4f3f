"""The node agents as processes: declared, started, stopped, started anew."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from api_client.models.compute import NodeHealth
from api_client.models.event import EventReason, Severity
from localcloud.agent.boot import boot_id
from localcloud.agent.fence import RUN_ID_VARIABLE
from localcloud.engine.core import Core
from localcloud.engine.errors import ConflictFault, InvalidFault, StoreError
from localcloud.engine.heartbeats import Heartbeats
from localcloud.engine.journal import node_ref
from localcloud.engine.live import Reboot
from localcloud.engine.node_control import NodeControl, check_reason
from localcloud.engine.protocol import RunReport
from localcloud.store.rows import NodeRow

_MOST_NODES = 1024
_MOST_ACCELERATORS = 64
_REBOOT_PATIENCE_SECONDS = 2.0
_STOP_MARGIN_SECONDS = 2.0
_REPORTS = TypeAdapter(list[RunReport])


class Fleet:
    """Owns which nodes there are and the processes that stand for them."""

    def __init__(self, core: Core, nodes: NodeControl, heartbeats: Heartbeats) -> None:
        self._core = core
        self._nodes = nodes
        self._heartbeats = heartbeats
        self._children: list[subprocess.Popen[bytes]] = []

    def resize(self, nodes: int, accelerators: int) -> None:
        """Declare node-1..node-N; raises `InvalidFault`, `ConflictFault`."""
        _check_size(nodes, accelerators)
        declared = self._core.store.nodes.all()
        self._refuse_to_take_away(declared, nodes, accelerators)
        with self._core.journal.transaction():
            for node in declared:
                if node.ordinal > nodes:
                    self._remove(node)
                elif node.accelerators != accelerators:
                    node.accelerators = accelerators
                    self._core.journal.save_node(node)
            known = {node.ordinal for node in declared}
            for ordinal in range(1, nodes + 1):
                if ordinal not in known:
                    self._declare(ordinal, accelerators)

    def start_missing(self, *, include_failed: bool) -> None:
        """Start agents where none runs and none is being waited for."""
        for node in self._core.store.nodes.all():
            if not self.running(node.name) and (include_failed or _may_start(node)):
                self._start(node)

    def stop_all(self) -> None:
        """Stop every agent with its workers, and record how the workers ended."""
        nodes = self._core.store.nodes.all()
        waiting = [node for node in nodes if self._signal(node.name, signal.SIGTERM)]
        deadline = time.monotonic() + self._core.settings.grace_seconds + _STOP_MARGIN_SECONDS
        while waiting and time.monotonic() < deadline:
            self.reap()
            waiting = [node for node in waiting if self.running(node.name)]
            time.sleep(0.02)
        for node in waiting:
            self._signal(node.name, signal.SIGKILL)
        for node in nodes:
            self._stopped(node)

    def reboot(self, name: str, reason: str, by: str) -> None:
        """Lose what runs on a node, end its agent, and start it anew."""
        node = self._nodes.get(name)
        check_reason(reason)
        patience = self._core.clock.monotonic() + _REBOOT_PATIENCE_SECONDS
        with self._core.journal.transaction():
            node.health, node.native = NodeHealth.UNKNOWN, "REBOOTING"
            node.fault, node.since = f"rebooted by {by}: {reason}", self._core.now()
            self._core.journal.save_node(node)
            message = f"{name} is rebooted by {by}: {reason}."
            self._core.journal.event(
                node_ref(name), EventReason.NODE_REBOOTED, message, Severity.WARNING
            )
            self._nodes.lose_runs(node, f"{name} was rebooted by {by}: {reason}")
        self._core.live.rebooting[name] = Reboot(node.agent_id, patience)
        self._signal(name, signal.SIGTERM)

    def finish_reboots(self) -> None:
        """Start agents whose predecessor is gone; kill those that do not go."""
        for name, reboot in tuple(self._core.live.rebooting.items()):
            node = self._core.store.nodes.get(name)
            if node is None:
                self._core.live.rebooting.pop(name)
            elif not self.running(name):
                self._core.live.rebooting.pop(name)
                self._start(node)
            elif self._core.clock.monotonic() >= reboot.kill_at:
                self._signal(name, signal.SIGKILL)

    def reap(self) -> None:
        """Collect agents that have ended, so that none stays as a zombie."""
        self._children = [child for child in self._children if child.poll() is None]

    def running(self, name: str) -> bool:
        """True where an agent of this node is alive: it holds the lock as long as it lives."""
        try:
            lock = os.open(self._folder(name) / "lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def _start(self, node: NodeRow) -> None:
        folder = self._folder(node.name)
        command = [sys.executable, "-m", "localcloud.agent"]
        command += ["--socket", str(self._core.socket_path), "--node", node.name]
        command += ["--home", str(self._core.home)]
        if node.ordinal == 1:
            command.append("--devices")
        environment = {k: v for k, v in os.environ.items() if k != RUN_ID_VARIABLE}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "agent.log").open("ab") as log:
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    start_new_session=True,
                )
        except OSError as error:
            raise StoreError(f"The agent of {node.name} could not be started ({error}).") from error
        self._children.append(child)
        self._core.live.heard[node.name] = self._core.clock.monotonic()
        with self._core.journal.transaction():
            node.health, node.native, node.fault = NodeHealth.UNKNOWN, "STARTING", ""
            node.agent_pid, node.since = child.pid, self._core.now()
            self._core.journal.save_node(node)

    def _signal(self, name: str, number: int) -> bool:
        """Signal the agent that holds the lock; returns whether there is one."""
        if not self.running(name):
            return False
        written = (self._folder(name) / "lock").read_text(encoding="ascii").strip()
        if not written.isdigit():
            return True
        try:
            os.kill(int(written), number)
        except ProcessLookupError:
            return False
        return True

    def _stopped(self, node: NodeRow) -> None:
        self._heartbeats.take_over(node, _stored_reports(self._folder(node.name) / "runs.json"))
        with self._core.journal.transaction():
            node.health, node.native = NodeHealth.UNKNOWN, "STOPPED"
            node.fault, node.since = "its agent was stopped", self._core.now()
            node.agent_pid = None
            self._core.journal.save_node(node)

    def _declare(self, ordinal: int, accelerators: int) -> None:
        now = self._core.now()
        node = NodeRow(f"node-{ordinal}", ordinal, accelerators, created=now, since=now)
        self._core.store.nodes.insert(node)
        self._core.journal.touch_node(node.name)

    def _remove(self, node: NodeRow) -> None:
        # Its agent hears with its next heartbeat that it must leave.
        self._core.journal.drop_node(node.name)
        self._core.live.forget_node(node.name)

    def _refuse_to_take_away(self, declared: list[NodeRow], nodes: int, accelerators: int) -> None:
        for node in declared:
            runs = self._core.store.runs.live(node.name)
            highest = max((slot for run in runs for slot in run.slots), default=-1)
            if runs and node.ordinal > nodes:
                raise ConflictFault(
                    "node_busy",
                    f"{node.name} runs {len(runs)} workers and cannot be taken away.",
                    f"Drain it first: quarterdeck nodes drain {node.name}",
                )
            if highest >= accelerators:
                raise ConflictFault(
                    "node_busy",
                    f"A worker holds slot {highest} of {node.name}.",
                    "Wait for it, or stop its job.",
                )

    def _folder(self, name: str) -> Path:
        return self._core.home / "nodes" / name


def _may_start(node: NodeRow) -> bool:
    """A node that was at work and fell silent is left to failure detection."""
    if node.health is NodeHealth.FAILED:
        return False
    return node.health is NodeHealth.UNKNOWN or node.boot_id != boot_id()


def _check_size(nodes: int, accelerators: int) -> None:
    wrong: dict[str, str] = {}
    if not 1 <= nodes <= _MOST_NODES:
        wrong["nodes"] = f"must be 1 to {_MOST_NODES}"
    if not 0 <= accelerators <= _MOST_ACCELERATORS:
        wrong["accelerators"] = f"must be 0 to {_MOST_ACCELERATORS}"
    if wrong:
        raise InvalidFault(wrong)


def _stored_reports(path: Path) -> list[RunReport]:
    """A stopped agent's run table; an unreadable one is left to its next agent."""
    try:
        return _REPORTS.validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, ValidationError):
        return []
