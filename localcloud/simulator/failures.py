"""What breaks, how often, and how long repairs take.

Sources:
- weights of the platform's causes: counts of the 419 unexpected interruptions of the Llama 3
  405B run (54 days on 16,384 accelerators; "The Llama 3 Herd of Models", 2024, table 5).
- repair times: quantiles of 263 faults of 400 servers over 348 days (InfiniteHBD-Trace,
  Apache-2.0), in days, by class of fault.
- weights of the jobs' own errors are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from api_client.models.compute import FaultSeverity, NodeHealth
from api_client.models.event import FailureCategory, RecoveryAction
from localcloud.simulator.dice import uniform
from localcloud.simulator.moments import DAY, MINUTE

FAULTS_PER_ACCELERATOR_HOUR = 419 / (54 * 24 * 16_384)

_REPAIR_AT = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)
_REPAIR_DAYS = {
    "accelerator": (0.008, 0.009, 0.010, 0.990, 3.726, 44.97, 91.95, 91.95),
    "network": (0.060, 0.175, 0.476, 4.526, 6.227, 14.53, 27.97, 27.97),
    "nic": (0.001, 0.001, 0.010, 0.132, 3.418, 10.67, 85.08, 85.08),
    "power": (0.826, 1.731, 2.346, 3.231, 54.0, 55.09, 55.12, 55.12),
    "other": (0.020, 0.051, 0.195, 0.917, 2.176, 8.985, 30.89, 30.89),
}
_SHORTEST_REPAIR = 10 * MINUTE
_LONGEST_REPAIR = 40 * DAY


@dataclass(frozen=True, slots=True)
class Cause:
    """One way in which a job stops."""

    word: str
    """How faults on command name it; also the family of its log lines."""
    text: str
    """The cause as an event gives it; `{device}` and `{node}` are filled in."""
    category: FailureCategory
    weight: float
    detect: int
    """Milliseconds until somebody notices."""
    exit_code: int | None
    repair: str = ""
    """Row of repair times; empty where the node itself stays well."""
    health: NodeHealth = NodeHealth.HEALTHY
    """What the node is until it is repaired."""
    code: str = ""
    severity: FaultSeverity = FaultSeverity.CRITICAL
    condition: str = ""
    """The condition that turns false or true on the node."""
    advice: str = ""
    own: bool = False
    """The job's own error, not the platform's."""

    @property
    def action(self) -> RecoveryAction:
        """What is done about it while the job may restart."""
        if self.repair:
            return RecoveryAction.ISOLATE_NODE_RESTART_JOB
        return RecoveryAction.RESTART_JOB


_A, _N, _P = FailureCategory.ACCELERATOR, FailureCategory.NETWORK, FailureCategory.PROCESS
_NODE, _HANG = FailureCategory.NODE, FailureCategory.HANG
_DEGRADED, _FAILED = NodeHealth.DEGRADED, NodeHealth.FAILED
_RESET, _REPLACE = "reset the accelerator", "replace the accelerator"

CAUSES: tuple[Cause, ...] = (
    Cause("xid", "accelerator {device} fell off the bus (XID 79)", _A, 148, 4_000, 134,
          "accelerator", _DEGRADED, "XID 79", condition="AcceleratorsHealthy", advice=_REPLACE),
    Cause("ecc", "uncorrectable memory error on accelerator {device} (XID 48)", _A, 72, 3_000,
          134, "accelerator", _DEGRADED, "XID 48", condition="AcceleratorsHealthy",
          advice=_RESET),
    Cause("software", "rank {rank} on {node} exited with code 134", _P, 54, 2_000, 134),
    Cause("network", "link of {node} to the fabric went down", _N, 35, 30_000, 1,
          "network", _DEGRADED, "LINK DOWN", condition="NetworkHealthy",
          advice="check cable and optics"),
    Cause("maintenance", "{node} was taken for unplanned maintenance", _NODE, 32, 5_000, None,
          "other", _FAILED, "HOST MAINTENANCE", condition="Ready"),
    Cause("sram", "uncorrectable SRAM error on accelerator {device} (XID 95)", _A, 19, 3_000,
          134, "accelerator", _DEGRADED, "XID 95", condition="AcceleratorsHealthy",
          advice=_RESET),
    Cause("gsp", "system processor of accelerator {device} timed out (XID 119)", _A, 17, 9_000,
          134, "accelerator", _DEGRADED, "XID 119", condition="AcceleratorsHealthy",
          advice=_RESET),
    Cause("nic", "a network card of {node} is lost", _N, 7, 30_000, 1, "nic", _DEGRADED,
          "NIC LOST", condition="NetworkHealthy", advice="reseat the card"),
    Cause("hang", "no log line and no step for 600 s", _HANG, 7, 600_000, None),
    Cause("corruption", "accelerator {device} computes wrong values", _A, 6, 300_000, 1,
          "accelerator", _DEGRADED, "SDC", condition="AcceleratorsHealthy", advice=_REPLACE),
    Cause("thermal", "accelerator {device} is too hot and throttles", _A, 6, 60_000, 134,
          "accelerator", _DEGRADED, "THERMAL", condition="TemperatureOk",
          advice="check fans and cold plate"),
    Cause("disk-full", "no space left on the local disk of {node}", _NODE, 3, 5_000, 1,
          "other", _DEGRADED, "DISK FULL", FaultSeverity.WARNING, "DiskPressure",
          "clean the disk"),
    Cause("node", "{node} stopped answering", _NODE, 7, 5_000, None, "power", _FAILED,
          "NODE LOST", condition="Ready", advice="power-cycle the node"),
    Cause("host", "{node} reported a machine check", _NODE, 6, 5_000, None, "other", _FAILED,
          "MCE", condition="Ready", advice="replace the board"),
    Cause("checkpoint-corrupt", "the newest checkpoint cannot be read", _P, 0, 2_000, 1),
    Cause("reboot", "{node} was rebooted", _NODE, 0, 1_000, None, "other", _FAILED, "REBOOT",
          FaultSeverity.INFO, "Ready"),
    Cause("oom", "rank {rank} ran out of accelerator memory", _P, 20, 2_000, 1, own=True),
    Cause("assertion", "rank {rank} raised AssertionError", _P, 25, 2_000, 1, own=True),
    Cause("value", "rank {rank} raised ValueError", _P, 20, 2_000, 1, own=True),
    Cause("missing", "rank {rank} did not find its data", _P, 15, 2_000, 2, own=True),
    Cause("killed", "rank {rank} was killed for using too much memory", _P, 10, 2_000, 137,
          own=True),
)  # fmt: skip

BY_WORD = {cause.word: index for index, cause in enumerate(CAUSES)}
PLATFORM = tuple(index for index, cause in enumerate(CAUSES) if not cause.own and cause.weight)
OWN = tuple(index for index, cause in enumerate(CAUSES) if cause.own)


def drawn(choices: tuple[int, ...], chance: float) -> int:
    """One of these causes by weight; `chance` in [0, 1)."""
    left = chance * sum(CAUSES[index].weight for index in choices)
    for index in choices:
        left -= CAUSES[index].weight
        if left < 0:
            return index
    return choices[-1]


def repair_time(cause: Cause, *parts: int) -> int:
    """Milliseconds until the node is well again, whole seconds."""
    days = _REPAIR_DAYS[cause.repair]
    chance = uniform(*parts)
    for place in range(1, len(_REPAIR_AT)):
        if chance <= _REPAIR_AT[place]:
            low, high = _REPAIR_AT[place - 1], _REPAIR_AT[place]
            share = (chance - low) / (high - low)
            value = days[place - 1] + share * (days[place] - days[place - 1])
            return min(_LONGEST_REPAIR, max(_SHORTEST_REPAIR, int(value * 86_400) * 1000))
    return _LONGEST_REPAIR
