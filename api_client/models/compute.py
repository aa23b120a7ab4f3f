"""Regions, pools, nodes, accelerators and their faults."""

from __future__ import annotations

from api_client.models.base import LenientEnum, UtcDatetime
from api_client.models.slim import Slim


class RegionKind(LenientEnum):
    CORE = "CORE"
    EDGE = "EDGE"
    UNKNOWN = "UNKNOWN"


class Region(Slim):
    """A place with nodes: a large centre or an edge site."""

    name: str
    kind: RegionKind = RegionKind.UNKNOWN


class Pool(Slim):
    """A group of nodes jobs are scheduled onto. Figures the source does not promise are `None`."""

    name: str
    region: str = ""
    nodes: int | None = None
    accelerators: int | None = None
    allocated: int | None = None
    free: int | None = None
    """Slots a new job could take now: on healthy, open nodes."""
    queued_jobs: int | None = None
    accelerator_model: str = ""


class NodeHealth(LenientEnum):
    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


class Scheduling(LenientEnum):
    """Whether new work may start here; kept apart from health."""

    OPEN = "OPEN"
    CORDONED = "CORDONED"
    DRAINING = "DRAINING"
    DRAINED = "DRAINED"
    UNKNOWN = "UNKNOWN"


class Condition(Slim):
    """One named fact about a node, as Kubernetes conditions are."""

    type: str
    status: bool | None
    """`None` when nobody knows."""
    reason: str = ""
    message: str = ""
    since: UtcDatetime | None = None


class FaultSeverity(LenientEnum):
    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"
    UNKNOWN = "UNKNOWN"


class Fault(Slim):
    """A vendor's own fault code on one device."""

    code: str
    """The vendor's code, for example `XID 79`."""
    vendor: str = ""
    severity: FaultSeverity = FaultSeverity.UNKNOWN
    device: str = ""
    message: str = ""
    first_seen: UtcDatetime | None = None
    last_seen: UtcDatetime | None = None
    recommended_action: str = ""


class AcceleratorSample(Slim):
    """One reading. `None` is "not measured", never zero."""

    time: UtcDatetime
    utilisation: float | None = None
    """Fraction 0..1 of the last interval in which the device was busy."""
    memory_used_bytes: float | None = None
    power_watts: float | None = None
    temperature_celsius: float | None = None
    tensor_activity: float | None = None
    sm_activity: float | None = None
    ecc_errors: float | None = None
    link_bytes_per_second: float | None = None
    throttled: bool | None = None


class Accelerator(Slim):
    """One device, or one virtual slot where the node has no device."""

    id: str
    """`<node>/<index>`."""
    node: str
    index: int
    vendor: str = ""
    model: str = ""
    memory_bytes: int | None = None
    virtual: bool = False
    """True for a slot that stands for a share of the CPU."""
    job: str | None = None
    rank: int | None = None
    sample: AcceleratorSample | None = None
    faults: tuple[Fault, ...] = ()


class NodeSummary(Slim):
    """The columns a list of nodes needs."""

    SHARED = ("pool", "region", "native", "reason", "accelerator_model", "jobs")

    name: str
    pool: str
    region: str = ""
    health: NodeHealth
    scheduling: Scheduling
    native: str = ""
    """The provider's own word for the state."""
    reason: str = ""
    """Why it is cordoned, drained or failed, in the words of whoever did it."""
    since: UtcDatetime | None = None
    """When health or scheduling last changed."""
    accelerators: int
    allocated: int
    accelerator_model: str = ""
    jobs: tuple[str, ...] = ()
    utilisation: float | None = None
    """Mean over the accelerators measured; `None` when none is."""
    last_heartbeat: UtcDatetime | None = None
    agent_pid: int | None = None
    """Process id of the node agent, on the embedded cloud only."""
    resource_version: int = 0


class Node(NodeSummary):
    """Everything about one node."""

    address: str = ""
    reason_by: str = ""
    conditions: tuple[Condition, ...] = ()
    devices: tuple[Accelerator, ...] = ()
    cpu_count: int | None = None
    memory_bytes: int | None = None
    agent_version: str = ""
    created: UtcDatetime | None = None
