"""A cloud with real agents: a thread that ticks and answers heartbeats on a unix socket."""

from __future__ import annotations

import os
import shutil
import signal
import socketserver
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from api_client.models.base import Page
from api_client.models.event import Event
from api_client.models.job import Job, JobSpec, JobState
from localcloud.engine.cloud import Cloud
from localcloud.engine.protocol import Heartbeat
from localcloud.engine.settings import CloudSettings

DEADLINE_SECONDS = 20.0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        lab: Lab = self.server.lab  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lab.lock:
            if lab.cloud is None:
                self.close_connection = True
                return
            answer = lab.cloud.heartbeat(Heartbeat.model_validate_json(body)).model_dump_json()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def address_string(self) -> str:
        return "agent"

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: Any) -> None:
        """An agent that was killed breaks its connection; that is what the tests are about."""


class Lab:
    """Holds the cloud; `open` and `drop` stand for starting and killing the daemon."""

    def __init__(self, home: Path, run_dir: Path, **settings: Any) -> None:
        self.home = home
        self.lock = threading.RLock()
        self.cloud: Cloud | None = None
        self._dropped: list[Cloud] = []
        """Kept so that their agents, children of this process, are collected at the end."""
        self.socket_path = run_dir / "api.sock"
        values = {
            "socket_path": self.socket_path,
            "heartbeat_seconds": 0.1,
            "busy_heartbeat_seconds": 0.05,
            "node_timeout_seconds": 1.0,
            "grace_seconds": 1.0,
            "backoff_first_seconds": 0.05,
            "meter_seconds": 0.3,
            "telemetry_seconds": 0.3,
        }
        self.settings = CloudSettings(**(values | settings))
        self._server: _Server | None = None
        self._stop = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        self._ticker.start()

    def open(self) -> Cloud:
        with self.lock:
            self.cloud = Cloud(self.home, self.settings)
        self.socket_path.unlink(missing_ok=True)
        self._server = _Server(str(self.socket_path), _Handler)
        self._server.lab = self  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self.cloud

    def drop(self) -> None:
        """As kill -9 of the daemon: no farewell to anybody."""
        with self.lock:
            if self.cloud is not None:
                self.cloud.close()
                self._dropped.append(self.cloud)
            self.cloud = None
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def end(self) -> None:
        with self.lock:
            if self.cloud is not None:
                self.cloud.stop_agents()
        self._stop.set()
        self._ticker.join()
        self.drop()
        for cloud in self._dropped:
            cloud._fleet.reap()

    def ask(self, question: Callable[[Cloud], Any]) -> Any:
        with self.lock:
            assert self.cloud is not None
            return question(self.cloud)

    def submit(self, name: str, command: str, **fields: Any) -> Job:
        spec = JobSpec(name=name, command=command, **fields)
        return self.ask(lambda cloud: cloud.create_job(spec, "ana"))

    def job(self, name: str) -> Job:
        return self.ask(lambda cloud: cloud.job(name))

    def events(self, subject: str) -> list[Event]:
        page: Page[Event] = self.ask(lambda cloud: cloud.events(subject_id=subject, limit=1000))
        return list(page.items)

    def reasons(self, subject: str) -> list[str]:
        return [event.reason for event in self.events(subject)]

    def wait(
        self, what: str, condition: Callable[[], Any], seconds: float = DEADLINE_SECONDS
    ) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"never happened: {what}")

    def wait_state(self, name: str, *states: JobState) -> Job:
        def reached() -> Job | None:
            job = self.job(name)
            return job if job.state in states else None

        try:
            return self.wait(f"{name} in {states}", reached)
        except AssertionError:
            job = self.job(name)
            raise AssertionError(f"{job.state} {job.reason} {self.reasons(name)}") from None

    def wait_ready(self) -> None:
        self.wait(
            "all nodes healthy",
            lambda: all(
                node.health.value == "HEALTHY"
                for node in self.ask(lambda cloud: cloud.nodes(None, 100)).items
            ),
        )

    def agent_pid(self, node: str) -> int:
        pid = self.ask(lambda cloud: cloud.node(node)).agent_pid
        assert pid is not None
        return pid

    def kill_agent(self, node: str) -> int:
        pid = self.agent_pid(node)
        os.kill(pid, signal.SIGKILL)
        return pid

    def _tick(self) -> None:
        while not self._stop.wait(0.05):
            with self.lock:
                if self.cloud is not None:
                    self.cloud.tick()


@contextmanager
def running_lab(home: Path, nodes: int, accelerators: int, **settings: Any) -> Iterator[Lab]:
    run_dir = Path(tempfile.mkdtemp(prefix="qd-"))
    lab = Lab(home, run_dir, **settings)
    cloud = lab.open()
    try:
        with lab.lock:
            cloud.resize(nodes, accelerators)
            cloud.start_missing_agents()
        lab.wait_ready()
        yield lab
    finally:
        lab.end()
        shutil.rmtree(run_dir)
