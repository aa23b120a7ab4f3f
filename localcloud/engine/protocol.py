"""What a node agent and the daemon say to each other, once per heartbeat.

The agent reports what is; the answer says what should be. Both are complete each time, so a
lost message costs one heartbeat and nothing else. Times are seconds since 1970.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

RunPhase = Literal["STARTING", "RUNNING", "EXITED", "LOST"]


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", use_attribute_docstrings=True)


class ProgressReport(_Message):
    """The newest figures found in a worker's log."""

    step: int | None = None
    total_steps: int | None = None
    loss: float | None = None
    tokens_per_second: float | None = None
    steps_per_second: float | None = None
    updated: float | None = None


class RunReport(_Message):
    """The actual state of one worker run."""

    id: str
    state: RunPhase
    """LOST: an earlier agent of this node ran it and its end was not seen."""
    pid: int | None = None
    """Also the process group."""
    pid_started: float | None = None
    exit_code: int | None = None
    """As a shell says it: 128 + signal when a signal ended it."""
    signal: int | None = None
    stopped: bool = False
    """The agent ended it because it was told to."""
    shutdown: bool = False
    """The agent ended it because the agent itself was shut down."""
    error: str = ""
    """Why it could not be started."""
    tail: str = ""
    """The last line of the log, once it has ended."""
    started: float | None = None
    ended: float | None = None
    log_bytes: int | None = None
    last_output: float | None = None
    progress: ProgressReport = ProgressReport()
    checkpoint_step: int | None = None
    checkpoint_time: float | None = None
    cpu: float | None = None
    """Cores in use by the whole process tree over the last interval."""
    memory_bytes: int | None = None


class DeviceReport(_Message):
    """One real accelerator of the node."""

    index: int
    uuid: str = ""
    vendor: str = ""
    model: str = ""
    memory_bytes: int | None = None
    utilisation: float | None = None
    memory_used_bytes: float | None = None
    power_watts: float | None = None
    temperature_celsius: float | None = None


class Heartbeat(_Message):
    """Everything a node agent knows."""

    node: str
    agent_id: str
    """New with each start of an agent."""
    pid: int
    version: str = ""
    boot_id: str = ""
    cpu_count: int | None = None
    memory_bytes: int | None = None
    cpu: float | None = None
    """Fraction 0..1 of the machine's CPU in use."""
    runs: list[RunReport] = []
    devices: list[DeviceReport] = []


class RunOrder(_Message):
    """A worker run the agent must start, once."""

    id: str
    job: str
    rank: int
    attempt: int
    command: str
    working_dir: str
    env: dict[str, str]
    log_path: str
    checkpoint_dir: str


class HeartbeatReply(_Message):
    """What the agent must do next."""

    start: list[RunOrder] = []
    stop: list[str] = []
    """End these: SIGTERM, then SIGKILL after the grace."""
    forget: list[str] = []
    """Their end is recorded; the agent may drop them."""
    next_seconds: float
    """When to call again."""
    grace_seconds: float
    leave: bool = False
    """The node was taken away: stop everything and exit."""
