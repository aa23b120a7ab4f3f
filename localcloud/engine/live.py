"""What the daemon knows only while it runs: who was heard when, and the newest measurements."""

from __future__ import annotations

from dataclasses import dataclass, field

from localcloud.engine.protocol import DeviceReport


@dataclass
class Reboot:
    """A reboot under way: the old agent must be gone before a new one starts."""

    agent_id: str
    kill_at: float
    """Monotonic moment of SIGKILL."""


@dataclass
class RunLoad:
    """What one run uses now."""

    cores: float | None = None
    memory_bytes: int | None = None


@dataclass
class LiveFacts:
    """Lost with the daemon on purpose. Moments are monotonic seconds."""

    began: float
    """No node is late before the timeout has passed since this moment."""
    heard: dict[str, float] = field(default_factory=dict)
    """Last heartbeat, by node."""
    end_seen: dict[str, float] = field(default_factory=dict)
    """When the daemon learnt of a run's end, by run."""
    loads: dict[str, RunLoad] = field(default_factory=dict)
    devices: dict[str, list[DeviceReport]] = field(default_factory=dict)
    machine_cpu: dict[str, float] = field(default_factory=dict)
    rebooting: dict[str, Reboot] = field(default_factory=dict)
    unpublished: set[str] = field(default_factory=set)
    """Jobs whose progress moved since it was last published, by uid."""
    meter_now: bool = True
    """An allocation began or ended since the last metering."""

    def last_heard(self, node: str) -> float:
        """Last sign of life of a node, or the moment its waiting began."""
        return max(self.heard.get(node, self.began), self.began)

    def forget_node(self, name: str) -> None:
        for facts in (self.heard, self.devices, self.machine_cpu, self.rebooting):
            facts.pop(name, None)
