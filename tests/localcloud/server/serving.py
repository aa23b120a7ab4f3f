"""A real cloud behind a real socket in this process, with nodes that a test moves by hand."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from api_client.exchange import Limits
from api_client.models.job import JobSpec
from api_client.providers.tenant import TenantProvider
from api_client.transport import Transport
from localcloud.engine.cloud import Cloud
from localcloud.engine.protocol import Heartbeat, HeartbeatReply, RunOrder, RunReport
from localcloud.engine.settings import CloudSettings
from localcloud.server.app import create_app
from localcloud.server.context import ServerState

ONCE = Limits(retry_attempts=1)


@dataclass
class HandNode:
    """A node agent without processes: it reports what a test says."""

    cloud: Cloud
    name: str
    runs: dict[str, RunReport] = field(default_factory=dict)
    orders: dict[str, RunOrder] = field(default_factory=dict)
    agent_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def beat(self) -> HeartbeatReply:
        reply = self.cloud.heartbeat(
            Heartbeat(
                node=self.name,
                agent_id=self.agent_id,
                pid=os.getpid(),
                runs=list(self.runs.values()),
            )
        )
        for order in reply.start:
            if order.id not in self.runs:
                self.orders[order.id] = order
                Path(order.log_path).parent.mkdir(parents=True, exist_ok=True)
                self.runs[order.id] = RunReport(
                    id=order.id, state="RUNNING", pid=os.getpid(), started=time.time()
                )
        for stopped in reply.stop:
            if stopped in self.runs and self.runs[stopped].state != "EXITED":
                self.end(stopped, 143, stopped=True)
        for gone in reply.forget:
            self.runs.pop(gone, None)
        return reply

    def end(self, run: str, exit_code: int, *, stopped: bool = False) -> None:
        now = time.time()
        update = {"state": "EXITED", "exit_code": exit_code, "ended": now, "stopped": stopped}
        self.runs[run] = self.runs[run].model_copy(update=update)


@dataclass
class Served:
    """One cloud being served."""

    cloud: Cloud
    state: ServerState
    url: str
    socket: Path
    nodes: list[HandNode]
    provider: TenantProvider

    def step(self, times: int = 1) -> None:
        """Let nodes report and the supervisor act."""
        for _ in range(times):
            for node in self.nodes:
                node.beat()
            self.cloud.tick()

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "the condition never came true"
            self.step()
            await asyncio.sleep(0.02)

    async def running_job(self, name: str) -> RunOrder:
        """Submit a job of one worker and bring it to run; returns its order."""
        self.cloud.create_job(JobSpec(name=name, command="true"), "tester")
        await self.until(lambda: self.cloud.job(name).state == "RUNNING")
        return next(o for node in self.nodes for o in node.orders.values() if o.job == name)

    def node_of(self, order: RunOrder) -> HandNode:
        return next(node for node in self.nodes if order.id in node.orders)


@asynccontextmanager
async def listening(app: object, **where: object) -> AsyncIterator[uvicorn.Server]:
    """Serve an app with uvicorn in this event loop."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
        **where,  # type: ignore[arg-type]
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        await task


def hand_fleet(cloud: Cloud, nodes: int = 2, accelerators: int = 4) -> list[HandNode]:
    """Declare nodes and let each report once."""
    cloud.resize(nodes, accelerators)
    fleet = [HandNode(cloud, f"node-{n}") for n in range(1, nodes + 1)]
    for node in fleet:
        node.beat()
    cloud.tick()
    return fleet


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[Served]:
    """A cloud of 2 nodes with 4 slots each, served on a Unix socket."""
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qd-") as short:
        socket = Path(short) / "api.sock"
        settings = CloudSettings(socket_path=socket, node_timeout_seconds=600)
        cloud = Cloud(home, settings)
        try:
            state = ServerState(cloud)
            app = create_app(cloud, token=None, unix=True, state=state)
            async with listening(app, uds=str(socket)):
                url = f"unix://{socket}"
                async with TenantProvider(Transport(url, limits=ONCE)) as provider:
                    fleet = hand_fleet(cloud)
                    yield Served(cloud, state, url, socket, fleet, provider)
                state.stopping.set()
        finally:
            cloud.close()
