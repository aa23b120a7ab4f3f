"""What is played: a fleet, the lives of jobs, prices. Moments are milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from api_client.models.billing import PriceList
from api_client.models.compute import RegionKind
from api_client.models.job import JobSpec, JobState

NEVER = 1 << 62
"""The moment of what has no end in sight."""


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """Nodes of one kind under one queue."""

    name: str
    nodes: int
    accelerators: int
    """Slots of one node, 1 to 64."""
    model: str
    region: str = "sim-centre-1"
    region_kind: RegionKind = RegionKind.CORE
    memory_bytes: int = 80 * 1024**3
    """Of one accelerator."""


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """Every pool; nodes are numbered through all of them."""

    pools: tuple[PoolPlan, ...]

    @classmethod
    def for_peak(cls, slots: int, accelerators: int = 8, pool: str = "default") -> FleetPlan:
        """One pool large enough for `slots` held at once."""
        nodes = max(1, -(-slots // accelerators))
        return cls((PoolPlan(pool, nodes, accelerators, "Trace accelerator"),))

    @property
    def nodes(self) -> int:
        return sum(pool.nodes for pool in self.pools)

    @property
    def accelerators(self) -> int:
        return sum(pool.nodes * pool.accelerators for pool in self.pools)


@dataclass(slots=True)
class Attempt:
    """One start of a job: slots held from `start` to `end`."""

    number: int
    start: int
    ready: int
    """The workers run; before, they start up."""
    halt: int
    """The work stops: done, stopped or broken."""
    detect: int
    """The failure is known; `halt` where there is none."""
    end: int
    """The slots are free again; `NEVER` while that is not planned."""
    places: tuple[int, ...]
    """`node << shift | mask of slots`, in the order of ranks."""
    first_step: int
    """The step it starts from."""
    milli: int
    """Thousandths of accelerators that are metered while it holds its slots."""
    cause: int = -1
    """Index into `failures.CAUSES`; -1 where nothing broke."""
    broken: int = -1
    """Index into `places` of what broke."""
    note: str = ""
    """Why it was stopped, in the words of whoever did it."""
    fatal: bool = False
    """Its failure ended the job."""
    closed: JobState | None = None
    """How the job ended with this attempt, unless somebody restarted it later."""
    restart: bool = False
    """Somebody asked for a restart while it ran."""


@dataclass(slots=True, eq=False)
class Life:
    """A job from its submission to its end: what is planned, and how far it has been played.

    A trace gives `fixed`: when slots are held, exactly. Otherwise `work_seconds` is how long the
    job must run, and the world places it when slots are free.
    """

    name: str
    submit: int
    milli: int
    """Thousandths of accelerators it holds in all, at most; what is metered."""
    workers: int
    per_worker: int
    """Whole slots each worker holds."""
    pool: int = 0
    """Index of its pool in the fleet."""
    owner: str = ""
    project: str = ""
    framework: str = ""
    priority: int = 0
    """0 normal, 1 high, 2 highest."""
    spot: bool = False
    final: JobState = JobState.SUCCEEDED
    """How it ends when nothing else comes between; a state that has not ended: it runs on."""
    native: str = ""
    """The source's own word for the end; empty takes the state's."""
    reason: str = ""
    """The sentence beside the end."""
    fixed: tuple[tuple[int, int | None], ...] = ()
    """[start, end) of each attempt as given by a trace; an end of `None` is open."""
    fixed_milli: tuple[int, ...] = ()
    """What each of `fixed` is metered at, where they differ; else all are at `milli`."""
    placed_as_given: bool = False
    """True for a life from a trace, also where `fixed` is empty because it never started."""
    ended: int | None = None
    """When it ended although it never started, as a trace gives it; later: when it ended."""
    work_seconds: int = 0
    step_seconds: float = 1.0
    total_steps: int = 0
    """Steps it is meant to take; 0 where nobody knows."""
    checkpoint_steps: int = 0
    """Steps between checkpoints; 0 saves none."""
    level: float = 0.9
    """Share of time its accelerators are busy while it steps."""
    user_cause: int = -1
    """The error of its own that ends it, an index into `failures.CAUSES`."""
    backoff_limit: int = 3
    spec: JobSpec | None = None
    """What a person submitted; made from the life where nobody did."""
    # What the world writes while it plays.
    number: int = 0
    state: JobState = JobState.QUEUED
    word: str = ""
    """The native word that differs from the state, once it has ended."""
    said: str = ""
    """The reason shown now."""
    attempts: list[Attempt] = field(default_factory=list)
    epoch: int = 0
    """Counts re-plans; transitions of an older one are void."""
    version: int = 0
    backoff_used: int = 0
    queued: int = 0
    dropped: bool = False
    """No longer listed; kept for its charges and events."""

    holding: bool = False
    """Its last attempt holds slots."""
    unfit: bool = False
    """No pool of this size could ever hold it."""
    resume: int = 0
    """The step the next attempt starts from."""

    @property
    def work_steps(self) -> int:
        """Steps it takes until its planned end."""
        return max(1, int(self.work_seconds / self.step_seconds))

    @property
    def holds(self) -> Attempt | None:
        """The attempt that holds slots now."""
        return self.attempts[-1] if self.holding else None

    @property
    def slots(self) -> int:
        """Whole slots it needs."""
        return self.workers * self.per_worker


@dataclass(frozen=True)
class TenantPlan:
    """Everything a simulated tenant is made of."""

    scenario: str
    """Name of the preset or of the trace."""
    name: str
    """What the tenant is called on the screen."""
    seed: int
    fleet: FleetPlan
    lives: Iterable[Life]
    """Sorted by submission; may go on for ever, then `endless` is true."""
    prices: PriceList
    begin: datetime
    """The first moment that is played, before any job."""
    start: datetime
    """Where the clock stands when the tenant opens; what lies between is its history."""
    endless: bool = False
    faults_per_accelerator_hour: float = 0.0
    """0 for a trace: what broke there is in the trace."""
    kept_jobs: int = 100_000
    """More ended jobs than these are dropped, oldest first."""
    kept_days: int = 40
    """How long charges and events are kept."""
    currency: str = "CNY"
    first_number: int = 1
    """Number of the first life; what is older has lower ones."""
    older: TenantPlan | None = None
    """What happened before `begin`, played in the background. It ends with a maintenance of the
    whole tenant, so that nothing of it runs on."""
