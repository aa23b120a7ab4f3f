"""What accelerators measure, computed when somebody asks and stored nowhere.

Busy accelerators follow their job's level with a little noise; one whose job starts, restores or
hangs is idle, and so is a free one. Ranges of power, temperature and memory are those of Acme
Seren (CC-BY-4.0): 62 W idle, 400 W busy; 30 C to 65 C; memory between a third and nearly all.
"""

from __future__ import annotations

from collections.abc import Iterable

from api_client.models.compute import NodeHealth
from api_client.models.telemetry import Metric
from localcloud.simulator.dice import mixed, uniform
from localcloud.simulator.fleet import SimNode
from localcloud.simulator.moments import SECOND
from localcloud.simulator.plan import Attempt, Life

BUCKET = 15 * SECOND
_STARTING = 0.03
_IDLE_WATTS, _BUSY_WATTS = 62.0, 410.0
_IDLE_CELSIUS, _BUSY_CELSIUS = 30.0, 64.0


def level_at(life: Life, attempt: Attempt, moment: int) -> float:
    """Share of time the accelerators of an attempt are busy, without noise."""
    if moment >= attempt.halt:
        return 0.0
    return life.level if moment >= attempt.ready else _STARTING


def job_use(life: Life, now: int) -> float | None:
    """Mean over the accelerators of a job that holds slots."""
    if not life.attempts or not life.slots:
        return None
    level = level_at(life, life.attempts[-1], now)
    return _noisy(level, mixed(life.number, now // BUCKET), 0.01)


def node_use(seed: int, node: SimNode, lives: Iterable[Life], now: int) -> float | None:
    """Mean over all accelerators of a node; `None` where the node is silent."""
    if node.health is NodeHealth.FAILED:
        return None
    busy = 0.0
    for life in lives:
        busy += level_at(life, life.attempts[-1], now) * node.holders[life.number].bit_count()
    return _noisy(busy / node.slots, mixed(seed, node.index, now // BUCKET), 0.01)


def slot_use(seed: int, node: int, slot: int, level: float, moment: int) -> float:
    """One accelerator at a moment."""
    return _noisy(level, mixed(seed, node, slot, moment // BUCKET), 0.05)


def value_of(
    metric: str, seed: int, node: int, slot: int, level: float, held: bool, memory: int, moment: int
) -> float:
    """One reading of one accelerator in the unit of the metric."""
    use = slot_use(seed, node, slot, level, moment) if held else 0.0
    if metric == Metric.UTILISATION:
        return use
    if metric == Metric.POWER:
        return round(_IDLE_WATTS + (_BUSY_WATTS - _IDLE_WATTS) * use, 1)
    if metric == Metric.TEMPERATURE:
        warm = _IDLE_CELSIUS + 4 * uniform(seed, node, slot)
        return round(warm + (_BUSY_CELSIUS - _IDLE_CELSIUS) * use, 1)
    if metric == Metric.CPU_PERCENT:
        return round(0.02 + 0.3 * use, 4)
    share = 0.35 + 0.6 * uniform(seed, node, 9) if held and level > _STARTING else 0.02
    return float(int(memory * share) if held else 0)


def _noisy(level: float, bits: int, width: float) -> float:
    if level <= 0.0:
        return 0.0
    noise = ((bits & 0xFFFF) / 0xFFFF - 0.5) * 2 * width * min(1.0, level * 4)
    return round(min(1.0, max(0.0, level + noise)), 4)
